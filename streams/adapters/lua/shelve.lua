-- Keep a value with its pieces, unless one is there that covers more. The mark names what is kept: who changes a
-- part of it tells the mark of what he knows, for a Redis that lost its tail has something older.
-- The first write counts `begun`, the last one sets `ended` to what it is then: a Redis that read a torn append-only
-- file may have done the writes of a script in part, and then these two differ. A value alone is one write.
-- KEYS: the value's hash, pieces on their way.
-- ARGV: covers, value, mark, mark of what it builds on ('': on nothing, and all pieces go), a number to begin to
--   count from that nobody else has, pieces on their way, number of names that go, these names,
--   name, piece, name, piece, ...
-- Returns kept, covered, lost.
local CHUNK = 2000  -- elements a call: Lua's stack is short
local COMING_SECONDS = 3600

local held = redis.call('HMGET', KEYS[1], 'covers', 'mark', 'begun', 'ended')
local torn = held[3] ~= held[4]
if held[1] and not torn and tonumber(held[1]) > tonumber(ARGV[1]) then return 'covered' end
local anew, coming = ARGV[4] == '', tonumber(ARGV[6])
if not anew and (torn or held[2] ~= ARGV[4]) then return 'lost' end
if coming > 0 and redis.call('HLEN', KEYS[2]) ~= coming then return 'lost' end

if anew and coming == 0 and #ARGV == 7 and not held[3] then
  redis.call('HSET', KEYS[1], 'covers', ARGV[1], 'value', ARGV[2], 'mark', ARGV[3])
  return 'kept'
end

local first, begun = 8 + tonumber(ARGV[7]), ARGV[5]
local into = anew and KEYS[2] or KEYS[1]
if anew then
  redis.call('HSET', into, 'begun', begun)
  redis.call('EXPIRE', into, COMING_SECONDS)
else
  begun = redis.call('HINCRBY', into, 'begun', 1)
  for start = 8, first - 1, CHUNK do
    redis.call('HDEL', into, unpack(ARGV, start, math.min(start + CHUNK, first) - 1))
  end
  if coming > 0 then
    for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
      redis.call('HSET', into, name, redis.call('HGET', KEYS[2], name))
    end
    redis.call('UNLINK', KEYS[2])
  end
end
for start = first, #ARGV, CHUNK do
  redis.call('HSET', into, unpack(ARGV, start, math.min(start + CHUNK - 1, #ARGV)))
end
if anew then
  redis.call('RENAME', into, KEYS[1])
  redis.call('PERSIST', KEYS[1])
end
redis.call('HSET', KEYS[1], 'covers', ARGV[1], 'value', ARGV[2], 'mark', ARGV[3], 'ended', begun)
return 'kept'
