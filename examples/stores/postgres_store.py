"""Shared quotas in PostgreSQL, in the tables of postgres_store.sql.

To reserve is one transaction: touches that are counted together wait for each other,
so a count still holds when it is written down. The other calls are single statements.
"""

from collections.abc import Sequence

import psycopg

from privflow import Claim, Instant, Refused, Reserved, Settled
from privflow.quotas import in_lock_order, longest

KNOWN = "SELECT state, at, expires_at FROM privflow_touch WHERE key = %s FOR UPDATE"
ENTER = "INSERT INTO privflow_touch VALUES (%s, 'reserved', %s, %s)"
ROOM_AT = "SELECT privflow_room_at(%s, %s, %s, %s, %s)"
TAKE = "INSERT INTO privflow_use VALUES (%s, %s, %s, %s, %s, %s)"


class PostgresStore:
    """A `QuotaStore` on a connection of its own; one thread or process for each."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        # each statement must see what was written before it got its locks
        self._connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        self._run, self.close = self._connection.execute, self._connection.close

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        claims = in_lock_order(claims, now=now, expires_at=expires_at)
        self._run("SELECT privflow_expire(%s)", [now.us])
        with self._connection.transaction():
            names = [f"key {key}", *(f"{c.quota} {c.subject}" for c in claims)]
            self._run("SELECT privflow_lock(%s)", [names])
            for state, at, expires in self._run(KNOWN, [key]):
                if state in {"reserved", "committed", "late"}:
                    return Reserved(key, at=Instant(at), expires_at=Instant(expires))
            if refusals := [r for c in claims if (r := self._refusal(c, now))]:
                return longest(refusals)
            self._run("DELETE FROM privflow_touch WHERE key = %s", [key])
            self._run(ENTER, [key, now.us, expires_at.us])
            for c in claims:
                use = [key, c.quota, c.subject, now.us, c.cost, c.until and c.until.us]
                self._run(TAKE, use)
        return Reserved(key, at=now, expires_at=expires_at)

    def commit(self, key: str, *, now: Instant) -> Settled:
        return self._settled(key, "committed", now)

    def release(self, key: str, *, now: Instant) -> Settled:
        return self._settled(key, "released", now)

    def expire(self, *, now: Instant) -> list[str]:
        self._run("SELECT privflow_expire(%s)", [now.us])
        expired = self._run("SELECT key FROM privflow_touch WHERE state = 'expired'")
        return [key for (key,) in expired]

    def _settled(self, key: str, word: str, now: Instant) -> Settled:
        self._run("SELECT privflow_expire(%s)", [now.us])
        [outcome] = self._run("SELECT privflow_settle(%s, %s)", [key, word]).fetchone()
        return Settled(key, outcome=outcome or "unknown")

    def _refusal(self, claim: Claim, now: Instant) -> Refused | None:
        window = [claim.quota, claim.subject, claim.since.us]
        [taken] = self._run("SELECT privflow_taken(%s, %s, %s)", window).fetchone()
        lacking = taken + claim.cost - claim.limit
        if lacking <= 0:
            return None
        asked = [*window, now.us, lacking]
        [leaves] = self._run(ROOM_AT, asked).fetchone()
        room_at = claim.until if leaves is None else Instant(leaves)
        possible = room_at if claim.cost <= claim.limit else None
        return Refused(claim, taken=taken, next_possible=possible)
