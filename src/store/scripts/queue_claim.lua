-- Leases the next due job.  Expired leases come back first: their worker died.
-- A job whose serial word is held by another leased job waits a moment.
-- KEYS: 1 due, 2 leased, 3 dead, 4 serial
-- ARGV: 1 prefix of job keys, 2 lease in ms, 3 most attempts
-- Answer: {id, kind, payload, fence, attempts, created in ms, ms until the next is due (-1: nothing waits), waits}; id "" when
-- none was leased, and then kind "buried" with the id as payload when one was given up because its workers keep ending
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function release_serial(id, job)
	local serial = redis.call('HGET', job, 'serial')
	if serial and serial ~= '' and redis.call('HGET', KEYS[4], serial) == id then
		redis.call('HDEL', KEYS[4], serial)
	end
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do
	local job = ARGV[1] .. id
	redis.call('ZREM', KEYS[2], id)
	release_serial(id, job)
	redis.call('HSET', job, 'state', 'due', 'reason', 'its worker ended before it was done')
	redis.call('ZADD', KEYS[1], now, id)
end

-- True when the job may run now; takes its serial word.
local function may_run(id, job)
	local serial = redis.call('HGET', job, 'serial')
	if not serial or serial == '' then
		return true
	end
	local owner = redis.call('HGET', KEYS[4], serial)
	if owner and owner ~= id and redis.call('ZSCORE', KEYS[2], owner) then
		redis.call('ZADD', KEYS[1], now + 200, id)
		return false
	end
	redis.call('HSET', KEYS[4], serial, id)
	return true
end

-- A job whose failures are told is buried by its worker; this one took its workers down.
local function bury(id, job)
	release_serial(id, job)
	redis.call('ZREM', KEYS[1], id)
	redis.call('ZADD', KEYS[3], now, id)
	local reason = redis.call('HGET', job, 'reason') or ''
	redis.call('HSET', job, 'state', 'dead', 'ended', now, 'reason', 'given up after ' .. ARGV[3] .. ' attempts: ' .. reason)
	return { '', 'buried', id, 0, 0, 0, 0, 0 }
end

local function lease(id, job)
	local attempts = redis.call('HINCRBY', job, 'attempts', 1)
	local fence = redis.call('HINCRBY', job, 'fence', 1)
	redis.call('ZREM', KEYS[1], id)
	redis.call('ZADD', KEYS[2], now + ARGV[2], id)
	redis.call('HSET', job, 'state', 'leased')
	local row = redis.call('HMGET', job, 'kind', 'payload', 'created', 'waits')
	return { id, row[1] or '', row[2] or '', fence, attempts, row[3] or '0', 0, row[4] or '0' }
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 50)) do
	local job = ARGV[1] .. id
	if redis.call('EXISTS', job) == 0 then
		redis.call('ZREM', KEYS[1], id)
	elseif tonumber(redis.call('HGET', job, 'attempts') or 0) >= tonumber(ARGV[3]) then
		return bury(id, job)
	elseif may_run(id, job) then
		return lease(id, job)
	end
end

local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local wait = -1
for _, at in ipairs({ first[2] or false, oldest[2] or false }) do
	if at and (wait < 0 or at - now < wait) then
		wait = math.max(0, at - now)
	end
end
return { '', '', '', 0, 0, 0, wait, 0 }
