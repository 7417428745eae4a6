-- Takes a number off the do-not-call list.
-- KEYS: 1 entries (hash), 2 order (sorted set)
-- ARGV: 1 number
-- Answer: 1 when it was on it, else 0
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
