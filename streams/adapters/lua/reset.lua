-- Forget a lane, for its owner: it is rebuilt as if Redis had lost it. What tells that it is torn goes last.
-- KEYS: meta, outbox, rows, redo. ARGV: epoch, token.
-- Returns done, fenced, lost.
local held = redis.call('HMGET', KEYS[1], 'epoch', 'token')
local epoch, mine = tonumber(held[1] or '0'), tonumber(ARGV[1])
if epoch < mine then return 'lost' end
if epoch > mine or held[2] ~= ARGV[2] then return 'fenced' end

redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
redis.call('HDEL', KEYS[1], 'batch', 'cut', 'state', 'first', 'indexed', 'begun', 'ended')
return 'done'
