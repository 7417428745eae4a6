-- One page of the do-not-call list, in the order of the numbers.
-- KEYS: 1 entries (hash), 2 order (sorted set, all scores 0)
-- ARGV: 1 from where (as ZRANGEBYLEX), 2 how many at most
-- Answer: {the page's last number when more follow, else ""; entry...}
local most = tonumber(ARGV[2])
local numbers = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], '+', 'LIMIT', 0, most + 1)
local last = ''
if #numbers > most then
	table.remove(numbers)
	last = numbers[most]
end
local answer = { last }
if #numbers > 0 then
	for _, entry in ipairs(redis.call('HMGET', KEYS[1], unpack(numbers))) do
		answer[#answer + 1] = entry
	end
end
return answer
