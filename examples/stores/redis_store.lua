-- KEYS: a prefix. ARGV: the operation, the key of a touch, now, expires_at, the claims.
-- Each place of a use is in two sorted sets of its quota and subject: `uses`, by its
-- instant, and `leaves`, by when it leaves. Times are microseconds.
local P, op, key, now, call = KEYS[1], ARGV[1], ARGV[2], ARGV[3], redis.call
local STANDS, KEEP = {reserved = true, committed = true, late = true}, 31 * 86400 * 1e6

local function get(k, name) return call('HGET', P .. 'touch:' .. k, name) end
local function text(number) return string.format('%.0f', number) end

local function become(k, state)
  local old, expires_at, last = get(k, 'state'), get(k, 'expires_at'), 0
  if not expires_at then return 'unknown' end
  for _, c in ipairs(cjson.decode(get(k, 'claims'))) do
    local ends = tonumber(c.ends)
    last = math.max(last, ends)
    if state == 'reserved' then ends = math.min(ends, expires_at) end
    for place = 1, c.cost do
      for set, score in pairs({uses = get(k, 'at'), leaves = text(ends)}) do
        local name, member = P .. set .. ':' .. c.name, place .. '#' .. k
        call('ZREM', name, member)
        if STANDS[state] then call('ZADD', name, score, member) end
      end
    end
  end
  call('HSET', P .. 'touch:' .. k, 'state', state)
  if old then call('ZREM', P .. old, k) end
  call('ZADD', P .. state, expires_at, k)
  call('ZADD', P .. 'last', text(math.max(last, expires_at)), k)
  return state
end

for _, k in ipairs(call('ZRANGEBYSCORE', P .. 'reserved', '-inf', now)) do
  become(k, 'expired')
end
for _, k in ipairs(call('ZRANGEBYSCORE', P .. 'last', '-inf', text(now - KEEP))) do
  call('ZREM', P .. become(k, 'released'), k)
  call('ZREM', P .. 'last', k)
  call('DEL', P .. 'touch:' .. k)
end

if op == 'expire' then return call('ZRANGE', P .. 'expired', 0, -1) end
local state = get(key, 'state')
if op == 'release' then return become(key, 'released') end
if op == 'commit' and state == 'reserved' then return become(key, 'committed') end
if op == 'commit' then return STANDS[state] and state or become(key, 'late') end
if STANDS[state] then return {get(key, 'at'), get(key, 'expires_at')} end

local refused = {}
for i, c in ipairs(cjson.decode(ARGV[5])) do
  local taken = call('ZCOUNT', P .. 'uses:' .. c.name, c.since, '+inf')
  local lacking = taken + c.cost - c.limit
  if lacking > 0 then
    local nth = {'(' .. now, '+inf', 'WITHSCORES', 'LIMIT', lacking - 1, 1}
    local leaving = call('ZRANGEBYSCORE', P .. 'leaves:' .. c.name, unpack(nth))
    local room_at = c.cost > c.limit and 'inf' or leaving[2] or c.ends
    table.insert(refused, {i - 1, taken, room_at})
  end
end
if #refused > 0 then return {'refused', refused} end
call('HSET', P .. 'touch:' .. key, 'at', now, 'expires_at', ARGV[4], 'claims', ARGV[5])
become(key, 'reserved')
return {now, ARGV[4]}
