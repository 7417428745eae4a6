-- Ties a conversation to a session: session and reverse key in one step, with the
-- session's remaining time to live.  The session is edited by the caller, so that
-- members nobody here knows stay as they are; it must not have changed since.
-- KEYS: 1 secret, 2 reverse, 3 session, 4 conversation, 5 session's conversations, 6 awaited
-- ARGV: 1 secret, 2 session as read, 3 session to write, 4 conversation id, 5 session id, 6 now in ms,
--       7 ms at which to ask ElevenLabs, 8 time to live of records in s
-- Answer: "ok", "missing", "changed" or "taken"
local json = redis.call('GET', KEYS[1])
if not json then
	return 'missing'
end
if json ~= ARGV[2] then
	return 'changed'
end
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] then
	return 'taken'
end
local session = redis.call('HGET', KEYS[4], 'session')
if session and session ~= ARGV[5] then
	return 'taken'
end
local left = redis.call('PTTL', KEYS[1])
if ARGV[3] ~= json then
	redis.call('SET', KEYS[1], ARGV[3], 'KEEPTTL')
end
if left > 0 then
	redis.call('SET', KEYS[2], ARGV[1], 'PX', left)
else
	redis.call('SET', KEYS[2], ARGV[1])
end
redis.call('HSET', KEYS[4], 'session', ARGV[5])
redis.call('HSETNX', KEYS[4], 'started', ARGV[6])
redis.call('EXPIRE', KEYS[4], ARGV[8])
redis.call('HSET', KEYS[3], 'conversation_id', ARGV[4])
redis.call('HSETNX', KEYS[3], 'started', ARGV[6])
redis.call('EXPIRE', KEYS[3], ARGV[8])
redis.call('ZADD', KEYS[5], 'NX', ARGV[6], ARGV[4])
redis.call('EXPIRE', KEYS[5], ARGV[8])
if redis.call('HEXISTS', KEYS[4], 'data') == 0 then
	redis.call('ZADD', KEYS[6], 'NX', ARGV[7], ARGV[4])
end
return 'ok'
