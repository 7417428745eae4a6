-- Takes a campaign away from everybody but the runner, which deletes what is left of it.
-- KEYS: 1 campaign, 2 campaigns, 3 active campaigns, 4 its live calls, 5 live
-- ARGV: 1 id, 2 prefix of agents' campaigns
-- Answer: "ok", "missing", "running", "calling": calls of it have not ended, or "copied": its leads are being copied
local row = redis.call('HMGET', KEYS[1], 'state', 'settings', 'copies')
if not row[1] then
	return 'missing'
elseif row[1] == 'deleting' then
	return 'ok'
elseif row[1] == 'running' then
	return 'running'
elseif redis.call('SCARD', KEYS[4]) > 0 then
	return 'calling'
elseif row[3] then
	return 'copied'
end
redis.call('HSET', KEYS[1], 'state', 'deleting')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('SREM', ARGV[2] .. cjson.decode(row[2]).agent_id, ARGV[1])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
return 'ok'
