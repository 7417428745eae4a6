-- Puts a number on the do-not-call list, once: what was said first stays.
-- KEYS: 1 entries (hash), 2 order (sorted set, all scores 0)
-- ARGV: 1 number, 2 entry
-- Answer: {1 when it is new, else 0; the entry}
local new = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return { new, redis.call('HGET', KEYS[1], ARGV[1]) }
