"""Shared quotas in PostgreSQL. Times are in microseconds since 1970."""

from collections.abc import Sequence
from functools import partialmethod

import psycopg

from privflow import Claim, Instant, Refused, Reservation, Reserved, Settled

SCHEMA = """
CREATE TABLE IF NOT EXISTS quota_touch (key text PRIMARY KEY, state text NOT NULL,
  at bigint NOT NULL, expires_at bigint NOT NULL, forget_at bigint NOT NULL);
CREATE INDEX IF NOT EXISTS quota_touch_open ON quota_touch (state, expires_at);
CREATE INDEX IF NOT EXISTS quota_touch_old ON quota_touch (forget_at);
CREATE TABLE IF NOT EXISTS quota_use (
  key text REFERENCES quota_touch ON DELETE CASCADE, name text, at bigint NOT NULL,
  cost bigint NOT NULL, until bigint NOT NULL, PRIMARY KEY (key, name));
CREATE INDEX IF NOT EXISTS quota_use_window ON quota_use (name, at)"""
LOCK = """SELECT pg_advisory_xact_lock(name) FROM (SELECT DISTINCT
  hashtextextended(unnest(%s::text[]), 0) AS name ORDER BY name) AS names"""
KNOWN = "SELECT state, at, expires_at FROM quota_touch WHERE key = %s FOR UPDATE"
TAKEN = """
SELECT least(until, CASE state WHEN 'reserved' THEN expires_at END), sum(cost)::bigint
  FROM quota_use AS one JOIN quota_touch USING (key) WHERE name = %s AND one.at >= %s
  AND state NOT IN ('released', 'expired') GROUP BY 1"""
ENTER = """INSERT INTO quota_touch VALUES (%s, 'reserved', %s, %s, %s) ON CONFLICT (key)
  DO UPDATE SET (key, state, at, expires_at, forget_at) = (SELECT excluded.*)"""
TAKE = "INSERT INTO quota_use VALUES (%s, %s, %s, %s, %s)"
EXPIRE = """UPDATE quota_touch SET state = 'expired' WHERE key IN (SELECT key FROM
  quota_touch WHERE state = 'reserved' AND expires_at <= %s ORDER BY key FOR UPDATE)"""
SETTLE = """UPDATE quota_touch SET state = CASE WHEN %(word)s = 'committed'
  AND state IN ('released', 'expired', 'late') THEN 'late' ELSE %(word)s END
  WHERE key = %(key)s RETURNING state"""


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
        asked = Reservation(claims, now=now, expires_at=expires_at)
        self._run(EXPIRE, [now.us])
        with self._connection.transaction():
            self._run(LOCK, [[key, *(use.name for use in asked.uses)]])
            for state, at, expires in self._run(KNOWN, [key]):
                if state not in {"released", "expired"}:
                    return Reserved(key, at=Instant(at), expires_at=Instant(expires))
            taken = (self._run(TAKEN, [use.name, use.since]) for use in asked.uses)
            if refused := asked.refusal(taken):
                return refused
            self._run(ENTER, [key, now.us, expires_at.us, asked.forget_at])
            self._run("DELETE FROM quota_use WHERE key = %s", [key])
            for use in asked.uses:
                self._run(TAKE, [key, use.name, now.us, use.cost, use.until])
        return Reserved(key, at=now, expires_at=expires_at)

    def _settle(self, word: str, key: str, *, now: Instant) -> Settled:
        self._run(EXPIRE, [now.us])
        found = self._run(SETTLE, {"key": key, "word": word}).fetchone()
        return Settled(key, outcome=found[0] if found else "unknown")

    commit = partialmethod(_settle, "committed")
    release = partialmethod(_settle, "released")

    def expire(self, *, now: Instant) -> list[str]:
        self._run(EXPIRE, [now.us])
        self._run("DELETE FROM quota_touch WHERE forget_at <= %s", [now.us])
        expired = self._run("SELECT key FROM quota_touch WHERE state = 'expired'")
        return [key for (key,) in expired]
