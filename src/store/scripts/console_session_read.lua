-- Reads a console's session that is still good, and notes that it was used; takes one away that is over.
-- KEYS: 1 the session
-- ARGV: 1 now, 2 longest idle time, 3 longest life, 4 the use is noted when the last note is as old (all in ms),
--       5 prefix of operators
-- Answer: nil, or {address, role, csrf, created}
local s = redis.call('HMGET', KEYS[1], 'email', 'epoch', 'csrf', 'created', 'seen')
if not s[1] or not s[5] then
	return false
end
local now, created, seen = tonumber(ARGV[1]), tonumber(s[4]), tonumber(s[5])
local o = redis.call('HMGET', ARGV[5] .. s[1], 'role', 'epoch')
if not o[1] or (o[2] or '') ~= s[2] or now - created >= tonumber(ARGV[3]) or now - seen >= tonumber(ARGV[2]) then
	redis.call('DEL', KEYS[1])
	return false
end
if now - seen >= tonumber(ARGV[4]) then
	redis.call('HSET', KEYS[1], 'seen', ARGV[1])
	redis.call('PEXPIRE', KEYS[1], math.min(tonumber(ARGV[2]), tonumber(ARGV[3]) - (now - created)))
end
return { s[1], o[1], s[3], s[4] }
