-- Adds a job unless it, or any of the deliveries it stands for, was seen before.
-- KEYS: 1 due, 2 job, 3 wake, 4.. seen keys
-- ARGV: 1 id, 2 kind, 3 payload, 4 delay in ms, 5 serial word or "", 6 time to live of seen keys in s,
--       7 a sorted set in which to note the job, or "", 8 the score there (only ever raised), 9 the member
-- Answer: 1 added, 0 known
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('EXISTS', KEYS[2]) == 1
for i = 4, #KEYS do
	if not redis.call('SET', KEYS[i], '1', 'NX', 'EX', ARGV[6]) then
		known = true
	end
end
if known then
	return 0
end
if ARGV[7] ~= '' then
	redis.call('ZADD', ARGV[7], 'GT', ARGV[8], ARGV[9])
end
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'kind', ARGV[2], 'payload', ARGV[3], 'state', 'due', 'serial', ARGV[5],
	'attempts', 0, 'fence', 0, 'created', now)
redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
redis.call('LPUSH', KEYS[3], '1')
redis.call('LTRIM', KEYS[3], 0, 63)
return 1
