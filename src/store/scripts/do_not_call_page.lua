-- One page of the do-not-call list, in the order of the numbers.
-- KEYS: 1 entries (hash), 2 order (sorted set, all scores 0)
-- ARGV: 1 from where, 2 to where (as ZRANGEBYLEX), 3 how many at most, 4 words that reason or source must hold, in small
--       letters, or "", 5 how many are looked at, at most
-- Answer: {the last number that was looked at when more may follow, else ""; entry...}
local from, most, looks = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[5])
local answer, last = { '' }, ''

local function passes(entry)
	if ARGV[4] == '' then
		return true
	end
	local read, row = pcall(cjson.decode, entry)
	if not read then
		return false
	end
	local words = string.lower(tostring(row.reason) .. '\n' .. tostring(row.source))
	return string.find(words, ARGV[4], 1, true) ~= nil
end

while true do
	local numbers = redis.call('ZRANGEBYLEX', KEYS[2], from, ARGV[2], 'LIMIT', 0, 500)
	if #numbers == 0 then
		return answer
	end
	for i, entry in ipairs(redis.call('HMGET', KEYS[1], unpack(numbers))) do
		if #answer - 1 == most or looks == 0 then
			answer[1] = last
			return answer
		end
		last, looks = numbers[i], looks - 1
		if entry and passes(entry) then
			answer[#answer + 1] = entry
		end
	end
	from = '(' .. last
end
