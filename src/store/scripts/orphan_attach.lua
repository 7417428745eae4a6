-- Ties an orphaned conversation to the session that a person named.
-- KEYS: 1 orphans, 2 conversation, 3 session
-- ARGV: 1 conversation id, 2 session id
-- Answer: "ok" (also when it was tied to it before), "missing" (no orphan), "taken" (another session's), "no-session"
if redis.call('HEXISTS', KEYS[3], 'secret') == 0 then
	return 'no-session'
end
local session = redis.call('HGET', KEYS[2], 'session')
if session and session ~= ARGV[2] then
	return 'taken'
end
if not session and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
	return 'missing'
end
redis.call('HSET', KEYS[2], 'session', ARGV[2])
return 'ok'
