"""The stores of the examples, on real servers: the laws, and a rush of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from attrs import frozen
from hypothesis import settings
from redis import Redis

from privflow.quotas import QuotaStore, Refused, Reserved
from privflow.testing import QuotaStoreConformance
from privflow.timing import Instant, span

STORES: Final = Path(__file__).parents[2] / "examples" / "stores"
FEWER: Final = settings(QuotaStoreConformance.tries, max_examples=40)


@pytest.fixture(scope="module", autouse=True)
def modules() -> Iterator[None]:
    """The folder of the stores can be imported from, and leaves nothing behind."""
    before = set(sys.modules)
    sys.path.insert(0, str(STORES))
    yield
    sys.path.remove(str(STORES))
    for name in {"redis_store", "postgres_store", "rush", "servers"} - before:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def servers(modules):  # noqa: ARG001  it makes them importable
    import servers  # noqa: PLC0415  it is found once the folder is on the path

    if missing := servers.missing():
        wanted = f"needs the Debian packages {' and '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(wanted)
        pytest.skip(wanted)
    return servers


@pytest.fixture(scope="module")
def redis_url(servers) -> Iterator[str]:
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_dsn(servers) -> Iterator[str]:
    with servers.postgres_server() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute((STORES / "postgres_store.sql").read_text())
        yield dsn


class Opening:
    """Opens stores, and closes them after the test."""

    @pytest.fixture(autouse=True)
    def _closing(self) -> Iterator[None]:
        self.opened: list = []
        yield
        for store in self.opened:
            store.close()

    def opening(self, store):
        self.opened.append(store)
        return store


class TestRedisStore(Opening, QuotaStoreConformance):
    tries = FEWER

    @pytest.fixture(autouse=True)
    def _server(self, redis_url) -> None:
        from redis_store import RedisStore  # noqa: PLC0415  see modules

        self.url, self.kind = redis_url, RedisStore

    def empty_store(self) -> QuotaStore:
        self.name = uuid4().hex
        return self.another()

    def reopened(self, _store: QuotaStore) -> QuotaStore:
        return self.another()

    def another(self) -> QuotaStore:
        return self.opening(self.kind(self.url, self.name))

    def test_a_touch_is_forgotten_with_all_that_was_kept_of_it(self) -> None:
        import rush  # noqa: PLC0415  see modules

        store = self.empty_store()
        for key in ("t-1", "t-2"):
            store.reserve(
                key, [rush.claim_on(9)], now=rush.NOW, expires_at=rush.NOW + rush.HOLD
            )
        store.commit("t-1", now=rush.NOW)
        later = rush.NOW + span("32d")
        assert store.commit("t-1", now=later).outcome == "unknown"
        assert Redis.from_url(self.url).keys(f"*{self.name}*") == []


class TestPostgresStore(Opening, QuotaStoreConformance):
    tries = FEWER

    @pytest.fixture(autouse=True)
    def _server(self, postgres_dsn) -> None:
        from postgres_store import PostgresStore  # noqa: PLC0415  see modules

        self.dsn, self.kind = postgres_dsn, PostgresStore
        self.first = self.opening(PostgresStore(postgres_dsn))
        self.second = self.opening(PostgresStore(postgres_dsn))

    def empty_store(self) -> QuotaStore:
        with psycopg.connect(self.dsn) as connection:
            connection.execute("DELETE FROM privflow_touch")
        return self.first

    def reopened(self, _store: QuotaStore) -> QuotaStore:
        return self.second

    def test_a_touch_is_forgotten_once_it_cannot_count(self) -> None:
        import rush  # noqa: PLC0415  see modules

        store = self.empty_store()
        claim = rush.claim_on(9)
        store.reserve("t-1", [claim], now=rush.NOW, expires_at=rush.NOW + rush.HOLD)
        known = []
        for before in (claim.until.us, claim.until.us + 1):
            with psycopg.connect(self.dsn) as connection:
                connection.execute("SELECT privflow_forget(%s)", [before])
            known.append(store.commit("t-1", now=rush.NOW).outcome)
        assert known == ["committed", "unknown"]

    def test_everything_that_is_counted_is_locked(self) -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute("SELECT privflow_lock(%s)", [["b", "a", "c", "a"]])
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            assert connection.execute(held).fetchone() == (3,)


# ── Processes that compete ───────────────────────────────────────────────────

CAP: Final = 120
SHARED: Final = 10


@contextmanager
def processes(kind: str, address: str, names: list[str]) -> Iterator[list]:
    command = [sys.executable, str(STORES / "rush.py"), kind, address]
    options = ["--cap", str(CAP), "--shared", str(SHARED)]
    started = [
        subprocess.Popen(  # noqa: S603  our own script
            [*command, name, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate(timeout=30)


def begin(process) -> None:
    process.stdin.write("go\n")
    process.stdin.flush()


@frozen
class Aftermath:
    """What the processes said, and the store that they left behind."""

    store: QuotaStore
    said: list[list[tuple[str, str]]]

    def keys(self, word: str) -> set[str]:
        return {key for lines in self.said for said, key in lines if said == word}


def rush_on(kind: str, address: str) -> Aftermath:
    """Four processes want all of a cap; one is killed in the middle of its work."""
    import rush  # noqa: PLC0415  see modules

    with processes(kind, address, ["victim", "a", "b", "c"]) as started:
        victim, *others = started
        begin(victim)
        lines = [victim.stdout.readline() for _ in range(30)]
        for process in others:
            begin(process)
        lines += [victim.stdout.readline() for _ in range(4)]
        victim.kill()
        texts = ["".join(lines) + victim.stdout.read()]
        texts += [process.stdout.read() for process in others]
        codes = [process.wait(timeout=30) for process in started]
    assert codes == [-SIGKILL, 0, 0, 0], "the victim ended before it could be killed"
    said = [[tuple(line.split()) for line in text.splitlines()] for text in texts]
    return Aftermath(rush.store_at(kind, address), said)


@pytest.fixture(params=["redis", "postgres"], scope="module")
def aftermath(request) -> Iterator[Aftermath]:
    place = {"redis": "redis_url", "postgres": "postgres_dsn"}[request.param]
    address = request.getfixturevalue(place)
    if request.param == "postgres":
        with psycopg.connect(address) as connection:
            connection.execute("DELETE FROM privflow_touch")
    found = rush_on(request.param, address)
    yield found
    found.store.close()


def reserve(store: QuotaStore, key: str, now: Instant) -> Reserved | Refused:
    import rush  # noqa: PLC0415  see modules

    return store.reserve(key, [rush.claim_on(CAP)], now=now, expires_at=now + rush.HOLD)


def test_a_cap_holds_when_processes_compete_and_one_is_killed(aftermath):
    """Q4, and what the theory of operation says of hosts that die."""
    import rush  # noqa: PLC0415  see modules

    reserved, committed = aftermath.keys("RESERVED"), aftermath.keys("COMMITTED")
    full = reserve(aftermath.store, "one-more", rush.NOW)
    assert isinstance(full, Refused), "room was left, or a place was counted twice"
    assert full.taken == CAP
    # of the one that was killed, the answer to its last call may be lost
    assert CAP - 1 <= len(reserved) <= CAP

    shared = {f"shared-{number}" for number in range(SHARED)}
    askers = [
        sum((("RESERVED", key) in said) for said in aftermath.said) for key in shared
    ]
    assert min(askers) >= 3, "a repeated claim is one claim: everybody got it"

    end = rush.NOW + rush.HOLD
    expired = set(aftermath.store.expire(now=end))
    unsure = expired ^ (reserved - committed)  # it may not have come to say so
    assert len(unsure) <= 1
    assert all(key.startswith("victim") for key in unsure)
    assert any(key.startswith("victim") for key in expired), "it held nothing open"

    freed = [reserve(aftermath.store, f"new-{n}", end) for n in range(len(expired))]
    assert all(isinstance(answer, Reserved) for answer in freed), "a place leaked"
    assert isinstance(reserve(aftermath.store, "one-more", end), Refused)
