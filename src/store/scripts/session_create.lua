-- Stores a session under the contract's key and ours, revokes the issue's former
-- one, and records the step in the job that asked: all or nothing, once.
-- KEYS: 1 secret, 2 session, 3 sessions, 4 issue, 5 gone, 6 job, 7 leased
-- ARGV: 1 session id, 2 session JSON, 3 its time to live in s, 4 that of "gone" in s, 5 now in ms,
--       6 job id or "", 7 fence, 8 prefix of sessions, 9 prefix of secrets, 10 prefix of gone, 11 time to live of records in s,
--       12 that of a revoked link's memory in s, 13.. field, value of the session hash
-- Answer: the session id (an earlier one when the step was done before), or "" when the lease was lost
if ARGV[6] ~= '' then
	local done = redis.call('HGET', KEYS[6], 'step:session')
	if done then
		return done
	end
	if redis.call('HGET', KEYS[6], 'fence') ~= ARGV[7] or not redis.call('ZSCORE', KEYS[7], ARGV[6]) then
		return ''
	end
end
local former = redis.call('HGET', KEYS[4], 'session')
if former and former ~= ARGV[1] then
	local row = redis.call('HMGET', ARGV[8] .. former, 'secret', 'state')
	if row[1] and row[1] ~= '' and redis.call('DEL', ARGV[9] .. row[1]) == 1 then
		redis.call('SET', ARGV[10] .. former, 'revoked', 'EX', ARGV[12])
		redis.call('HSET', ARGV[8] .. former, 'revoked', ARGV[5])
	end
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('SET', KEYS[5], 'expired', 'EX', ARGV[4])
for i = 13, #ARGV, 2 do
	redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[2], ARGV[11])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
redis.call('HSET', KEYS[4], 'session', ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[11])
if ARGV[6] ~= '' then
	redis.call('HSET', KEYS[6], 'step:session', ARGV[1])
end
return ARGV[1]
