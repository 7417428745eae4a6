-- Makes a campaign, or gives one new settings if it is still of the revision that was read.
-- KEYS: 1 campaign, 2 campaigns, or test calls, 3 its agent, 4 last revision of agents
-- ARGV: 1 id, 2 settings as JSON, 3 now in ms, 4 revision that was read ("0": none, it is new), 5 agent, 6 the agent of
--       the settings that were read, or "", 7 prefix of agents' campaigns,
--       8 the campaign of which this is a test call, or ""
-- Answer: its revision; 0 when it has changed since, -1 when there is none, -2 when there is no such agent
local row = redis.call('HMGET', KEYS[1], 'revision', 'settings', 'state')
local revision = row[1] or '0'
if tonumber(revision) == ARGV[4] + 1 and row[2] == ARGV[2] then
	return tonumber(revision) -- the same change, run twice
end
if ARGV[4] ~= '0' and (not row[1] or row[3] == 'deleting') then
	return -1
elseif revision ~= ARGV[4] then
	return 0
elseif redis.call('EXISTS', KEYS[3]) == 0 then
	return -2
end
if ARGV[5] ~= ARGV[6] then
	if ARGV[6] ~= '' then
		redis.call('SREM', ARGV[7] .. ARGV[6], ARGV[1])
		-- Leads that lacked a variable for the former agent are looked at again.
		redis.call('HSET', KEYS[3], 'revision', redis.call('INCR', KEYS[4]))
	end
	-- A test call stands in no list: the campaign of which it is one keeps the agent.
	if ARGV[8] == '' then
		redis.call('SADD', ARGV[7] .. ARGV[5], ARGV[1])
	end
end
if ARGV[4] == '0' then
	redis.call('HSET', KEYS[1], 'state', 'draft', 'created', ARGV[3], 'changed', ARGV[3])
	redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
	if ARGV[8] ~= '' then
		redis.call('HSET', KEYS[1], 'test_of', ARGV[8])
	end
end
redis.call('HSET', KEYS[1], 'settings', ARGV[2], 'revision', revision + 1)
return revision + 1
