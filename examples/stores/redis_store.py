"""Shared quotas in Redis: each call is one run of one script. Exact until 2255."""

import json
from collections.abc import Sequence

from redis import Redis

from privflow import Claim, Instant, Refused, Reservation, Reserved, Settled

SCRIPT = """
-- Two sorted sets for each name: its places by when they count, and by when they leave.
local P, op, key, now, call = KEYS[1], ARGV[1], ARGV[2], ARGV[3], redis.call
local stands = {reserved = 'committed', committed = 'committed', late = 'late'}
local function read(k) return cmsgpack.unpack(call('GET', P .. 'touch:' .. k) or '') end

local function become(k, state, touch)
  call('ZREM', P .. 'due', k)
  if not touch then return 'unknown' end
  local at, expires_at, forget_at, uses = unpack(touch)
  local cap = state == 'reserved' and expires_at or stands[state] and 1/0 or -1/0
  if state == 'reserved' or state == 'expired' then call('ZADD', P .. 'due', cap, k) end
  local keep_ms = math.ceil((forget_at - at) / 1000)
  call('SET', P .. 'touch:' .. k, cmsgpack.pack(touch, state), 'PX', keep_ms)
  for _, use in ipairs(uses) do
    local name, cost, since, ends = unpack(use)
    for set, score in pairs({['at:' .. name] = at, ['ends:' .. name] = ends}) do
      score = math.min(score, cap)
      for place = 1, cost do call('ZADD', P .. set, score, place .. ':' .. k) end
      call('ZREMRANGEBYSCORE', P .. set, '-inf', since - 1000 * keep_ms)
      call('PEXPIRE', P .. set, keep_ms)
    end
  end
  return state
end

local due = call('ZRANGEBYSCORE', P .. 'due', '(-inf', now)
for _, k in ipairs(due) do become(k, 'expired', read(k)) end
if op == 'expire' then return call('ZRANGEBYSCORE', P .. 'due', '-inf', '-inf') end
local touch, state = read(key)
if op == 'release' then return become(key, 'released', touch) end
if op == 'commit' then return become(key, stands[state] or 'late', touch) end
if stands[state] then return touch end
local asked, taken, full = cjson.decode(ARGV[4]), {}, false
for i, use in ipairs(asked[4]) do
  local name, cost, since, _, limit = unpack(use)
  local over = call('ZCOUNT', P .. 'at:' .. name, since, '+inf') + cost - limit
  local nth = {'(' .. now, '+inf', 'WITHSCORES', 'LIMIT', math.max(over, 1) - 1, 1}
  local soon = call('ZRANGEBYSCORE', P .. 'ends:' .. name, unpack(nth))
  full, taken[i] = full or over > 0, {tonumber(soon[2] or now), over + limit - cost}
end
return full and {'full', taken} or become(key, 'reserved', asked) and asked"""


class RedisStore:
    """A `QuotaStore` in the Redis of a URL; all hosts give it the same name."""

    def __init__(self, url: str, name: str = "privflow") -> None:
        redis = Redis.from_url(url, decode_responses=True)
        self._script, self.close = redis.register_script(SCRIPT), redis.close
        self._keys = [f"{{{name}}}:"]  # the braces keep it in one slot of a cluster

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        asked = Reservation(claims, now=now, expires_at=expires_at)
        touch = json.dumps([now.us, expires_at.us, asked.forget_at, asked.uses])
        at, to, *_ = self._script(self._keys, ["reserve", key, now.us, touch])
        if at == "full":
            return asked.refusal([place] for place in to)
        return Reserved(key, at=Instant(at), expires_at=Instant(to))

    def commit(self, key: str, *, now: Instant) -> Settled:
        return Settled(key, outcome=self._script(self._keys, ["commit", key, now.us]))

    def release(self, key: str, *, now: Instant) -> Settled:
        return Settled(key, outcome=self._script(self._keys, ["release", key, now.us]))

    def expire(self, *, now: Instant) -> list[str]:
        return self._script(self._keys, ["expire", "", now.us])
