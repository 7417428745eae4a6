-- Gives an operator another password.
-- KEYS: 1 the operator
-- ARGV: 1 the new hash, 2 the hash that it replaces, or "" for any, 3 the new epoch, or "" to keep the sessions
-- Answer: 1 done, now or by the same command before; 0 no such operator, or another hash
local stored = redis.call('HGET', KEYS[1], 'password')
if stored == ARGV[1] then
	return 1
end
if not stored or (ARGV[2] ~= '' and stored ~= ARGV[2]) then
	return 0
end
redis.call('HSET', KEYS[1], 'password', ARGV[1])
if ARGV[3] ~= '' then
	redis.call('HSET', KEYS[1], 'epoch', ARGV[3])
end
return 1
