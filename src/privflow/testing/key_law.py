"""Laws of a `QuotaStore`: what becomes of the touch that has a key."""

# ruff: noqa: D102 - the name of a law is its sentence

from __future__ import annotations

from collections.abc import Callable, Sequence

from privflow.quotas import QuotaStore, Refused, Reserved
from privflow.testing.law import demand
from privflow.testing.quota_store_case import (
    HOLD,
    START,
    TICK,
    QuotaStoreCase,
    after,
    claim,
    reserve,
    taken,
)
from privflow.timing import Instant


class KeyLaws(QuotaStoreCase):
    """What is reserved under a key is committed, released, or expires."""

    # ── Keys ─────────────────────────────────────────────────────────────────

    def test_a_repeated_key_is_one_claim(self) -> None:
        store = self.empty_store()
        first = reserve(store, "t-1")
        later = after("1m")
        again = reserve(store, "t-1", claim(limit=2, now=later), now=later)
        demand("the first answer stands", again, first)
        demand("one place is taken", taken(store), 1)
        store.commit("t-1", now=later)
        demand("also once committed", reserve(store, "t-1", now=later), first)
        demand("still one place", taken(store), 1)

    def test_a_release_frees_its_own_places_and_no_others(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            reserve(store, key)
        outcomes = [store.release("t-1", now=START).outcome for _ in range(2)]
        demand("it may be said twice", outcomes, ["released", "released"])
        demand("one place is free, and only one", taken(store), 1)

    def test_a_released_key_is_judged_anew(self) -> None:
        store = self.empty_store()
        one = claim(limit=1)
        reserve(store, "t-1", one)
        store.release("t-1", now=START)
        reserve(store, "t-2", one)
        answer = reserve(store, "t-1", one)
        demand("its place has gone", isinstance(answer, Refused), True)

    def test_the_last_word_counts(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        outcomes = [store.commit("t-1", now=START).outcome for _ in range(2)]
        demand("it may be said twice", outcomes, ["committed", "committed"])
        demand("committed", taken(store), 1)
        store.release("t-1", now=START)
        demand("it failed after all", taken(store), 0)
        outcomes = [store.commit("t-1", now=START).outcome for _ in range(2)]
        demand("and yet it went out", outcomes, ["late", "late"])
        demand("so it counts", taken(store), 1)

    def test_a_key_that_was_never_reserved_is_answered(self) -> None:
        store = self.empty_store()
        outcomes = [
            settle("t-1", now=START).outcome for settle in (store.commit, store.release)
        ]
        demand("nobody knows it", outcomes, ["unknown", "unknown"])

    # ── Expiry ───────────────────────────────────────────────────────────────

    def test_a_reservation_expires_at_its_instant(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        end = START + HOLD
        demand("not before", list(store.expire(now=end - TICK)), [])
        demand("until then it counts", taken(store, now=end - TICK), 1)
        demand("then it does not", taken(store, now=end), 0)
        demand("and it says so", list(store.expire(now=end)), ["t-1"])

    def test_what_is_committed_does_not_expire(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        store.commit("t-1", now=START)
        demand("it has settled", list(store.expire(now=after("6m"))), [])
        demand("it counts on", taken(store, now=after("6m")), 1)

    def test_an_expired_key_is_told_until_it_is_settled(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            reserve(store, key)
        later = after("6m")
        told = [sorted(store.expire(now=later)) for _ in range(2)]
        demand("who heard it may have died", told, [["t-1", "t-2"]] * 2)
        store.release("t-1", now=later)
        store.commit("t-2", now=later)
        demand("now somebody knows", list(store.expire(now=later)), [])

    def test_a_commit_after_the_expiry_counts_again_and_says_so(self) -> None:
        store = self.empty_store()
        one = claim(limit=1)
        reserve(store, "t-1", one)
        later = START + HOLD
        reserve(store, "t-2", claim(limit=1, now=later), now=later)
        demand("it is late", store.commit("t-1", now=later).outcome, "late")
        demand("the fact counts, over the limit", taken(store, now=later), 2)
        leaves = taken(store, now=after("1h"))
        demand("at the instant of its reservation", leaves, 0)

    def test_a_commit_at_the_instant_of_expiry_is_late(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        answer = store.commit("t-1", now=START + HOLD)
        demand("whoever asks first", answer.outcome, "late")

    def test_any_call_expires_what_is_due(self) -> None:
        """A slow clock cannot take back what a fast one has given away."""
        calls: Sequence[Callable[[QuotaStore, Instant], object]] = (
            lambda store, now: reserve(store, "t-2", claim("other", now=now), now=now),
            lambda store, now: store.commit("t-9", now=now),
            lambda store, now: store.release("t-9", now=now),
            lambda store, now: store.expire(now=now),
        )
        for call in calls:
            store = self.empty_store()
            reserve(store, "t-1")
            call(store, after("6m"))
            outcome = store.commit("t-1", now=after("1m")).outcome
            demand("it had expired", outcome, "late")

    def test_an_expired_key_is_judged_anew(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        later = after("6m")
        answer = reserve(store, "t-1", now=later)
        wanted = Reserved("t-1", at=later, expires_at=later + HOLD)
        demand("it counts at its new instant", answer, wanted)
        demand("and has not expired", list(store.expire(now=later)), [])
