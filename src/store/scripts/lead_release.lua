-- Puts held leads back in line, those that come first.
-- KEYS: 1 held, 2 due
-- ARGV: 1 the highest score that is released ("(5" for less than 5), 2 how many at most, 3 prefix of leads
-- Answer: how many
local numbers = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, number in ipairs(numbers) do
	local lead = ARGV[3] .. number
	local row = redis.call('HMGET', lead, 's', 't')
	redis.call('ZREM', KEYS[1], number)
	redis.call('HDEL', lead, 'h')
	if row[1] == 'w' then
		redis.call('ZADD', KEYS[2], row[2], number)
	elseif row[1] ~= 'd' and row[1] ~= 'c' then
		redis.call('ZADD', KEYS[2], number, number)
	end
end
return #numbers
