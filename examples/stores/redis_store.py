"""Shared quotas in Redis: each call is one run of one script. Exact until 2255."""

import json
from collections.abc import Sequence
from functools import partialmethod
from math import inf

from redis import Redis

from privflow import Claim, Instant, Refused, Reserved, Settled
from privflow.quotas import KEEP_FOR, forget_at, in_lock_order, refusal

SCRIPT = """
-- The places of a quota and subject are in two sorted sets: by when they count, and by
-- when they leave. Redis itself forgets what nobody asks for any more.
local P, op, key, now, call = KEYS[1], ARGV[1], ARGV[2], ARGV[3], redis.call

local function become(k, state)
  local touch, gone = P .. 'touch:' .. k, state == 'released' or state == 'expired'
  local json = call('HGET', touch, 'json')
  call('ZREM', P .. 'open', k)
  if not json then return 'unknown' end
  local at, expires_at, keep_ms, claims = unpack(cjson.decode(json))
  for _, claim in ipairs(claims) do
    local name, since, limit, cost, ends, old = unpack(claim)
    if state == 'reserved' then ends = math.min(ends, expires_at) end
    for set, score in pairs({['at:' .. name] = at, ['ends:' .. name] = ends}) do
      for place = 1, cost do
        if gone then call('ZREM', P .. set, place .. ':' .. k)
        else call('ZADD', P .. set, score, place .. ':' .. k) end
      end
      call('ZREMRANGEBYSCORE', P .. set, '-inf', old)
      call('PEXPIRE', P .. set, keep_ms)
    end
  end
  local due = ({reserved = expires_at, expired = '-inf'})[state]
  if due then call('ZADD', P .. 'open', due, k) end
  call('HSET', touch, 'state', state)
  call('PEXPIRE', touch, keep_ms)
  return state
end

for _, k in ipairs(call('ZRANGEBYSCORE', P .. 'open', '(-inf', now)) do
  become(k, 'expired')
end
if op == 'expire' then return call('ZRANGEBYSCORE', P .. 'open', '-inf', '-inf') end
if op == 'release' then return become(key, 'released') end
local state, json = unpack(call('HMGET', P .. 'touch:' .. key, 'state', 'json'))
local in_time = state == 'reserved' or state == 'committed'
if op == 'commit' then return become(key, in_time and 'committed' or 'late') end
if in_time or state == 'late' then return {unpack(cjson.decode(json), 1, 2)} end

local taken, full = {}, false
for i, claim in ipairs(cjson.decode(ARGV[4])[4]) do
  local name, since, limit, cost = unpack(claim)
  local count = call('ZCOUNT', P .. 'at:' .. name, since, '+inf')
  local lacking = count + cost - limit
  local nth = {'(' .. now, '(inf', 'WITHSCORES', 'LIMIT', math.max(lacking, 1) - 1, 1}
  local leaving = call('ZRANGEBYSCORE', P .. 'ends:' .. name, unpack(nth))
  full, taken[i] = full or lacking > 0, {tonumber(leaving[2]) or false, count}
end
if full then return {'full', taken} end
call('HSET', P .. 'touch:' .. key, 'json', ARGV[4])
become(key, 'reserved')
return {unpack(cjson.decode(ARGV[4]), 1, 2)}
"""


class RedisStore:
    """A `QuotaStore` in the Redis of a URL; all hosts give it the same name."""

    def __init__(self, url: str, name: str = "privflow") -> None:
        redis = Redis.from_url(url, decode_responses=True)
        self._script, self.close = redis.register_script(SCRIPT), redis.close
        self._keys = [f"{{{name}}}:"]  # the braces keep it in one slot of a cluster

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        claims = in_lock_order(claims, now=now, expires_at=expires_at)
        asked = []
        for c in claims:
            name, old = json.dumps([c.quota, c.subject]), c.since - KEEP_FOR
            ends = c.until.us if c.until else inf
            asked.append([name, c.since.us, c.limit, c.cost, ends, old.us])
        end = forget_at(claims, expires_at)
        keep_ms = (end - now).us // 1_000 if end else 10**13  # as good as for ever
        touch = json.dumps([now.us, expires_at.us, keep_ms, asked])
        at, to = self._script(self._keys, ["reserve", key, now.us, touch])
        if at == "full":
            return refusal(claims, [[place] for place in to], now=now)
        return Reserved(key, at=Instant(at), expires_at=Instant(to))

    def _settle(self, word: str, key: str, *, now: Instant) -> Settled:
        return Settled(key, outcome=self._script(self._keys, [word, key, now.us]))

    commit = partialmethod(_settle, "commit")
    release = partialmethod(_settle, "release")

    def expire(self, *, now: Instant) -> list[str]:
        return self._script(self._keys, ["expire", "", now.us])
