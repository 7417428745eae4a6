-- Takes everything personal of one session away; what is left says when that was.
-- KEYS: 1 session, 2 secret, 3 gone, 4 sessions, 5 session's conversations, 6 timeline, 7 evaluations, 8 overrides,
--       9 issue, 10 quota of signed URLs, 11 quota of starts
-- ARGV: 1 session id, 2 ms of the erasure, 3 time to live of records in s, 4 that of a link's memory in s,
--       5 prefix of sent mails
-- Answer: 1
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
	if string.sub(field, 1, 5) == 'mail:' then
		redis.call('DEL', ARGV[5] .. string.sub(field, 6))
	end
end
if redis.call('HGET', KEYS[9], 'session') == ARGV[1] then
	redis.call('DEL', KEYS[9])
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[10], KEYS[11])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('SET', KEYS[3], 'revoked', 'EX', ARGV[4])
redis.call('HSET', KEYS[1], 'erased', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
