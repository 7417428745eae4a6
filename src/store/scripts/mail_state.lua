-- Notes what became of a session's mail.  Events overtake each other and even the
-- answer to the sending: of one mail, what is known never becomes less ("bounced"
-- not "sent").  The session shows the state of the mail that was sent last.
-- KEYS: 1 session
-- ARGV: 1 state ("sent": Resend took the mail), 2 Resend's id of the mail
-- Answer: 1 noted, 0 when more was known
local rank = { pending = 0, sent = 1, delivered = 2 }
local field = 'mail:' .. ARGV[2]
local known = redis.call('HGET', KEYS[1], field)
local state = ARGV[1]
if known and (rank[known] or 3) > (rank[state] or 3) then
	state = known
end
redis.call('HSET', KEYS[1], field, state)
local current = redis.call('HGET', KEYS[1], 'email_id')
if ARGV[1] == 'sent' then
	redis.call('HSET', KEYS[1], 'email_id', ARGV[2], 'email_state', state)
elseif not current or current == ARGV[2] then
	redis.call('HSET', KEYS[1], 'email_state', state)
end
return state == ARGV[1] and 1 or 0
