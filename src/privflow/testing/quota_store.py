"""The laws of a `QuotaStore`, for a host to run against its own."""

# ruff: noqa: D102 - the name of a law is its sentence

from __future__ import annotations

from typing import ClassVar

from privflow.errors import ProtocolError
from privflow.quotas import Reserved
from privflow.testing.key_law import KeyLaws
from privflow.testing.law import demand
from privflow.testing.limit_law import LimitLaws
from privflow.testing.quota_store_case import (
    HOLD,
    START,
    after,
    claim,
    reserve,
    taken,
)
from privflow.testing.traffic import TRIES, run_traffic


class QuotaStoreConformance(LimitLaws, KeyLaws):
    """Tests that a store of shared quotas must pass (一致性测试); inherit them.

    Name the subclass `Test…` and write `empty_store`. Each test is one law of the
    theory of operation of `QuotaStore`; the last ones run many calls in random order,
    and many at once. An asynchronous store takes a wrapper of four methods that runs
    each call to its end.

    >>> from privflow.quotas import MemoryQuotaStore
    >>> class TestMyStore(QuotaStoreConformance):
    ...     def empty_store(self):
    ...         return MemoryQuotaStore()
    >>> TestMyStore().test_a_limit_holds_to_the_last_place()
    """

    tries: ClassVar = TRIES
    """How many random sequences of calls are tried: settings of Hypothesis."""

    # ── Calls that cannot be right ───────────────────────────────────────────

    def test_a_call_that_cannot_be_right_is_refused_and_changes_nothing(self) -> None:
        store = self.empty_store()
        wrong = (
            ([claim()], START),
            ([claim(now=after("2h"))], START + HOLD),
            ([claim(), claim(cost=2)], START + HOLD),
        )
        for claims, expires_at in wrong:
            try:
                answer: object = store.reserve(
                    "t-1", claims, now=START, expires_at=expires_at
                )
            except ProtocolError as error:
                answer = type(error)
            demand(f"{claims} until {expires_at}", answer, ProtocolError)
            outcome = store.release("t-1", now=START).outcome
            demand("nothing was reserved", outcome, "unknown")

    # ── Any order, and all at once ───────────────────────────────────────────

    def test_every_sequence_of_calls_is_answered_as_by_the_reference(self) -> None:
        """Random calls on clocks that differ; windows are counted independently."""
        run_traffic(self.empty_store, self.reopened, self.tries)

    def test_a_rush_takes_no_more_than_the_limit(self) -> None:
        store = self.empty_store()
        doors = [self.reopened(store) for _ in range(4)]
        seven = claim(limit=7)
        calls = [
            lambda door=doors[number % 4], key=f"t-{number % 20}": reserve(
                door, key, seven
            )
            for number in range(40)
        ]
        answers = self.together(calls)
        granted = {answer.key for answer in answers if isinstance(answer, Reserved)}
        demand("as many touches as places", len(granted), 7)
        demand("each of them once", taken(store), 7)
