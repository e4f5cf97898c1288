-- Who stands under some dates, for the lane's owner.
-- KEYS: meta, dates. ARGV: epoch, token.
-- Returns done and a text for each date, or nil; or fenced, lost.
local held = redis.call('HMGET', KEYS[1], 'epoch', 'token')
local epoch, mine = tonumber(held[1] or '0'), tonumber(ARGV[1])
if epoch < mine then return {'lost'} end
if epoch > mine or held[2] ~= ARGV[2] then return {'fenced'} end

local found = {'done'}
for place = 2, #KEYS do found[place] = redis.call('GET', KEYS[place]) end
return found
