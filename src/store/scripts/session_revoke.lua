-- Ends a link before its time and remembers that it existed.
-- KEYS: 1 secret, 2 session, 3 gone
-- ARGV: 1 now in ms, 2 time to live of the memory in s
-- Answer: 1, or 0 when the link had ended already
if redis.call('DEL', KEYS[1]) == 0 then
	return 0
end
redis.call('SET', KEYS[3], 'revoked', 'EX', ARGV[2])
if redis.call('EXISTS', KEYS[2]) == 1 then
	redis.call('HSET', KEYS[2], 'revoked', ARGV[1])
end
return 1
