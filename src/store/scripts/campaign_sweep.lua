-- Ends some of the leads of a stopped campaign that are not in a call.  It is work for the runner until the
-- last one is done.
-- KEYS: 1 campaign, 2 counts, 3 outcomes, 4 groups, 5 active campaigns, 6 live
-- ARGV: 1 id, 2 how many at most, 3 prefix of leads, 4 prefix of due leads, 5 prefix of held leads, 6.. reasons for
--       which leads are held
-- Answer: 1 when there are more, else 0
if redis.call('HGET', KEYS[1], 'state') ~= 'stopped' then
	return 0
end
local left = tonumber(ARGV[2])

local function finish(set)
	local numbers = redis.call('ZRANGE', set, 0, left - 1)
	for _, number in ipairs(numbers) do
		local lead = ARGV[3] .. number
		local state = redis.call('HGET', lead, 's') or 'p'
		redis.call('ZREM', set, number)
		if state == 'p' or state == 'w' then
			redis.call('HSET', lead, 's', 'd', 'o', 'stopped')
			redis.call('HDEL', lead, 't', 'h')
			redis.call('HINCRBY', KEYS[2], state == 'p' and 'pending' or 'waiting', -1)
			redis.call('HINCRBY', KEYS[2], 'done', 1)
			redis.call('HINCRBY', KEYS[3], 'stopped', 1)
		end
	end
	left = left - #numbers
end

for group = 0, redis.call('HLEN', KEYS[4]) - 1 do
	local sets = { ARGV[4] .. group }
	for i = 6, #ARGV do
		sets[#sets + 1] = ARGV[5] .. group .. ':' .. ARGV[i]
	end
	for _, set in ipairs(sets) do
		if left > 0 then
			finish(set)
		end
	end
end
if left < tonumber(ARGV[2]) then
	redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
end
local counts = redis.call('HMGET', KEYS[2], 'pending', 'waiting', 'calling')
if (counts[1] or 0) + (counts[2] or 0) + (counts[3] or 0) == 0 then
	redis.call('SREM', KEYS[5], ARGV[1])
end
return left == 0 and 1 or 0
