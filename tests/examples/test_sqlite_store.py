"""The store of shared quotas in SQLite keeps the laws of stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosts.sqlite_store import SqliteStore
from hypothesis import settings

from privflow.quotas import QuotaStore, Reserved
from privflow.testing import QuotaStoreConformance
from privflow.timing import instant, span

NOW = instant("2026-10-20T09:30:00+08:00")
LATER = NOW + span("5m")


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=30)


class TestSqliteStore(QuotaStoreConformance):
    tries = settings(QuotaStoreConformance.tries, max_examples=30)

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path) -> Iterator[None]:
        self.folder, self.number = tmp_path, 0
        self.connections: list[sqlite3.Connection] = []
        yield
        for db in self.connections:
            db.close()

    def empty_store(self) -> QuotaStore:
        self.number += 1
        return self.another()

    def reopened(self, _store: QuotaStore) -> QuotaStore:
        return self.another()

    def another(self) -> QuotaStore:
        db = opened(self.folder / f"{self.number}.db")
        db.execute("PRAGMA synchronous = OFF")
        self.connections.append(db)
        return SqliteStore(db)


def test_what_is_reserved_in_a_transaction_goes_with_it(tmp_path: Path):
    db = opened(tmp_path / "host.db")
    store = SqliteStore(db)
    db.execute("BEGIN IMMEDIATE")
    assert isinstance(store.reserve("t", [], now=NOW, expires_at=LATER), Reserved)
    db.execute("ROLLBACK")
    assert store.commit("t", now=NOW).outcome == "unknown"
    db.close()
