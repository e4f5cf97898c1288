-- Become the owner of a lane.
-- KEYS: meta, outbox. ARGV: token.
-- Returns epoch, cut, state, outbox entries.
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'token', ARGV[1])
local held = redis.call('HMGET', KEYS[1], 'cut', 'state')
return {epoch, held[1], held[2], redis.call('LRANGE', KEYS[2], 0, -1)}
