-- How many calls were placed in each of some stretches of time of the same length.
-- KEYS: 1 calls (sorted set: ids by ms)
-- ARGV: 1 ms at which the first begins, 2 its length in ms, 3 how many
-- Answer: {count, ...}
local from, width, answer = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for i = 1, tonumber(ARGV[3]) do
	local begins = from + (i - 1) * width
	answer[i] = redis.call('ZCOUNT', KEYS[1], string.format('%.0f', begins), string.format('(%.0f', begins + width))
end
return answer
