-- Deletes some of what a campaign has left behind, itself last.
-- KEYS: 1 campaign, 2 active campaigns, 3 its calls, 4 open calls, 5 calls of all campaigns, 6 groups, 7.. what else goes, whole
-- ARGV: 1 id, 2 how many rows at most, 3 prefix of leads, 4 prefix of buckets of telephone numbers, 5 how many
--       buckets, 6 prefix of calls, 7 prefix of CallSids, 8 prefix of due leads, 9 prefix of held leads, 10.. reasons for
--       which leads are held
-- Answer: 1 when there is more, else 0
local row = redis.call('HMGET', KEYS[1], 'state', 'leads', 'deleted')
if not row[1] then
	redis.call('SREM', KEYS[2], ARGV[1])
end
if row[1] ~= 'deleting' then
	return 0
end
local left = tonumber(ARGV[2])

-- Leads are numbered from 1; the buckets follow them.
local leads, at = tonumber(row[2] or 0), tonumber(row[3] or 0)
local last = leads + (leads > 0 and tonumber(ARGV[5]) or 0)
while at < last and left > 0 do
	at = at + 1
	redis.call('UNLINK', at <= leads and ARGV[3] .. at or ARGV[4] .. (at - leads - 1))
	left = left - 1
end
redis.call('HSET', KEYS[1], 'deleted', at)

for _, call in ipairs(left > 0 and redis.call('ZRANGE', KEYS[3], 0, left - 1) or {}) do
	local sid = redis.call('HGET', ARGV[6] .. call, 'sid')
	if sid then
		redis.call('DEL', ARGV[7] .. sid)
	end
	redis.call('UNLINK', ARGV[6] .. call)
	redis.call('ZREM', KEYS[3], call)
	redis.call('ZREM', KEYS[4], call)
	redis.call('ZREM', KEYS[5], call)
	left = left - 1
end
if left == 0 then
	return 1
end

for group = 0, redis.call('HLEN', KEYS[6]) - 1 do
	redis.call('UNLINK', ARGV[8] .. group)
	for i = 10, #ARGV do
		redis.call('UNLINK', ARGV[9] .. group .. ':' .. ARGV[i])
	end
end
redis.call('UNLINK', KEYS[1], KEYS[3], unpack(KEYS, 6))
redis.call('SREM', KEYS[2], ARGV[1])
return 0
