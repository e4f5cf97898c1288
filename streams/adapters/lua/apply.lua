-- Move some rows of a committed batch from where they were staged to the others; doing it twice is the same.
-- KEYS: rows, redo. Returns how many elements are left.
local CHUNK = 2000

local chunk = redis.call('LRANGE', KEYS[2], 0, CHUNK - 1)
if #chunk > 0 then
  redis.call('HSET', KEYS[1], unpack(chunk))
  redis.call('LTRIM', KEYS[2], CHUNK, -1)
end
return redis.call('LLEN', KEYS[2])
