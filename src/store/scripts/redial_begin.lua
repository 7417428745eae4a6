-- Begins to copy the leads of an ended campaign into a new one.
-- KEYS: 1 the new campaign, 2 the old one, 3 counts of the old one, 4 copies that are being made
-- ARGV: 1 the new one's id, 2 the old one's, 3 outcomes as JSON, 4 reason
-- Answer: "ok", "missing", "open": the old one has not ended, "unfinished": some of its leads are not done yet
if redis.call('HEXISTS', KEYS[1], 'source') == 1 then
	return 'ok' -- run twice
end
local state = redis.call('HGET', KEYS[2], 'state')
if not state or state == 'deleting' or redis.call('EXISTS', KEYS[1]) == 0 then
	return 'missing'
elseif state ~= 'completed' and state ~= 'stopped' then
	return 'open'
end
local counts = redis.call('HMGET', KEYS[3], 'pending', 'waiting', 'calling')
if (counts[1] or 0) + (counts[2] or 0) + (counts[3] or 0) > 0 then
	return 'unfinished'
end
redis.call('HSET', KEYS[1], 'source', ARGV[2], 'copy', ARGV[3], 'copied', 0, 'copying', 1, 'reason', ARGV[4])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], 'copies', 1)
return 'ok'
