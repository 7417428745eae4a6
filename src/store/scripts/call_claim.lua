-- Takes leads that are to be called now, in one step with everything that must hold
-- together: the campaign's state, hours, caps, pace, the do-not-call list, that a number is in one live
-- call, and how often it was called.  Each taken lead has an attempt before anything is dialled.
-- KEYS: 1 campaign, 2 counts, 3 outcomes, 4 live calls, 5 open calls, 6 live numbers, 7 calls, 8 placed of the day,
--       9 pace of the campaign, 10 pace of the account, 11 slow, 12 do-not-call list, 13 events, 14 live, 15 calls of all campaigns
-- ARGV: 1 campaign, 2 its revision, 3 ms at which the hours end, 4 most concurrent calls, 5 daily cap,
--       6 us between the campaign's calls, 7 us between the account's, 8 us that are planned ahead,
--       9 ms between calls to a number (0: any), 10 calls to a number in a day (0: any), 11 now in ms, 12 now in ISO, 13 day,
--       14 caller id, 15 time to live of "placed" in s, 16 ms after which a silent attempt is looked at,
--       17-21 prefixes of leads, due, held, calls, contacts, 22.. for each candidate: number, attempt, phone, audio, call as JSON
-- Answer: {word, us to wait, then for each candidate that was looked at: a word, us until its dial}.
--         First word: ok (all were looked at), changed (not running, or other settings), closed, full, cap, pace (of the account), own (pace), slow.
--         A candidate's: taken, gone, suppressed, held
local DAY = 86400000
local id = ARGV[1]
local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]
local now = math.floor(now_us / 1000)
local interval, account_interval, horizon = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local gap, most_a_day = tonumber(ARGV[9]), tonumber(ARGV[10])
local answer = { 'ok', 0 }

local campaign = redis.call('HMGET', KEYS[1], 'state', 'revision', 'seq')
if campaign[1] ~= 'running' or campaign[2] ~= ARGV[2] then
	return { 'changed', 0 }
end
local slow = tonumber(redis.call('GET', KEYS[11]) or 0)
if slow > now then
	return { 'slow', (slow - now) * 1000 }
end
local room = ARGV[4] - redis.call('SCARD', KEYS[4])
local left_today = ARGV[5] - (redis.call('GET', KEYS[8]) or 0)
-- What was planned at a slower pace does not hold longer than the present one asks for.
local function next_of(key, us_between)
	return math.min(tonumber(redis.call('GET', key) or 0), now_us + horizon + us_between)
end
local next_us, account_next_us = next_of(KEYS[9], interval), next_of(KEYS[10], account_interval)

