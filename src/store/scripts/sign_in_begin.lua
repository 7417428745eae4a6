-- Counts a sign-in before its password is looked at, unless one has to wait: who guesses in parallel
-- is counted too.  What turns out to be right is taken back (access/sign_in.c).
-- KEYS: the counters: of the address, of the client
-- ARGV: 1 now in ms, 2 the first wait and 3 the longest in ms, 4 s until a counter is forgotten,
--       then for each counter how many are free
-- Answer: 0 go on, else the ms to wait
local now, wait = tonumber(ARGV[1]), 0
for _, key in ipairs(KEYS) do
	wait = math.max(wait, tonumber(redis.call('HGET', key, 'until') or 0) - now)
end
if wait > 0 then
	return wait
end
for i, key in ipairs(KEYS) do
	local over = redis.call('HINCRBY', key, 'count', 1) - tonumber(ARGV[4 + i])
	if over >= 0 then
		local pause = math.min(tonumber(ARGV[2]) * 2 ^ math.min(over, 20), tonumber(ARGV[3]))
		redis.call('HSET', key, 'until', string.format('%.0f', now + pause))
	end
	redis.call('EXPIRE', key, ARGV[4])
end
return 0
