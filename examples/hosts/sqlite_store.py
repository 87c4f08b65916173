"""Quotas that contacts share, counted in the file of the host.

A call inside a transaction of the host is part of it; one outside has its own. Times
are microseconds since 1970.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import privflow as pf
from privflow.quotas import Refused, Reserved, Settled

TABLES: Final = """
CREATE TABLE IF NOT EXISTS claimant (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS claimant_open ON claimant (expires_at)
    WHERE state IN ('reserved', 'expired');
CREATE TABLE IF NOT EXISTS claim (
    key TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
    cost INTEGER NOT NULL, ends INTEGER NOT NULL, PRIMARY KEY (key, name));
CREATE INDEX IF NOT EXISTS claim_window ON claim (name, at);
CREATE VIEW IF NOT EXISTS standing AS
    SELECT name, claim.at, cost,
        CASE state WHEN 'reserved' THEN min(ends, expires_at) ELSE ends END AS leaves
    FROM claim JOIN claimant USING (key)
    WHERE state IN ('reserved', 'committed', 'late');
"""
TAKEN: Final = """
    SELECT leaves, sum(cost) FROM standing
    WHERE name = ? AND at >= ? GROUP BY leaves"""
EXPIRE: Final = """
    UPDATE claimant SET state = 'expired'
    WHERE state = 'reserved' AND expires_at <= ?"""
SETTLE: Final = """
    UPDATE claimant SET state = CASE
        WHEN :word = 'committed'
            AND state IN ('released', 'expired', 'late') THEN 'late'
        ELSE :word
    END WHERE key = :key RETURNING state"""


class SqliteStore:
    """A `QuotaStore` on a connection in autocommit mode, `isolation_level=None`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(TABLES)

    def reserve(
        self,
        key: str,
        claims: Sequence[pf.Claim],
        *,
        now: pf.Instant,
        expires_at: pf.Instant,
    ) -> Reserved | Refused:
        asked = pf.Reservation(claims, now=now, expires_at=expires_at)
        with self._alone(now):
            known = "SELECT state, at, expires_at FROM claimant WHERE key = ?"
            for state, at, expires in self._db.execute(known, (key,)):
                if state in {"reserved", "committed", "late"}:
                    found = pf.Instant(at)
                    return Reserved(key, at=found, expires_at=pf.Instant(expires))
            taken = (
                self._db.execute(TAKEN, (use.name, use.since)) for use in asked.uses
            )
            if refused := asked.refusal(taken):
                return refused
            row: tuple[Any, ...] = (key, now.us, expires_at.us)
            enter = "INSERT OR REPLACE INTO claimant VALUES (?, 'reserved', ?, ?)"
            self._db.execute(enter, row)
            self._db.execute("DELETE FROM claim WHERE key = ?", (key,))
            for use in asked.uses:
                row = (key, use.name, now.us, use.cost, use.until)
                self._db.execute("INSERT INTO claim VALUES (?, ?, ?, ?, ?)", row)
        return Reserved(key, at=now, expires_at=expires_at)

    def commit(self, key: str, *, now: pf.Instant) -> Settled:
        return self._settled(key, "committed", now)

    def release(self, key: str, *, now: pf.Instant) -> Settled:
        return self._settled(key, "released", now)

    def expire(self, *, now: pf.Instant) -> list[str]:
        with self._alone(now):
            found = self._db.execute("SELECT key FROM claimant WHERE state = 'expired'")
            return [key for (key,) in found]

    @contextmanager
    def _alone(self, now: pf.Instant) -> Iterator[None]:
        """In one transaction, the first thing in which is to expire what is over."""
        is_ours = not self._db.in_transaction
        if is_ours:
            self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute(EXPIRE, (now.us,))
            yield
        except BaseException:
            if is_ours:
                self._db.execute("ROLLBACK")
            raise
        if is_ours:
            self._db.execute("COMMIT")

    def _settled(self, key: str, word: str, now: pf.Instant) -> Settled:
        with self._alone(now):
            rows = self._db.execute(SETTLE, {"word": word, "key": key}).fetchall()
        return Settled(key, outcome=rows[0][0] if rows else "unknown")
