-- Puts numbers on the do-not-call list, each once: what was said first stays.
-- KEYS: 1 entries (hash), 2 order (sorted set, all scores 0)
-- ARGV: 1 "1": only look, 2 JSON: [[number, entry]...]
-- Answer: one letter per number: a added, d it was there.  Run twice, it says d of what the first run added.
local letters, seen = {}, {}
for i, row in ipairs(cjson.decode(ARGV[2])) do
	local number = row[1]
	local there = seen[number] or redis.call('HEXISTS', KEYS[1], number) == 1
	seen[number] = true
	if not there and ARGV[1] ~= '1' then
		redis.call('HSET', KEYS[1], number, row[2])
		redis.call('ZADD', KEYS[2], 0, number)
	end
	letters[i] = there and 'd' or 'a'
end
return table.concat(letters)
