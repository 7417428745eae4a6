-- Deletes an agent that no campaign names.
-- KEYS: 1 agent, 2 agents, 3 its campaigns
-- ARGV: 1 id
-- Answer: how many campaigns name it: 0 when it is gone
local campaigns = redis.call('SCARD', KEYS[3])
if campaigns == 0 then
	redis.call('DEL', KEYS[1])
	redis.call('ZREM', KEYS[2], ARGV[1])
end
return campaigns
