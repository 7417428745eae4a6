-- One page of a list, the newest first.
-- KEYS: 1 order (sorted set: ids by ms)
-- ARGV: 1 ms of the last row seen ("+inf": none), 2 its id, 3 how many at most, 4 prefix of rows, 5 the state that
--       rows must have, or "", 6 how many are looked at, at most
-- Answer: {place of the last row ("ms.id") when more may follow, else ""; id, row as by HGETALL; ...}
local most, looks, looked, offset, count = tonumber(ARGV[3]), tonumber(ARGV[6]), 0, 0, 0
local answer, place = { '' }, ''
while true do
	local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', offset, 100)
	if #ids == 0 then
		return answer
	end
	offset = offset + #ids / 2
	for i = 1, #ids, 2 do
		-- Of the same ms, the greater ids come first.
		if ids[i + 1] ~= ARGV[1] or ids[i] < ARGV[2] then
			if count == most or looked == looks then
				answer[1] = place
				return answer
			end
			looked = looked + 1
			place = ids[i + 1] .. '.' .. ids[i]
			local key = ARGV[4] .. ids[i]
			if ARGV[5] == '' or redis.call('HGET', key, 'state') == ARGV[5] then
				count = count + 1
				answer[#answer + 1] = ids[i]
				answer[#answer + 1] = redis.call('HGETALL', key)
			end
		end
	end
end
