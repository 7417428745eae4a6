-- Takes one from each of several windows, or from none when one is used up.
-- KEYS: the counters
-- ARGV: limit and length in s of each window, in the order of KEYS
-- Answer: 0 taken, else the seconds until the first full window ends
local wait = 0
for i, key in ipairs(KEYS) do
	if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[2 * i - 1]) then
		wait = math.max(wait, redis.call('TTL', key), 1)
	end
end
if wait > 0 then
	return wait
end
for i, key in ipairs(KEYS) do
	if redis.call('INCR', key) == 1 then
		redis.call('EXPIRE', key, ARGV[2 * i])
	end
end
return 0
