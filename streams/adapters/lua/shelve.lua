-- Keep a value with its pieces, unless one is there that covers more. The mark names what is kept: who changes a
-- part of it tells the mark of what he knows, for a Redis that lost its tail has something older.
-- The mark goes with the first write and comes with the last: without it a value with pieces is there in part. A
-- value without pieces is one write.
-- KEYS: the value's hash, pieces on their way.
-- ARGV: covers, value, mark, mark of what it builds on ('': on nothing, and all pieces go), pieces on their
--   way, number of names that go, these names, name, piece, name, piece, ...
-- Returns kept, covered, lost.
local CHUNK = 2000  -- elements a call: Lua's stack is short

local held = redis.call('HMGET', KEYS[1], 'covers', 'mark')
local torn = not held[2] and redis.call('HLEN', KEYS[1]) > 2
if held[1] and not torn and tonumber(held[1]) > tonumber(ARGV[1]) then return 'covered' end
local anew, coming = ARGV[4] == '', tonumber(ARGV[5])
if not anew and held[2] ~= ARGV[4] then return 'lost' end
if coming > 0 and redis.call('HLEN', KEYS[2]) ~= coming then return 'lost' end

local first = 7 + tonumber(ARGV[6])
if anew and (coming > 0 or redis.call('HLEN', KEYS[1]) > 3) then redis.call('UNLINK', KEYS[1]) end
if coming > 0 or #ARGV > 6 then redis.call('HDEL', KEYS[1], 'mark') end
if coming > 0 and anew then
  redis.call('RENAME', KEYS[2], KEYS[1])
  redis.call('PERSIST', KEYS[1])
elseif coming > 0 then
  for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
    redis.call('HSET', KEYS[1], name, redis.call('HGET', KEYS[2], name))
  end
  redis.call('UNLINK', KEYS[2])
end
for start = 7, first - 1, CHUNK do
  redis.call('HDEL', KEYS[1], unpack(ARGV, start, math.min(start + CHUNK, first) - 1))
end
for start = first, #ARGV, CHUNK do
  redis.call('HSET', KEYS[1], unpack(ARGV, start, math.min(start + CHUNK - 1, #ARGV)))
end
redis.call('HSET', KEYS[1], 'covers', ARGV[1], 'value', ARGV[2], 'mark', ARGV[3])
return 'kept'
