"""Shared quotas in Redis: each call is one run of one Lua script, hence atomic.

A touch is forgotten 31 days after it stopped counting. Times are exact until 2255.
"""

import json
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

from redis import Redis

from privflow import Claim, Instant, Refused, Reserved, Settled
from privflow.quotas import in_lock_order, longest

SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")


class RedisStore:
    """A `QuotaStore` in the Redis of a URL; all hosts give it the same name."""

    def __init__(self, url: str, name: str = "privflow") -> None:
        self._redis = Redis.from_url(url, decode_responses=True)
        self._script = self._redis.register_script(SCRIPT)
        self._keys = [f"{{{name}}}:"]  # the braces keep it in one slot of a cluster

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        claims = in_lock_order(claims, now=now, expires_at=expires_at)
        asked = json.dumps([_asked(claim) for claim in claims])
        first, second = self._call("reserve", key, now.us, expires_at.us, asked)
        if first != "refused":
            return Reserved(key, at=_instant(first), expires_at=_instant(second))
        return longest([
            Refused(claims[place], taken=taken, next_possible=_instant(room_at))
            for place, taken, room_at in second
        ])

    def commit(self, key: str, *, now: Instant) -> Settled:
        return Settled(key, outcome=self._call("commit", key, now.us))

    def release(self, key: str, *, now: Instant) -> Settled:
        return Settled(key, outcome=self._call("release", key, now.us))

    def expire(self, *, now: Instant) -> list[str]:
        return self._call("expire", "", now.us)

    def close(self) -> None:
        self._redis.close()

    def _call(self, *arguments: str | int) -> Any:  # noqa: ANN401  of the script
        return self._script(keys=self._keys, args=arguments)


def _asked(claim: Claim) -> dict[str, str | int]:
    """A claim for the script; instants as text, which JSON in Redis does not round."""
    return {
        "name": json.dumps([claim.quota, claim.subject]),
        "limit": claim.limit,
        "cost": claim.cost,
        "since": str(claim.since.us),
        "ends": str(claim.until.us if claim.until else inf),
    }


def _instant(text: str) -> Instant | None:
    return None if text == "inf" else Instant(int(text))
