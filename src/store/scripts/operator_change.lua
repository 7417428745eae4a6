-- Gives an operator another role, or removes them; an administrator must remain.
-- KEYS: 1 set of all addresses
-- ARGV: 1 prefix of operators, 2 address, 3 the new role, or "" to remove, 4 the new epoch
-- Answer: "done", also when it was so before; "missing"; "last": no other administrator
local key = ARGV[1] .. ARGV[2]
local role = redis.call('HGET', key, 'role')
if not role then
	redis.call('SREM', KEYS[1], ARGV[2])
	return 'missing'
end
if role == ARGV[3] then
	return 'done'
end
if role == 'admin' then
	local others = 0
	for _, address in ipairs(redis.call('SMEMBERS', KEYS[1])) do
		if address ~= ARGV[2] and redis.call('HGET', ARGV[1] .. address, 'role') == 'admin' then
			others = others + 1
		end
	end
	if others == 0 then
		return 'last'
	end
end
if ARGV[3] == '' then
	redis.call('DEL', key)
	redis.call('SREM', KEYS[1], ARGV[2])
else
	redis.call('HSET', key, 'role', ARGV[3], 'epoch', ARGV[4])
end
return 'done'
