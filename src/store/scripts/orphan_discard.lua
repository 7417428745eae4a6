-- Forgets the transcript of an orphaned conversation, unless somebody has attached it meanwhile.
-- KEYS: 1 orphans, 2 conversation
-- ARGV: 1 conversation id, 2 reason, 3 who, 4 a name of this very command, 5 prefix of sessions
-- Answer: "ok" (also when this command did it before), "missing" (no orphan), "taken" (a session's)
local row = redis.call('HMGET', KEYS[2], 'session', 'discard')
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
	return row[2] == ARGV[4] and 'ok' or 'missing'
end
if row[1] and redis.call('HEXISTS', ARGV[5] .. row[1], 'secret') == 1 then
	return 'taken'
end
redis.call('HSET', KEYS[2], 'state', 'discarded', 'reason', ARGV[2], 'by', ARGV[3], 'discard', ARGV[4])
redis.call('HDEL', KEYS[2], 'data')
redis.call('ZREM', KEYS[1], ARGV[1])
return 'ok'
