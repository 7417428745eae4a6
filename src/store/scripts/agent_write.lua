-- Makes an agent, or changes one that is still of the revision that was read.
-- KEYS: 1 agent, 2 agents, 3 last revision
-- ARGV: 1 id, 2 agent as JSON, 3 now in ms, 4 revision that was read ("0": none, it is new)
-- Answer: its revision; 0 when it has changed since, -1 when there is none
local revision = redis.call('HGET', KEYS[1], 'revision')
if revision and redis.call('HGET', KEYS[1], 'before') == ARGV[4] and redis.call('HGET', KEYS[1], 'json') == ARGV[2] then
	return tonumber(revision) -- the same change, run twice
end
if not revision and ARGV[4] ~= '0' then
	return -1
elseif (revision or '0') ~= ARGV[4] then
	return 0
end
local next = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[1], 'json', ARGV[2], 'revision', next, 'before', ARGV[4], 'changed', ARGV[3])
redis.call('HSETNX', KEYS[1], 'created', ARGV[3])
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return next
