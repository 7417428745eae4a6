-- Notes what became of a session's mail.  Events overtake each other and even the
-- answer to the sending: what is known never becomes less ("bounced" not "sent").
-- KEYS: 1 session
-- ARGV: 1 state, 2 Resend's id of the mail or ""
-- Answer: 1 noted, 0 when more was known
local rank = { pending = 0, sent = 1, delivered = 2 }
local now = redis.call('HGET', KEYS[1], 'email_state')
if ARGV[2] ~= '' then
	redis.call('HSET', KEYS[1], 'email_id', ARGV[2])
end
if now and (rank[now] or 3) > (rank[ARGV[1]] or 3) then
	return 0
end
redis.call('HSET', KEYS[1], 'email_state', ARGV[1])
return 1
