-- What a batch of a lane must find, unchanged, when it is committed in a transaction (redis_watch.py).
-- KEYS: meta, redo. Returns epoch, token, batch, whether rows of the batch before wait, begun, ended.
local held = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'batch', 'begun', 'ended')
return {held[1], held[2], held[3], redis.call('EXISTS', KEYS[2]), held[4], held[5]}
