-- Makes an operator, unless one of that address exists.
-- KEYS: 1 the operator, 2 set of all addresses
-- ARGV: 1 address, 2 hash of the password, 3 role, 4 created, 5 epoch
-- Answer: 1 made, now or by the same command before; 0 there is one
redis.call('SADD', KEYS[2], ARGV[1])
local stored = redis.call('HGET', KEYS[1], 'password')
if stored then
	return stored == ARGV[2] and 1 or 0
end
redis.call('HSET', KEYS[1], 'password', ARGV[2], 'role', ARGV[3], 'created', ARGV[4], 'epoch', ARGV[5])
return 1
