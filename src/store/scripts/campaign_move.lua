-- Changes the state of a campaign, with its event, once.
-- KEYS: 1 campaign, 2 active campaigns, 3 events, 4 live, 5 campaigns whose waiting calls are to be canceled
-- ARGV: 1 id, 2 states that it may leave (" running paused "), 3 state, 4 reason or "", 5 now in ms, 6 the event behind
--       its number, 7 token of this change
-- Answer: 1 changed, 0 it is in none of those states, -1 there is no such campaign
local row = redis.call('HMGET', KEYS[1], 'state', 'move')
if not row[1] or row[1] == 'deleting' then
	return -1
elseif row[2] == ARGV[7] then
	return 1 -- run twice
elseif not string.find(ARGV[2], ' ' .. row[1] .. ' ', 1, true) then
	return 0
end
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'reason', ARGV[4], 'changed', ARGV[5], 'move', ARGV[7])
redis.call('HDEL', KEYS[1], 'failures', 'lost')
if ARGV[3] == 'running' or ARGV[3] == 'stopped' then
	redis.call('SADD', KEYS[2], ARGV[1])
else
	redis.call('SREM', KEYS[2], ARGV[1])
end
redis.call(ARGV[3] == 'running' and 'SREM' or 'SADD', KEYS[5], ARGV[1])
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('XADD', KEYS[3], 'MAXLEN', 10000, seq .. '-0', 'e', '{"seq":' .. seq .. ARGV[6])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
return 1
