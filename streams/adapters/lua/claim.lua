-- Become the owner of a lane.
-- KEYS: meta, outbox, rows, redo. ARGV: token.
-- Returns epoch, cut, state, outbox entries, number of rows, indexed, the token before, torn: whether a commit
-- was done in part, so that nothing here is of one batch.
local held = redis.call('HMGET', KEYS[1], 'cut', 'state', 'indexed', 'token', 'begun', 'ended')
if not held[1] then -- nothing was ever committed: what lies here is left of a lane that was removed in part
  redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'token', ARGV[1])
local outbox = redis.call('LRANGE', KEYS[2], 0, -1)
local torn = held[5] ~= held[6] and 1 or 0
return {epoch, held[1], held[2], outbox, redis.call('HLEN', KEYS[3]), held[3], held[4], torn}
