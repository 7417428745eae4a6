-- Takes back an attempt that Twilio surely never saw: it leaves no row, the lead is as
-- it was before.
-- KEYS: 1 call, 2 campaign, 3 lead, 4 counts, 5 outcomes, 6 live calls, 7 open calls, 8 live numbers, 9 calls, 10 placed of its day,
--       11 contacts of its number, 12 events, 13 live, 14 calls of all campaigns
-- ARGV: 1 attempt, 2 the lead's number, 3 telephone number, 4 campaign, 5 now in ms, 6 now in ISO, 7 the call as JSON, 8 prefix of due leads
-- Answer: 1 taken back, 0 not: something was heard of it, or it is gone
local call = redis.call('HMGET', KEYS[1], 'v', 'previous')
if call[1] ~= '1' then
	return 0
end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[7], ARGV[1])
redis.call('ZREM', KEYS[9], ARGV[1])
redis.call('ZREM', KEYS[14], ARGV[1])
redis.call('ZREM', KEYS[11], ARGV[1])
if redis.call('HGET', KEYS[8], ARGV[3]) == ARGV[1] then
	redis.call('HDEL', KEYS[8], ARGV[3])
end
if redis.call('EXISTS', KEYS[10]) == 1 then
	redis.call('DECR', KEYS[10])
end
local lead = redis.call('HMGET', KEYS[3], 's', 'q', 'g')
if lead[1] == 'c' and lead[2] == ARGV[1] then
	local due = ARGV[8] .. (lead[3] or 0)
	redis.call('HINCRBY', KEYS[4], 'attempts', -1)
	redis.call('HINCRBY', KEYS[4], 'calling', -1)
	if call[2] and call[2] ~= '' then
		redis.call('HSET', KEYS[3], 'q', call[2])
	else
		redis.call('HDEL', KEYS[3], 'q')
	end
	local called_before = redis.call('HINCRBY', KEYS[3], 'a', -1) > 0
	if not called_before then
		redis.call('HDEL', KEYS[3], 'a')
	end
	if redis.call('HGET', KEYS[2], 'state') == 'stopped' then
		redis.call('HSET', KEYS[3], 's', 'd', 'o', 'stopped')
		redis.call('HINCRBY', KEYS[4], 'done', 1)
		redis.call('HINCRBY', KEYS[5], 'stopped', 1)
	elseif called_before then
		redis.call('HSET', KEYS[3], 's', 'w', 't', ARGV[5])
		redis.call('HINCRBY', KEYS[4], 'waiting', 1)
		redis.call('ZADD', due, ARGV[5], ARGV[2])
	else
		redis.call('HDEL', KEYS[3], 's')
		redis.call('HINCRBY', KEYS[4], 'pending', 1)
		redis.call('ZADD', due, ARGV[2], ARGV[2])
	end
end
local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
redis.call('XADD', KEYS[12], 'MAXLEN', 10000, seq .. '-0', 'e',
	'{"seq":' .. seq .. ',"at":"' .. ARGV[6] .. '","type":"call","call":' .. ARGV[7] .. '}')
redis.call('XADD', KEYS[13], 'MAXLEN', '~', 10000, '*', 'c', ARGV[4])
return 1
