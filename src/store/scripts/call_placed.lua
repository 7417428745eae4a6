-- Notes that Twilio took the call, if nothing else was heard of it before.
-- KEYS: 1 call, 2 campaign, 3 open calls, 4 the CallSid, 5 events, 6 live
-- ARGV: 1 attempt, 2 CallSid, 3 its time to live in s, 4 ms of the next look, 5 now in ISO, 6 the call as JSON, 7 campaign, 8 the step of its timeline
-- Answer: 1 noted (also: by an earlier run), 0 the row has changed, -1 there is none
local row = redis.call('HMGET', KEYS[1], 'v', 'sid')
if not row[1] then
	return -1
elseif row[2] == ARGV[2] then
	return 1
elseif row[1] ~= '1' then
	return 0
end
redis.call('HSET', KEYS[1], 'v', 2, 'sid', ARGV[2], 't2', ARGV[8])
redis.call('SET', KEYS[4], ARGV[1], 'EX', ARGV[3])
redis.call('ZADD', KEYS[3], 'XX', ARGV[4], ARGV[1])
local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
redis.call('XADD', KEYS[5], 'MAXLEN', 10000, seq .. '-0', 'e',
	'{"seq":' .. seq .. ',"at":"' .. ARGV[5] .. '","type":"call","call":' .. ARGV[6] .. '}')
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[7])
return 1
