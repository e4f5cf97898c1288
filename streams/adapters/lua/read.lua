-- Rows of some cardholders, for the lane's owner.
-- KEYS: meta, rows, redo. ARGV: epoch, token, id, id, ...
-- Returns done and the rows; or fenced, lost, redo (rows of a committed batch wait).
local CHUNK = 2000  -- elements a call: Lua's stack is short

local held = redis.call('HMGET', KEYS[1], 'epoch', 'token')
local epoch, mine = tonumber(held[1] or '0'), tonumber(ARGV[1])
if epoch < mine then return {'lost'} end
if epoch > mine or held[2] ~= ARGV[2] then return {'fenced'} end
if redis.call('EXISTS', KEYS[3]) == 1 then return {'redo'} end

local found = {'done'}
for start = 3, #ARGV, CHUNK do
  local rows = redis.call('HMGET', KEYS[2], unpack(ARGV, start, math.min(start + CHUNK - 1, #ARGV)))
  for place = 1, #rows do found[start - 2 + place] = rows[place] end
end
return found
