-- Notes of calls of one campaign that Twilio took them, of each if nothing else was heard of it before.
-- KEYS: 1 campaign, 2 open calls, 3 events, 4 live
-- ARGV: 1 campaign, 2 time to live of a CallSid in s, 3 ms of the next look, 4 now in ISO,
--       5-6 prefixes of calls, CallSids, 7 the step of their timelines, 8.. for each: attempt, CallSid, call as JSON
-- Answer: for each 1 noted (also: by an earlier run), 0 the row has changed, -1 there is none
local seq = tonumber(redis.call('HGET', KEYS[1], 'seq') or 0)
local answer, looks = {}, {}

local function note(attempt, sid, call)
	local key = ARGV[5] .. attempt
	local row = redis.call('HMGET', key, 'v', 'sid')
	if not row[1] then
		return -1
	elseif row[2] == sid then
		return 1
	elseif row[1] ~= '1' then
		return 0
	end
	redis.call('HSET', key, 'v', '2', 'sid', sid, 't2', ARGV[7])
	redis.call('SET', ARGV[6] .. sid, attempt, 'EX', ARGV[2])
	looks[#looks + 1], looks[#looks + 2] = ARGV[3], attempt
	seq = seq + 1
	local n = string.format('%d', seq)
	redis.call('XADD', KEYS[3], 'MAXLEN', '10000', n .. '-0', 'e', '{"seq":' .. n .. ',"at":"' .. ARGV[4] .. '","type":"call","call":' .. call .. '}')
	return 1
end

for at = 8, #ARGV, 3 do
	answer[#answer + 1] = note(ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
if #looks > 0 then
	redis.call('ZADD', KEYS[2], 'XX', unpack(looks))
	redis.call('HINCRBY', KEYS[1], 'seq', #looks / 2)
	redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
end
return answer
