-- Takes a dead job out of the dead letters: to be tried again, or dropped.
-- KEYS: 1 due, 2 dead, 3 job, 4 wake
-- ARGV: 1 id, 2 "retry" | "discard", 3 time to live of a discarded job in s
-- Answer: 1, or 0 when it was no dead letter
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
	return 0
end
if ARGV[2] == 'retry' then
	redis.call('HSET', KEYS[3], 'state', 'due', 'attempts', 0, 'waits', 0, 'created', now)
	redis.call('ZADD', KEYS[1], now, ARGV[1])
	redis.call('LPUSH', KEYS[4], '1')
	redis.call('LTRIM', KEYS[4], 0, 63)
else
	redis.call('HSET', KEYS[3], 'state', 'discarded', 'ended', now)
	redis.call('HDEL', KEYS[3], 'payload')
	redis.call('EXPIRE', KEYS[3], ARGV[3])
end
return 1
