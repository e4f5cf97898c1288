-- Take over one batch of a lane, or only trim its outbox: all checks first, for Lua cannot roll back.
-- The first write counts `begun`, the last one `ended`: a Redis that read a torn append-only file may have done
-- the writes of a script in part, and then these two differ for ever (claim.lua).
-- KEYS: meta, rows, outbox, redo, stage, dates to add to, dates that have passed.
-- ARGV: epoch, token, sent, batch (0: trim only), follows, cut, state, entry ('': none), staged elements
--   (-1: rows follow in the same transaction, and the count of `ended` after them), indexed (-1: not any more),
--   number of dates to add to, a text for each, id, row, id, row, ...
-- Returns done, repeated, fenced, lost, redo (the rows of the batch before wait), unstaged.
local CHUNK = 2000  -- elements a call: Lua's stack is short

local held = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'batch', 'first')
local epoch, mine = tonumber(held[1] or '0'), tonumber(ARGV[1])
if epoch < mine then return 'lost' end
if epoch > mine or held[2] ~= ARGV[2] then return 'fenced' end

local last, batch, follows = tonumber(held[3] or '0'), tonumber(ARGV[4]), tonumber(ARGV[5])
local staged = tonumber(ARGV[9])
if batch > 0 then
  if last == batch then return 'repeated' end
  if last ~= follows then return 'lost' end
  if redis.call('EXISTS', KEYS[4]) == 1 then return 'redo' end
  if staged > 0 and redis.call('LLEN', KEYS[5]) ~= staged then return 'unstaged' end
end

local length = redis.call('LLEN', KEYS[3])
local old = length > 0 and tonumber(ARGV[3]) - tonumber(held[4]) + 1 or 0
if batch == 0 and old <= 0 then return 'done' end

redis.call('HINCRBY', KEYS[1], 'begun', 1)
if old > 0 then
  redis.call('LTRIM', KEYS[3], old, -1)
  redis.call('HSET', KEYS[1], 'first', tonumber(held[4]) + math.min(old, length))
  length = math.max(0, length - old)
end
if batch == 0 then
  redis.call('HINCRBY', KEYS[1], 'ended', 1)
  return 'done'
end

if staged > 0 then
  redis.call('RENAME', KEYS[5], KEYS[4])
  redis.call('PERSIST', KEYS[4])
end
local dates = tonumber(ARGV[11])
for place = 1, dates do redis.call('APPEND', KEYS[5 + place], ARGV[11 + place]) end
for place = 6 + dates, #KEYS do redis.call('DEL', KEYS[place]) end
for start = 12 + dates, #ARGV, CHUNK do
  redis.call('HSET', KEYS[2], unpack(ARGV, start, math.min(start + CHUNK - 1, #ARGV)))
end
if ARGV[10] == '1' then redis.call('HSET', KEYS[1], 'indexed', 1) end
if ARGV[10] == '-1' then redis.call('HDEL', KEYS[1], 'indexed') end
if ARGV[8] ~= '' then
  redis.call('RPUSH', KEYS[3], ARGV[8])
  if length == 0 then redis.call('HSET', KEYS[1], 'first', batch) end
end
redis.call('HSET', KEYS[1], 'batch', batch, 'cut', ARGV[6], 'state', ARGV[7])
if staged >= 0 then redis.call('HINCRBY', KEYS[1], 'ended', 1) end
return 'done'