local FIRST, EACH = 22, 5
local phones = {}
for at = FIRST, #ARGV, EACH do
	phones[#phones + 1] = ARGV[at + 2]
end
local suppressed, busy = {}, {}
if #phones > 0 then
	suppressed = redis.call('HMGET', KEYS[12], unpack(phones))
	busy = redis.call('HMGET', KEYS[6], unpack(phones))
end

-- What all taken leads share is written once, at the end. Numbers become text here: Redis does that slower.
local seq = tonumber(campaign[3] or 0)
local moved = { pending = 0, waiting = 0 } -- that are calling now
local ended = { pending = 0, waiting = 0 } -- that were suppressed
local look_ms = string.format('%.0f', now + ARGV[16])
local attempts, open, calls, numbers, taken = {}, {}, {}, {}, {}

local function suppress(lead, from)
	redis.call('HSET', lead, 's', 'd', 'o', 'suppressed')
	redis.call('HDEL', lead, 't')
	ended[from] = ended[from] + 1
	return 'suppressed'
end

local function hold(lead, number, group, reason, until_ms)
	redis.call('ZADD', ARGV[19] .. group .. ':' .. reason, until_ms, number)
	redis.call('HSET', lead, 'h', reason)
	return 'held'
end

-- When the number was called so lately or so often that it must rest: why, and until when.
local function contact_rest(contacts)
	if gap == 0 and most_a_day == 0 then
		return nil
	end
	redis.call('ZREMRANGEBYSCORE', contacts, '-inf', now - math.max(DAY, gap))
	local last = redis.call('ZRANGE', contacts, -1, -1, 'WITHSCORES')
	if gap > 0 and last[2] and last[2] + gap > now then
		return 'contact_gap', last[2] + gap
	end
	if most_a_day > 0 then
		local today = redis.call('ZRANGEBYSCORE', contacts, now - DAY + 1, '+inf', 'WITHSCORES')
		local calls_today = #today / 2
		if calls_today >= most_a_day then
			return 'contact_limit', today[(calls_today - most_a_day + 1) * 2] + DAY
		end
	end
	return nil
end

local function publish(call)
	seq = seq + 1
	local n = string.format('%d', seq)
	redis.call('XADD', KEYS[13], 'MAXLEN', '10000', n .. '-0', 'e',
		'{"seq":' .. n .. ',"at":"' .. ARGV[12] .. '","type":"call","call":' .. call .. '}')
end

local function take(at, lead, row, from)
	local number, attempt, phone = ARGV[at], ARGV[at + 1], ARGV[at + 2]
	redis.call('HSET', lead, 's', 'c', 'q', attempt, 'a', string.format('%d', (row[6] or 0) + 1))
	if row[3] then
		redis.call('HDEL', lead, 't')
	end
	moved[from] = moved[from] + 1
	attempts[#attempts + 1] = attempt
	open[#open + 1], open[#open + 2] = look_ms, attempt
	calls[#calls + 1], calls[#calls + 2] = ARGV[11], attempt
	numbers[#numbers + 1], numbers[#numbers + 2] = phone, attempt
	taken[phone] = true
	if gap > 0 or most_a_day > 0 then
		local contacts = ARGV[21] .. phone
		redis.call('ZADD', contacts, now, attempt)
		redis.call('PEXPIRE', contacts, math.max(DAY, gap) + 1000)
	end
	redis.call('HSET', ARGV[20] .. attempt, 'campaign', id, 'lead', number, 'phone', phone, 'from', ARGV[14], 'status', 'queued',
		'placed', ARGV[11], 'day', ARGV[13], 'audio', ARGV[at + 3], 'previous', row[4] or '', 'open', '1', 'v', '1')
	publish(ARGV[at + 4])
	return 'taken'
end

-- Looks at one candidate; the second answer is true when a call was planned.
local function look(i, at)
	local number, phone = ARGV[at], ARGV[at + 2]
	local lead = ARGV[17] .. number
	local row = redis.call('HMGET', lead, 'p', 's', 't', 'q', 'g', 'a')
	if row[2] == 'c' and row[4] == ARGV[at + 1] then
		return 'taken', false -- this very script ran before, and its answer was lost
	end
	local group = row[5] or '0'
	local due = ARGV[18] .. group
	local waits_until = row[2] == 'w' and (row[3] or redis.call('ZSCORE', due, number)) or 0
	if row[1] ~= phone or tonumber(waits_until or 0) > now or redis.call('ZREM', due, number) == 0 then
		return 'gone', false
	end
	local from = row[2] == 'w' and 'waiting' or 'pending'
	if suppressed[i] then
		return suppress(lead, from), false
	end
	if busy[i] or taken[phone] then
		return hold(lead, number, group, 'number_busy', now + 2000), false
	end
	local reason, until_ms = contact_rest(ARGV[21] .. phone)
	if reason then
		return hold(lead, number, group, reason, until_ms), false
	end
	return take(at, lead, row, from), true
end

for i = 1, #phones do
	local slot = math.max(now_us, next_us, account_next_us)
	if room <= 0 then
		answer[1] = 'full'
		break
	elseif left_today <= 0 then
		answer[1] = 'cap'
		break
	elseif slot - now_us > horizon then
		answer[1] = next_us > account_next_us and 'own' or 'pace'
		answer[2] = slot - now_us - horizon
		break
	elseif slot / 1000 >= tonumber(ARGV[3]) then
		answer[1] = 'closed'
		break
	end
	local word, planned = look(i, FIRST + (i - 1) * EACH)
	if planned then
		room, left_today = room - 1, left_today - 1
		next_us, account_next_us = slot + interval, slot + account_interval
	end
	answer[#answer + 1] = word
	answer[#answer + 1] = slot - now_us
end

local function count(hash, name, by)
	if by ~= 0 then
		redis.call('HINCRBY', hash, name, by)
	end
end

for from, leads in pairs(moved) do
	count(KEYS[2], from, -leads - ended[from])
end
count(KEYS[2], 'calling', #attempts)
count(KEYS[2], 'attempts', #attempts)
count(KEYS[2], 'done', ended.pending + ended.waiting)
count(KEYS[3], 'suppressed', ended.pending + ended.waiting)
if #attempts > 0 then
	redis.call('HINCRBY', KEYS[1], 'seq', #attempts)
	redis.call('SADD', KEYS[4], unpack(attempts))
	redis.call('ZADD', KEYS[5], unpack(open))
	redis.call('HSET', KEYS[6], unpack(numbers))
	redis.call('ZADD', KEYS[7], unpack(calls))
	redis.call('ZADD', KEYS[15], unpack(calls))
	redis.call('INCRBY', KEYS[8], #attempts)
	redis.call('EXPIRE', KEYS[8], ARGV[15])
end
if #answer > 2 then
	-- kept a minute longer than it counts
	redis.call('SET', KEYS[9], string.format('%.0f', next_us), 'PX', math.ceil(math.max(0, next_us - now_us) / 1000) + 60000)
	redis.call('SET', KEYS[10], string.format('%.0f', account_next_us), 'PX',
		math.ceil(math.max(0, account_next_us - now_us) / 1000) + 60000)
	redis.call('XADD', KEYS[14], 'MAXLEN', '~', 10000, '*', 'c', id)
end
return answer
