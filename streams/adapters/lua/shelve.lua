-- Keep a value unless one is there that covers more.
-- KEYS: the value's hash. ARGV: covers, value.
local known = redis.call('HGET', KEYS[1], 'covers')
if known and tonumber(known) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'covers', ARGV[1], 'value', ARGV[2])
return 1
