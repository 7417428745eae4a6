-- Takes a batch of leads into a campaign: each number once.  The batch that an upload
-- sent last is not taken twice: it is answered as it was.
-- KEYS: 1 campaign, 2 counts, 3 outcomes, 4 groups, 5 do-not-call entries,
--	6 the upload's last batch (string), 7 names of variables (sorted set)
-- ARGV: 1 prefix of the leads' keys, 2 prefix of the due keys, 3 number of the batch, 4 how
--	long it is remembered (s), 5 "1": only look, 6 JSON: [group...],
--	7 JSON: [name of a variable that this upload has not told before...],
--	8 JSON: [[key of the number's bucket, its group from 1, ["p", number, field, value...]]...]
-- Answer: {"ok", one letter per lead: a added, s added and suppressed, d duplicate};
--	{"missing"}; {"ended"}
local row = redis.call('HMGET', KEYS[1], 'state', 'test_of', 'leads')
local state = row[1]
if not state then
	return { 'missing' }
end
if state ~= 'draft' and state ~= 'running' and state ~= 'paused' then
	return { 'ended' }
end
local looking = ARGV[5] == '1'
if not looking then
	local last = redis.call('GET', KEYS[6])
	local before = last and string.match(last, '^' .. ARGV[3] .. ' (.*)$')
	if before then
		return { 'ok', before }
	end
end
if row[2] and row[3] then
	return { 'missing' } -- a test call has its one lead, and takes no other
end

local groups, leads = cjson.decode(ARGV[6]), cjson.decode(ARGV[8])
if #leads == 0 then
	return { 'ok', '' }
end
local numbers, phones = {}, {}
if not looking then
	for i, name in ipairs(groups) do
		local number = redis.call('HGET', KEYS[4], name)
		if not number then
			number = redis.call('HLEN', KEYS[4])
			redis.call('HSET', KEYS[4], name, number)
		end
		numbers[i] = tostring(number)
	end
end
for i, lead in ipairs(leads) do
	phones[i] = lead[3][2]
end
local listed = redis.call('HMGET', KEYS[5], unpack(phones))

local last = tonumber(redis.call('HGET', KEYS[1], 'leads') or 0)
local due, letters, suppressed, pending = {}, {}, 0, 0
for i, lead in ipairs(leads) do
	local bucket, phone, fields = lead[1], phones[i], lead[3]
	if looking then
		letters[i] = redis.call('HEXISTS', bucket, phone) == 1 and 'd' or listed[i] and 's' or 'a'
	-- As text: Redis would write each number with seventeen digits first.
	elseif redis.call('HSETNX', bucket, phone, string.format('%d', last + 1)) == 0 then
		letters[i] = 'd'
	else
		local group, n = numbers[lead[2]], #fields
		last = last + 1
		local number = string.format('%d', last)
		fields[n + 1], fields[n + 2] = 'g', group
		if listed[i] then
			fields[n + 3], fields[n + 4], fields[n + 5], fields[n + 6] = 's', 'd', 'o', 'suppressed'
			suppressed = suppressed + 1
			letters[i] = 's'
		else
			local members = due[group] or {}
			members[#members + 1] = number
			members[#members + 1] = number
			due[group] = members
			pending = pending + 1
			letters[i] = 'a'
		end
		redis.call('HSET', ARGV[1] .. number, unpack(fields))
	end
end
local answer = table.concat(letters)
if looking then
	return { 'ok', answer }
end

for _, name in ipairs(cjson.decode(ARGV[7])) do
	redis.call('ZADD', KEYS[7], 'NX', redis.call('ZCARD', KEYS[7]), name)
end
for group, members in pairs(due) do
	redis.call('ZADD', ARGV[2] .. group, unpack(members))
end
if pending + suppressed > 0 then
	redis.call('HSET', KEYS[1], 'leads', last)
	redis.call('HINCRBY', KEYS[2], 'total', pending + suppressed)
	redis.call('HINCRBY', KEYS[2], 'pending', pending)
	redis.call('HINCRBY', KEYS[2], 'done', suppressed)
end
if suppressed > 0 then
	redis.call('HINCRBY', KEYS[3], 'suppressed', suppressed)
end
redis.call('SET', KEYS[6], ARGV[3] .. ' ' .. answer, 'EX', ARGV[4])
return { 'ok', answer }
