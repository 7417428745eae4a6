-- Notes how far the copying of leads came, and its end, once.
-- KEYS: 1 the new campaign, 2 the old one, 3 copies that are being made, 4 live
-- ARGV: 1 the new one's id, 2 last lead that was looked at, 3 reason, 4 "1": that was all, or it is given up
-- Answer: 1 noted, 0 it had come to its end before
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then
	return 0
end
local row = redis.call('HMGET', KEYS[1], 'state', 'copied')
if row[1] and row[1] ~= 'deleting' then
	redis.call('HSET', KEYS[1], 'copied', math.max(tonumber(row[2] or 0), tonumber(ARGV[2])))
	if row[1] == 'draft' then
		redis.call('HSET', KEYS[1], 'reason', ARGV[3])
	end
end
if ARGV[4] == '1' then
	redis.call('HDEL', KEYS[1], 'copying', 'copy', 'copied')
	redis.call('HDEL', KEYS[3], ARGV[1])
	if redis.call('EXISTS', KEYS[2]) == 1 and redis.call('HINCRBY', KEYS[2], 'copies', -1) <= 0 then
		redis.call('HDEL', KEYS[2], 'copies')
	end
end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
return 1
