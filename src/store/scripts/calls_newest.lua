-- One page of calls, the newest first, of those that pass a filter.
-- KEYS: 1 order (sorted set: ids by ms)
-- ARGV: 1 ms of the last row seen or looked at ("+inf": none), 2 its id, 3 ms of the oldest ("-inf": any), 4 how many at most,
--       5 prefix of rows, 6 how many are looked at, at most, 7.. field, value that a row must have
-- Answer: {place of the last row that was looked at ("ms.id") when more may follow, else ""; id, row as by HGETALL; ...}
local most, looks, looked, offset, count = tonumber(ARGV[4]), tonumber(ARGV[6]), 0, 0, 0
local answer, place, fields = { '' }, '', {}
for i = 7, #ARGV, 2 do
	fields[#fields + 1] = ARGV[i]
end

local function passes(key)
	if #fields == 0 then
		return redis.call('EXISTS', key) == 1
	end
	local have = redis.call('HMGET', key, unpack(fields))
	for i = 1, #fields do
		if have[i] ~= ARGV[6 + 2 * i] then
			return false
		end
	end
	return true
end

while true do
	local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[3], 'WITHSCORES', 'LIMIT', offset, 100)
	if #ids == 0 then
		return answer
	end
	offset = offset + #ids / 2
	for i = 1, #ids, 2 do
		-- Of the same ms, the greater ids come first.
		if ids[i + 1] ~= ARGV[1] or ARGV[2] == '' or ids[i] < ARGV[2] then
			if count == most or looked == looks then
				answer[1] = place
				return answer
			end
			looked = looked + 1
			place = ids[i + 1] .. '.' .. ids[i]
			local key = ARGV[5] .. ids[i]
			if passes(key) then
				count = count + 1
				answer[#answer + 1] = ids[i]
				answer[#answer + 1] = redis.call('HGETALL', key)
			end
		end
	end
end
