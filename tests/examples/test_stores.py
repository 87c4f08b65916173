"""The stores of the examples, on real servers: the laws, and a rush of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from attrs import evolve, frozen
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
        from postgres_store import SCHEMA  # noqa: PLC0415  see modules

        with psycopg.connect(dsn) as connection:
            connection.execute(SCHEMA)
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

    def test_what_is_kept_of_a_touch_goes_a_month_after_it_stopped_counting(
        self,
    ) -> None:
        import rush  # noqa: PLC0415  see modules

        store = self.empty_store()
        claim = rush.claim_on("staff=zhang")
        store.reserve("t-1", [claim], now=rush.NOW, expires_at=rush.NOW + rush.HOLD)
        store.commit("t-1", now=rush.NOW)
        server = Redis.from_url(self.url)
        kept = server.keys(f"*{self.name}*")
        assert len(kept) == 3
        length = (claim.until + span("31d") - rush.NOW).us / 1_000
        for name in kept:
            assert length - 60_000 < server.pttl(name) <= length

    def test_what_no_window_reaches_is_trimmed(self) -> None:
        import rush  # noqa: PLC0415  see modules

        store = self.empty_store()
        for days in (0, 33, 66):
            now = rush.NOW + span(f"{days}d")
            claim = evolve(
                rush.claim_on("staff=zhang"), since=now, until=now + rush.HOLD
            )
            store.reserve(f"t-{days}", [claim], now=now, expires_at=now + rush.HOLD)
            store.commit(f"t-{days}", now=now)
        server = Redis.from_url(self.url)
        sets = [name for name in server.keys(f"*{self.name}*") if b"staff" in name]
        assert [server.zcard(name) for name in sets] == [1, 1]


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
            connection.execute("DELETE FROM quota_touch")
        return self.first

    def reopened(self, _store: QuotaStore) -> QuotaStore:
        return self.second

    def test_a_touch_is_forgotten_a_month_after_it_stopped_counting(self) -> None:
        import rush  # noqa: PLC0415  see modules

        store = self.empty_store()
        claim = rush.claim_on("staff=zhang")
        store.reserve("t-1", [claim], now=rush.NOW, expires_at=rush.NOW + rush.HOLD)
        known = []
        for now in (claim.until + span("30d"), claim.until + span("31d")):
            store.expire(now=now)
            known.append(store.commit("t-1", now=rush.NOW).outcome)
        assert known == ["late", "unknown"]
        with psycopg.connect(self.dsn) as connection:
            left = connection.execute("SELECT count(*) FROM quota_use").fetchone()
        assert left == (0,), "nothing is left of it"

    def test_everything_that_is_counted_is_locked(self) -> None:
        from postgres_store import LOCK  # noqa: PLC0415  see modules

        with psycopg.connect(self.dsn) as connection:
            connection.execute(LOCK, [["b", "a", "c", "a"]])
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            assert connection.execute(held).fetchone() == (3,)


# ── Processes that compete ───────────────────────────────────────────────────

SUBJECTS: Final = [f"staff={number}" for number in range(40)]
FATAL: Final = SUBJECTS[30]


@contextmanager
def processes(kind: str, address: str, names: list[str]) -> Iterator[list]:
    command = [sys.executable, str(STORES / "rush.py"), kind, address]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [
        subprocess.Popen([*command, name], **pipes)  # noqa: S603  our own script
        for name in names
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate(timeout=30)


def begin(process: subprocess.Popen[str], subject: str) -> None:
    process.stdin.write(f"{subject}\n")
    process.stdin.flush()


def lines_of(process: subprocess.Popen[str]) -> Iterator[list[str]]:
    """What a process says of one subject, as words; less if it is killed."""
    for line in process.stdout:
        if line.startswith("DONE") or not line.endswith("\n"):
            return
        yield line.split()


@frozen
class Aftermath:
    """What the processes said, in the end, and the store that they left behind."""

    store: QuotaStore
    said: dict[str, list[list[str]]]

    def keys(self, word: str) -> set[str]:
        return {
            key for lines in self.said.values() for said, key in lines if said == word
        }


def rush_on(kind: str, address: str) -> Aftermath:
    """Four processes want every place there is; one is killed in the middle of it."""
    import rush  # noqa: PLC0415  see modules

    said: dict[str, list[list[str]]] = {"victim": [], "a": [], "b": [], "c": []}
    with processes(kind, address, list(said)) as started:
        running = dict(zip(said, started, strict=True))
        for subject in SUBJECTS:
            for process in running.values():
                begin(process, subject)
            if subject == FATAL:
                victim = running.pop("victim")
                said["victim"].append(victim.stdout.readline().split())
                victim.kill()
                said["victim"] += lines_of(victim)
            for name, process in running.items():
                said[name] += lines_of(process)
    return Aftermath(rush.store_at(kind, address), said)


@pytest.fixture(params=["redis", "postgres"], scope="module")
def aftermath(request) -> Iterator[Aftermath]:
    place = {"redis": "redis_url", "postgres": "postgres_dsn"}[request.param]
    address = request.getfixturevalue(place)
    if request.param == "postgres":
        with psycopg.connect(address) as connection:
            connection.execute("DELETE FROM quota_touch")
    found = rush_on(request.param, address)
    yield found
    found.store.close()


def test_a_cap_holds_when_processes_compete_and_one_is_killed(aftermath):
    """Q4, and what the theory of operation says of hosts that die."""
    import rush  # noqa: PLC0415  see modules

    def reserve(key: str, subject: str, now: Instant) -> Reserved | Refused:
        claims = [rush.claim_on(subject)]
        return aftermath.store.reserve(key, claims, now=now, expires_at=now + rush.HOLD)

    full = [reserve("more", subject, rush.NOW) for subject in SUBJECTS]
    assert [answer.taken for answer in full] == [rush.CAP] * len(SUBJECTS)
    reserved, committed = aftermath.keys("RESERVED"), aftermath.keys("COMMITTED")
    # the answer to the victim's last call may be lost
    assert 0 <= rush.CAP * len(SUBJECTS) - len(reserved) <= 1
    for name in "abc":
        got = [key for word, key in aftermath.said[name] if word == "RESERVED"]
        shared = {key for key in got if key.endswith("/shared")}
        assert len(shared) == len(SUBJECTS), (
            "everybody got the key of all, as one claim"
        )
        assert len(got) > len(shared), "each had places of its own"

    end = rush.NOW + rush.HOLD
    expired = set(aftermath.store.expire(now=end))
    unsure = expired ^ (reserved - committed)  # it was killed before it could say so
    assert len(unsure) <= 1
    assert all("victim" in key for key in unsure)
    for subject in SUBJECTS:
        free = sum(key.startswith(f"{subject}/") for key in expired)
        keys = [f"{subject}/new-{number}" for number in range(free + 1)]
        *inside, beyond = [reserve(key, subject, end) for key in keys]
        assert all(isinstance(answer, Reserved) for answer in inside), "a place leaked"
        assert isinstance(beyond, Refused)
