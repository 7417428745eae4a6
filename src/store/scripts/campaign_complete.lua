-- Completes a running campaign whose leads are all done.  When the others only wait for a variable that they
-- lack, or for a text that ElevenLabs would speak, some of those end first, as incomplete.
-- KEYS: 1 campaign, 2 counts, 3 outcomes, 4 groups, 5 active campaigns, 6 events, 7 live
-- ARGV: 1 id, 2 how many leads at most, 3 prefix of leads, 4 prefix of held leads, 5 revision of the agent, 6 revision of
--       the campaign, 7 now in ms, 8 reason, 9 the event behind its number
-- Answer: 2 completed, 1 there are more incomplete leads, 0 there is something to do yet
local row = redis.call('HMGET', KEYS[1], 'state', 'revision')
if row[1] ~= 'running' or row[2] ~= ARGV[6] then
	return 0
end
local counts = redis.call('HMGET', KEYS[2], 'pending', 'waiting', 'calling', 'total')
local rest = (counts[1] or 0) + (counts[2] or 0)
if tonumber(counts[3] or 0) ~= 0 or tonumber(counts[4] or 0) == 0 then
	return 0
end

local sets, lacking = {}, 0
local groups = rest > 0 and redis.call('HLEN', KEYS[4]) or 0
for group = 0, groups - 1 do
	for _, reason in ipairs({ 'missing_variable', 'text_refused' }) do
		local set = ARGV[4] .. group .. ':' .. reason
		sets[#sets + 1] = set
		lacking = lacking + redis.call('ZCOUNT', set, ARGV[5], '+inf')
	end
end
if lacking < rest then
	return 0
end

local left = tonumber(ARGV[2])
for _, set in ipairs(sets) do
	for _, number in ipairs(left > 0 and redis.call('ZRANGE', set, 0, left - 1) or {}) do
		local lead = ARGV[3] .. number
		local state = redis.call('HGET', lead, 's') or 'p'
		redis.call('ZREM', set, number)
		redis.call('HSET', lead, 's', 'd', 'o', 'incomplete')
		redis.call('HDEL', lead, 't', 'h')
		redis.call('HINCRBY', KEYS[2], state == 'p' and 'pending' or 'waiting', -1)
		redis.call('HINCRBY', KEYS[2], 'done', 1)
		redis.call('HINCRBY', KEYS[3], 'incomplete', 1)
		left = left - 1
		rest = rest - 1
	end
end
if rest > 0 then
	return 1
end

redis.call('HSET', KEYS[1], 'state', 'completed', 'reason', ARGV[8], 'changed', ARGV[7])
redis.call('SREM', KEYS[5], ARGV[1])
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('XADD', KEYS[6], 'MAXLEN', 10000, seq .. '-0', 'e', '{"seq":' .. seq .. ARGV[9])
redis.call('XADD', KEYS[7], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
return 2
