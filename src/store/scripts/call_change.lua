-- Applies a change to an attempt, if it is still of the version that the change was
-- computed from, and with its end frees slot and number and moves the lead, once.
-- KEYS: 1 call, 2 campaign, 3 lead, 4 counts, 5 outcomes, 6 live calls, 7 open calls, 8 live numbers, 9 events,
--       10 live, 11 placed of its day, 12 contacts of its number, 13 the CallSid, 14 how its calls ended by the hour, 15 by the minute
-- ARGV: 1 attempt, 2 version, 3 now in ISO, 4 the call as JSON, 5 "" or how it ends: done, wait (for a retry), lost (the same,
--       but it does not count), never (it was not placed), 6 outcome of the lead, 7 ms of the next attempt, 8 the lead's number, 9 telephone number, 10 campaign,
--       11 CallSid or "", 12 its time to live in s, 13 ms of the next look, 14 prefix of due leads, 15 field of KEYS[14], 16 field of KEYS[15], 17 its time to live in s,
--       18.. field, value of the call
-- Answer: 1 applied, 0 the row has changed, -1 there is none
local version = redis.call('HGET', KEYS[1], 'v')
if not version then
	return -1
elseif version ~= ARGV[2] then
	return 0
end
redis.call('HSET', KEYS[1], 'v', version + 1, unpack(ARGV, 18))
if ARGV[11] ~= '' then
	redis.call('SET', KEYS[13], ARGV[1], 'EX', ARGV[12])
end

local function count(from, to)
	redis.call('HINCRBY', KEYS[4], from, -1)
	redis.call('HINCRBY', KEYS[4], to, 1)
end

local function finish(outcome)
	redis.call('HSET', KEYS[3], 's', 'd', 'o', outcome)
	redis.call('HDEL', KEYS[3], 't')
	count('calling', 'done')
	redis.call('HINCRBY', KEYS[5], outcome, 1)
end

local function wait(at)
	redis.call('HSET', KEYS[3], 's', 'w', 't', at)
	count('calling', 'waiting')
	redis.call('ZADD', ARGV[14] .. (redis.call('HGET', KEYS[3], 'g') or 0), at, ARGV[8])
end

-- As if it had never been placed; true when the lead was called before.
local function give_back()
	redis.call('HINCRBY', KEYS[4], 'attempts', -1)
	if redis.call('EXISTS', KEYS[11]) == 1 then
		redis.call('DECR', KEYS[11])
	end
	redis.call('ZREM', KEYS[12], ARGV[1])
	return redis.call('HINCRBY', KEYS[3], 'a', -1) > 0
end

local function wait_in_line()
	redis.call('HDEL', KEYS[3], 's', 'a', 't')
	count('calling', 'pending')
	redis.call('ZADD', ARGV[14] .. (redis.call('HGET', KEYS[3], 'g') or 0), ARGV[8], ARGV[8])
end

local function settle()
	redis.call('HDEL', KEYS[1], 'open')
	redis.call('HINCRBY', KEYS[14], ARGV[15], 1)
	redis.call('HINCRBY', KEYS[15], ARGV[16], 1)
	redis.call('EXPIRE', KEYS[15], ARGV[17])
	redis.call('SREM', KEYS[6], ARGV[1])
	redis.call('ZREM', KEYS[7], ARGV[1])
	if redis.call('HGET', KEYS[8], ARGV[9]) == ARGV[1] then
		redis.call('HDEL', KEYS[8], ARGV[9])
	end
	if redis.call('HGET', KEYS[3], 's') ~= 'c' or redis.call('HGET', KEYS[3], 'q') ~= ARGV[1] then
		return -- the lead is not this call's any more
	end
	if ARGV[5] == 'lost' then
		redis.call('HINCRBY', KEYS[2], 'lost', 1)
	elseif ARGV[5] ~= 'never' then
		redis.call('HDEL', KEYS[2], 'lost')
	end
	local again = ARGV[5] == 'wait'
	if ARGV[5] == 'lost' or ARGV[5] == 'never' then
		again = give_back() or ARGV[5] == 'lost'
	end
	if ARGV[5] == 'done' then
		finish(ARGV[6])
	elseif redis.call('HGET', KEYS[2], 'state') == 'stopped' then
		finish('stopped')
	elseif again then
		wait(ARGV[7])
	else
		wait_in_line()
	end
end

if ARGV[5] ~= '' then
	settle()
elseif redis.call('ZSCORE', KEYS[7], ARGV[1]) then
	redis.call('ZADD', KEYS[7], ARGV[13], ARGV[1])
end
local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
redis.call('XADD', KEYS[9], 'MAXLEN', 10000, seq .. '-0', 'e',
	'{"seq":' .. seq .. ',"at":"' .. ARGV[3] .. '","type":"call","call":' .. ARGV[4] .. '}')
redis.call('XADD', KEYS[10], 'MAXLEN', '~', 10000, '*', 'c', ARGV[10])
return 1
