-- A campaign, its counts and where its leads stand, all of one moment.
-- KEYS: 1 campaign, 2 counts, 3 outcomes, 4 calls placed today, 5 groups
-- ARGV: 1 now in ms, 2 prefix of due leads, 3 prefix of held leads, 4.. reasons for which leads are held
-- Answer: {campaign, counts, outcomes (each as HGETALL), calls placed today or nil,
--          {number of a group, due, of these later than now, ms of the first of them or "", then for each reason:
--           held, the first look at one of them or ""}, ...}
local function first(set, from)
	return redis.call('ZRANGEBYSCORE', set, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2] or ''
end

local answer = { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]),
	redis.call('GET', KEYS[4]) }
for group = 0, redis.call('HLEN', KEYS[5]) - 1 do
	local due, later = ARGV[2] .. group, '(' .. ARGV[1]
	local row = { group, redis.call('ZCARD', due), redis.call('ZCOUNT', due, later, '+inf'), first(due, later) }
	for i = 4, #ARGV do
		local held = ARGV[3] .. group .. ':' .. ARGV[i]
		row[#row + 1] = redis.call('ZCARD', held)
		row[#row + 1] = first(held, '-inf')
	end
	answer[#answer + 1] = row
end
return answer
