-- Ends a worker's turn with a job, if it still holds the lease.
-- KEYS: 1 due, 2 leased, 3 dead, 4 serial, 5 job
-- ARGV: 1 id, 2 fence, 3 "done" | "retry" | "dead", 4 delay in ms, 5 reason, 6 time to live of a done job in s,
--       7 "1" when the attempt does not count, but as a wait
-- Answer: 1, or 0 when the lease was lost
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HGET', KEYS[5], 'fence') ~= ARGV[2] or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
	return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
local serial = redis.call('HGET', KEYS[5], 'serial')
if serial and serial ~= '' and redis.call('HGET', KEYS[4], serial) == ARGV[1] then
	redis.call('HDEL', KEYS[4], serial)
end
if ARGV[3] == 'done' then
	-- The row stays for a while, so that a repeated delivery is recognised.
	redis.call('HSET', KEYS[5], 'state', 'done', 'reason', ARGV[5], 'ended', now)
	redis.call('HDEL', KEYS[5], 'payload')
	redis.call('EXPIRE', KEYS[5], ARGV[6])
elseif ARGV[3] == 'retry' then
	redis.call('HSET', KEYS[5], 'state', 'due', 'reason', ARGV[5])
	if ARGV[7] == '1' then
		redis.call('HINCRBY', KEYS[5], 'attempts', -1)
		redis.call('HINCRBY', KEYS[5], 'waits', 1)
	end
	redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
else
	redis.call('HSET', KEYS[5], 'state', 'dead', 'reason', ARGV[5], 'ended', now)
	redis.call('ZADD', KEYS[3], now, ARGV[1])
end
return 1
