"""The laws of shared quotas hold for the reference, and find stores that break them."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import sleep
from typing import Final

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from typing_extensions import override

from privflow.errors import MissingExtraError
from privflow.quotas import MemoryQuotaStore, QuotaStore, Refused, Reserved, Use
from privflow.testing import QuotaStoreConformance
from privflow.timing import Instant

FEW: Final = settings(QuotaStoreConformance.tries, max_examples=5)
UNSHRUNK: Final = settings(
    QuotaStoreConformance.tries, max_examples=300, phases=[Phase.generate]
)


class TestMemoryQuotaStore(QuotaStoreConformance):
    def empty_store(self) -> QuotaStore:
        return MemoryQuotaStore()


# ── Hosts of other kinds ─────────────────────────────────────────────────────


class Locked:
    """A store that many threads may call: one at a time."""

    def __init__(self, store: QuotaStore) -> None:
        self.store, self.lock = store, Lock()

    def reserve(self, key, claims, *, now, expires_at):
        with self.lock:
            return self.store.reserve(key, claims, now=now, expires_at=expires_at)

    def commit(self, key, *, now):
        with self.lock:
            return self.store.commit(key, now=now)

    def release(self, key, *, now):
        with self.lock:
            return self.store.release(key, now=now)

    def expire(self, *, now):
        with self.lock:
            return self.store.expire(now=now)


def at_once(calls):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda call: call(), calls))


class TestThreads(QuotaStoreConformance):
    tries = FEW

    def empty_store(self):
        return Locked(MemoryQuotaStore())

    def together(self, calls):
        return at_once(calls)


class Asynchronous:
    """A store as an asynchronous host has it."""

    def __init__(self) -> None:
        self.store = MemoryQuotaStore()

    async def reserve(self, key, claims, *, now, expires_at):
        return self.store.reserve(key, claims, now=now, expires_at=expires_at)

    async def commit(self, key, *, now):
        return self.store.commit(key, now=now)

    async def release(self, key, *, now):
        return self.store.release(key, now=now)

    async def expire(self, *, now):
        return self.store.expire(now=now)


class Driven:
    """An asynchronous store, each call run to its end."""

    def __init__(self, store, runner) -> None:
        self.store, self.run = store, runner.run

    def reserve(self, key, claims, *, now, expires_at):
        answer = self.store.reserve(key, claims, now=now, expires_at=expires_at)
        return self.run(answer)

    def commit(self, key, *, now):
        return self.run(self.store.commit(key, now=now))

    def release(self, key, *, now):
        return self.run(self.store.release(key, now=now))

    def expire(self, *, now):
        return self.run(self.store.expire(now=now))


class TestAsynchronous(QuotaStoreConformance):
    tries = FEW

    @pytest.fixture(autouse=True)
    def loop(self):
        with asyncio.Runner() as runner:
            self.runner = runner
            yield

    def empty_store(self):
        return Driven(Asynchronous(), self.runner)


# ── Stores that are wrong ────────────────────────────────────────────────────


class CountsThenSends(MemoryQuotaStore):
    """Looks whether there is room, and takes it when the touch has gone out."""

    @override
    def reserve(self, key, claims, *, now, expires_at):
        answer = super().reserve(key, claims, now=now, expires_at=expires_at)
        super().release(key, now=now)
        return answer


class ForgetsTheKey(MemoryQuotaStore):
    """Takes a place for every call, also for a repeated one."""

    calls = 0

    @override
    def reserve(self, key, claims, *, now, expires_at):
        ForgetsTheKey.calls += 1
        unique = f"{key}#{self.calls}"
        answer = super().reserve(unique, claims, now=now, expires_at=expires_at)
        if isinstance(answer, Refused):
            return answer
        return Reserved(key, at=answer.at, expires_at=answer.expires_at)


class ReleasesTwice(MemoryQuotaStore):
    """A repeated release frees a place of somebody else."""

    @override
    def release(self, key, *, now):
        held = self._held.get(key)
        if held is not None and held.state == "released":
            for other in self._held.values():
                if other.state in {"reserved", "committed"}:
                    super().release(other.key, now=now)
                    break
        return super().release(key, now=now)


class TakesInPart(MemoryQuotaStore):
    """Takes one claim after another, and keeps what it has when one does not fit."""

    @override
    def reserve(self, key, claims, *, now, expires_at):
        answer = super().reserve(key, claims, now=now, expires_at=expires_at)
        if isinstance(answer, Refused) and len(claims) > 1:
            for place, claim in enumerate(claims):
                part = f"{key}/{place}"
                super().reserve(part, [claim], now=now, expires_at=expires_at)
        return answer


class IgnoresTheFuture(MemoryQuotaStore):
    """Counts from the start of the window to its own present."""

    now = 0

    @override
    def reserve(self, key, claims, *, now, expires_at):
        self.now = now.us
        return super().reserve(key, claims, now=now, expires_at=expires_at)

    @override
    def _taken(self, use: Use) -> Sequence[tuple[int, int]]:
        kept = self._places.get(use.name, [])
        self._places[use.name] = [place for place in kept if place[0] <= self.now]
        taken = super()._taken(use)
        self._places[use.name] = kept
        return taken


class OffByOne(MemoryQuotaStore):
    """Counts what is after `since`, and not at it."""

    @override
    def _taken(self, use: Use) -> Sequence[tuple[int, int]]:
        return super()._taken(use._replace(since=use.since + 1))


class LastPlaceTwice(MemoryQuotaStore):
    """Asks whether there is room before the use, not with it."""

    @override
    def _taken(self, use: Use) -> Sequence[tuple[int, int]]:
        taken = sorted(super()._taken(use))
        return taken[1:] if len(taken) == use.limit else taken


class KeepsTheDead(MemoryQuotaStore):
    """Never expires what nobody commits."""

    @override
    def _live_until(self, now_us: int) -> None:
        return


class SaysItOnce(MemoryQuotaStore):
    """Tells an expired key one time; who dies after hearing it loses it."""

    told: frozenset[str] = frozenset()

    @override
    def expire(self, *, now: Instant) -> Sequence[str]:
        keys = [key for key in super().expire(now=now) if key not in self.told]
        self.told |= {*keys}
        return keys


class DropsLateTruth(MemoryQuotaStore):
    """A commit after the expiry is answered, and not counted."""

    @override
    def commit(self, key, *, now):
        answer = super().commit(key, now=now)
        if answer.outcome == "late":
            super().release(key, now=now)
        return answer


class MixesNames(MemoryQuotaStore):
    """Joins quota and subject to one name without keeping them apart."""

    @override
    def reserve(self, key, claims, *, now, expires_at):
        joined = [
            evolve(claim, quota=f"{claim.quota} {claim.subject}", subject="all")
            for claim in claims
        ]
        return super().reserve(key, joined, now=now, expires_at=expires_at)


class SoonestIsNamed(MemoryQuotaStore):
    """Names the first claim in the way, though another stays so for longer."""

    @override
    def reserve(self, key, claims, *, now, expires_at):
        for claim in claims:
            answer = super().reserve(key, [claim], now=now, expires_at=expires_at)
            if isinstance(answer, Refused):
                return answer
            super().release(key, now=now)
        return super().reserve(key, claims, now=now, expires_at=expires_at)


BROKEN: Final = (
    CountsThenSends,
    ForgetsTheKey,
    ReleasesTwice,
    TakesInPart,
    IgnoresTheFuture,
    OffByOne,
    LastPlaceTwice,
    KeepsTheDead,
    SaysItOnce,
    DropsLateTruth,
    MixesNames,
    SoonestIsNamed,
)


def conformance_of(broken: type[MemoryQuotaStore]) -> QuotaStoreConformance:
    class Laws(QuotaStoreConformance):
        tries = UNSHRUNK

        def empty_store(self) -> QuotaStore:
            return broken()

    return Laws()


def laws(kind: type = QuotaStoreConformance) -> list[str]:
    return [name for name in dir(kind) if name.startswith("test_")]


TRAFFIC: Final = "test_every_sequence_of_calls_is_answered_as_by_the_reference"


def breaks(store: QuotaStoreConformance, law: str) -> bool:
    try:
        getattr(store, law)()
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("broken", BROKEN)
def test_the_laws_one_by_one_find_a_broken_store(broken):
    store = conformance_of(broken)
    assert [law for law in laws() if law != TRAFFIC and breaks(store, law)]


IN_TRAFFIC: Final = [kind for kind in BROKEN if kind is not MixesNames]
"""Its names differ in every random call."""


@pytest.mark.parametrize("broken", IN_TRAFFIC)
def test_random_traffic_finds_a_broken_store_by_itself(broken):
    assert breaks(conformance_of(broken), TRAFFIC)


class Racing(MemoryQuotaStore):
    """Counts, waits for the network, and writes: two calls see the same room."""

    @override
    def _taken(self, use: Use) -> Sequence[tuple[int, int]]:
        taken = super()._taken(use)
        sleep(0.01)
        return taken


def test_a_rush_in_threads_finds_a_store_that_counts_before_it_writes():
    class Laws(QuotaStoreConformance):
        def empty_store(self) -> QuotaStore:
            return Racing()

        def together(self, calls):  # noqa: ANN202  as inherited
            return at_once(calls)

    assert breaks(Laws(), "test_a_rush_takes_no_more_than_the_limit")


def test_the_independent_count_does_not_trust_the_reference(monkeypatch):
    """A reference with the same fault as the store is no excuse."""
    monkeypatch.setattr("privflow.testing.traffic.MemoryQuotaStore", LastPlaceTwice)
    with pytest.raises(AssertionError, match="within"):
        getattr(conformance_of(LastPlaceTwice), TRAFFIC)()


def test_a_broken_law_is_told_in_words():
    wanted = (
        r"what does not fit is refused\n     got: Reserved\(.*\nexpected: Refused\("
    )
    with pytest.raises(AssertionError, match=wanted):
        conformance_of(CountsThenSends).test_a_limit_holds_to_the_last_place()


def test_a_store_must_be_named():
    with pytest.raises(NotImplementedError):
        QuotaStoreConformance().test_a_limit_holds_to_the_last_place()


def test_without_hypothesis_it_says_which_extra_to_install(monkeypatch):
    real = builtins.__import__

    def absent(name: str, *given: object, **options: object) -> object:
        if name == "hypothesis":
            raise ModuleNotFoundError(name)
        return real(name, *given, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    monkeypatch.delitem(sys.modules, "privflow.testing.traffic")
    with pytest.raises(MissingExtraError, match="hypothesis is not installed"):
        importlib.import_module("privflow.testing.traffic")
