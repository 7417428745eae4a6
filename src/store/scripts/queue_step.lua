-- Records that a step of a leased job is done, and renews the lease.
-- KEYS: 1 leased, 2 job
-- ARGV: 1 id, 2 fence, 3 lease in ms, 4 step ("" only renews), 5 value
-- Answer: 1, or 0 when the lease was lost
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HGET', KEYS[2], 'fence') ~= ARGV[2] or not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
	return 0
end
if ARGV[4] ~= '' then
	redis.call('HSET', KEYS[2], 'step:' .. ARGV[4], ARGV[5])
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
return 1
