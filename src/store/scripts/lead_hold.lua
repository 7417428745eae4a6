-- Holds back a lead that is due.
-- KEYS: 1 lead, 2 due, 3 held, 4 live
-- ARGV: 1 the lead's number, 2 score in the held set, 3 reason, 4 campaign
-- Answer: 1 held, 0 it was not due
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
	return 0
end
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], 'h', ARGV[3])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'c', ARGV[4])
return 1
