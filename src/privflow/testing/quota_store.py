"""The laws of a `QuotaStore`, for a host to run against its own."""

# ruff: noqa: D102 - the name of a law is its sentence

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from attrs import evolve

from privflow.errors import ProtocolError
from privflow.quotas import Claim, QuotaStore, Refused, Reserved
from privflow.testing.law import demand
from privflow.testing.traffic import TRIES, run_traffic
from privflow.timing import Instant, Span, instant, span

START = instant("2026-10-20T09:30+08:00")
_HOLD = span("5m")
_TICK = Span(1)


def _after(length: str) -> Instant:
    return START + span(length)


def _claim(
    quota: str = "hour",
    subject: str = "staff=zhang",
    *,
    limit: int = 2,
    cost: int = 1,
    now: Instant = START,
) -> Claim:
    """A claim on a rolling hour that holds `now`."""
    since = now - span("1h") + _TICK
    until = now + span("1h")
    return Claim(
        quota=quota, subject=subject, limit=limit, since=since, until=until, cost=cost
    )


def _reserve(
    store: QuotaStore, key: str, *claims: Claim, now: Instant = START
) -> Reserved | Refused:
    return store.reserve(
        key, claims or [_claim(now=now)], now=now, expires_at=now + _HOLD
    )


def _taken(store: QuotaStore, quota: str = "hour", now: Instant = START) -> int:
    """The places taken, asked by a claim that cannot fit and so leaves no trace."""
    answer = _reserve(store, "asks", _claim(quota, limit=0, now=now), now=now)
    return answer.taken if isinstance(answer, Refused) else -1


class QuotaStoreConformance:
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

    def empty_store(self) -> QuotaStore:
        """A store in which nothing is taken; override it."""
        remedy = "override empty_store: return a store in which nothing is taken"
        raise NotImplementedError(remedy)

    def reopened(self, store: QuotaStore) -> QuotaStore:
        """The same store through another connection; override it where that differs."""
        return store

    def together(
        self, calls: Iterable[Callable[[], Reserved | Refused]]
    ) -> list[Reserved | Refused]:
        """The answers of calls made at once; override it with threads of yours."""
        return [call() for call in calls]

    # ── Limits ───────────────────────────────────────────────────────────────

    def test_a_limit_holds_to_the_last_place(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            answer = _reserve(store, key)
            wanted = Reserved(key, at=START, expires_at=START + _HOLD)
            demand("what fits is reserved", answer, wanted)
        refused = Refused(_claim(), taken=2, next_possible=START + _HOLD)
        demand("what does not fit is refused", _reserve(store, "t-3"), refused)

    def test_a_refusal_leaves_no_trace(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1", _claim(limit=0))
        demand("a refused touch takes nothing", _taken(store), 0)
        demand(
            "a refused key is unknown",
            store.commit("t-1", now=START).outcome,
            "unknown",
        )
        answer = _reserve(store, "t-1")
        demand("a refused touch may ask again", isinstance(answer, Reserved), True)

    def test_a_cost_takes_as_many_places(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1", _claim(limit=5, cost=3))
        answer = _reserve(store, "t-2", _claim(limit=5, cost=3))
        refused = Refused(_claim(limit=5, cost=3), taken=3, next_possible=START + _HOLD)
        demand("3 of 5 are taken, and 3 more do not fit", answer, refused)
        _reserve(store, "t-3", _claim(limit=5, cost=2))
        demand("2 more do fit", _taken(store), 5)

    def test_what_can_never_fit_is_never_possible(self) -> None:
        store = self.empty_store()
        for claim in (_claim(limit=0), _claim(limit=2, cost=3)):
            refused = Refused(claim, taken=0, next_possible=None)
            demand("a cost above the limit", _reserve(store, "t-1", claim), refused)

    def test_the_first_instant_of_the_window_counts(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        store.commit("t-1", now=START)
        last = _after("1h") - _TICK
        demand("a use at `since` counts", _taken(store, now=last), 1)
        demand("a use before it does not", _taken(store, now=_after("1h")), 0)

    def test_a_use_of_a_faster_clock_counts(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1", now=_after("10m"))
        demand("a use later than now counts", _taken(store), 1)

    def test_a_wider_window_counts_what_a_narrower_one_let_go(self) -> None:
        """Q7."""
        store = self.empty_store()
        _reserve(store, "t-1")
        store.commit("t-1", now=START)
        later = _after("2h")
        since, until = later - span("1d"), later + span("1d")
        for name, wanted in (("hour", 1), ("other", 0)):
            wide = evolve(_claim(name, limit=0, now=later), since=since, until=until)
            answer = _reserve(store, "t-2", wide, now=later)
            found = answer.taken if isinstance(answer, Refused) else None
            demand(f"what the claim on {name!r} says is counted", found, wanted)
        _reserve(store, "t-3", now=later)
        demand("the narrow one does not count it", _taken(store, now=later), 1)

    def test_a_narrower_window_waits_for_nothing_longer_than_for_a_new_use(
        self,
    ) -> None:
        """Q7."""
        store = self.empty_store()
        day = evolve(_claim(), since=START - span("1d"), until=_after("1d"))
        _reserve(store, "t-1", day)
        store.commit("t-1", now=START)
        later = _after("6m")
        answer = _reserve(store, "t-2", _claim(limit=1, now=later), now=later)
        found = answer.next_possible if isinstance(answer, Refused) else None
        is_right = found is not None and _after("1h") <= found <= later + span("1h")
        demand(f"from an hour after the first, not {found}", is_right, True)

    def test_quotas_and_subjects_do_not_mix(self) -> None:
        names = [("a", "b c"), ("a b", "c"), ("a:b", "c"), ("a", "b:c"), ("客", '"\\%')]
        store = self.empty_store()
        for quota, subject in names:
            key = f"{quota}|{subject}"
            answer = _reserve(store, key, _claim(quota, subject, limit=1))
            demand(f"{key} is its own", isinstance(answer, Reserved), True)
            demand(
                "any text is a key", store.commit(key, now=START).outcome, "committed"
            )

    # ── One touch, several claims ────────────────────────────────────────────

    def test_all_claims_are_taken_or_none(self) -> None:
        store = self.empty_store()
        full = _claim("full", limit=0)
        for claims in ([_claim("free"), full], [full, _claim("free")]):
            answer = _reserve(store, "t-1", *claims)
            demand("one that does not fit is enough", isinstance(answer, Refused), True)
            demand("nothing is taken of the other", _taken(store, "free"), 0)
        _reserve(store, "t-2", _claim("one"), _claim("two"))
        both = [_taken(store, quota) for quota in ("one", "two")]
        demand("both are taken", both, [1, 1])

    def test_the_claim_longest_in_the_way_is_named(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1", _claim("a-short", limit=1), _claim("z-long", limit=1))
        store.commit("t-1", now=START)
        later = _after("10m")
        _reserve(store, "t-2", _claim("b-longer", limit=1, now=later), now=later)
        store.commit("t-2", now=later)
        claims = [
            _claim(q, limit=1, now=later) for q in ("a-short", "b-longer", "z-long")
        ]
        refused = Refused(claims[1], taken=1, next_possible=later + span("1h"))
        demand("the last to leave", _reserve(store, "t-3", *claims, now=later), refused)
        never = _claim("z-never", limit=0, now=later)
        answer = _reserve(store, "t-3", *claims, never, now=later)
        demand(
            "never is the longest", answer, Refused(never, taken=0, next_possible=None)
        )

    def test_a_touch_without_claims_is_reserved(self) -> None:
        store = self.empty_store()
        answer = store.reserve("t-1", [], now=START, expires_at=START + _HOLD)
        demand("nothing is asked", isinstance(answer, Reserved), True)
        demand("it has a fate", store.commit("t-1", now=START).outcome, "committed")

    # ── Keys ─────────────────────────────────────────────────────────────────

    def test_a_repeated_key_is_one_claim(self) -> None:
        store = self.empty_store()
        first = _reserve(store, "t-1")
        later = _after("1m")
        again = _reserve(store, "t-1", _claim(limit=2, now=later), now=later)
        demand("the first answer stands", again, first)
        demand("one place is taken", _taken(store), 1)
        store.commit("t-1", now=later)
        demand("also once committed", _reserve(store, "t-1", now=later), first)
        demand("still one place", _taken(store), 1)

    def test_a_release_frees_its_own_places_and_no_others(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            _reserve(store, key)
        outcomes = [store.release("t-1", now=START).outcome for _ in range(2)]
        demand("it may be said twice", outcomes, ["released", "released"])
        demand("one place is free, and only one", _taken(store), 1)

    def test_a_released_key_is_judged_anew(self) -> None:
        store = self.empty_store()
        one = _claim(limit=1)
        _reserve(store, "t-1", one)
        store.release("t-1", now=START)
        _reserve(store, "t-2", one)
        answer = _reserve(store, "t-1", one)
        demand("its place has gone", isinstance(answer, Refused), True)

    def test_the_last_word_counts(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        outcomes = [store.commit("t-1", now=START).outcome for _ in range(2)]
        demand("it may be said twice", outcomes, ["committed", "committed"])
        demand("committed", _taken(store), 1)
        store.release("t-1", now=START)
        demand("it failed after all", _taken(store), 0)
        outcomes = [store.commit("t-1", now=START).outcome for _ in range(2)]
        demand("and yet it went out", outcomes, ["late", "late"])
        demand("so it counts", _taken(store), 1)

    def test_a_key_that_was_never_reserved_is_answered(self) -> None:
        store = self.empty_store()
        outcomes = [
            settle("t-1", now=START).outcome for settle in (store.commit, store.release)
        ]
        demand("nobody knows it", outcomes, ["unknown", "unknown"])

    # ── Expiry ───────────────────────────────────────────────────────────────

    def test_a_reservation_expires_at_its_instant(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        end = START + _HOLD
        demand("not before", list(store.expire(now=end - _TICK)), [])
        demand("until then it counts", _taken(store, now=end - _TICK), 1)
        demand("then it does not", _taken(store, now=end), 0)
        demand("and it says so", list(store.expire(now=end)), ["t-1"])

    def test_what_is_committed_does_not_expire(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        store.commit("t-1", now=START)
        demand("it has settled", list(store.expire(now=_after("6m"))), [])
        demand("it counts on", _taken(store, now=_after("6m")), 1)

    def test_an_expired_key_is_told_until_it_is_settled(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            _reserve(store, key)
        later = _after("6m")
        told = [sorted(store.expire(now=later)) for _ in range(2)]
        demand("who heard it may have died", told, [["t-1", "t-2"]] * 2)
        store.release("t-1", now=later)
        store.commit("t-2", now=later)
        demand("now somebody knows", list(store.expire(now=later)), [])

    def test_a_commit_after_the_expiry_counts_again_and_says_so(self) -> None:
        store = self.empty_store()
        one = _claim(limit=1)
        _reserve(store, "t-1", one)
        later = START + _HOLD
        _reserve(store, "t-2", _claim(limit=1, now=later), now=later)
        demand("it is late", store.commit("t-1", now=later).outcome, "late")
        demand("the fact counts, over the limit", _taken(store, now=later), 2)
        leaves = _taken(store, now=_after("1h"))
        demand("at the instant of its reservation", leaves, 0)

    def test_a_commit_at_the_instant_of_expiry_is_late(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        answer = store.commit("t-1", now=START + _HOLD)
        demand("whoever asks first", answer.outcome, "late")

    def test_any_call_expires_what_is_due(self) -> None:
        """A slow clock cannot take back what a fast one has given away."""
        calls: Sequence[Callable[[QuotaStore, Instant], object]] = (
            lambda store, now: _reserve(
                store, "t-2", _claim("other", now=now), now=now
            ),
            lambda store, now: store.commit("t-9", now=now),
            lambda store, now: store.release("t-9", now=now),
            lambda store, now: store.expire(now=now),
        )
        for call in calls:
            store = self.empty_store()
            _reserve(store, "t-1")
            call(store, _after("6m"))
            outcome = store.commit("t-1", now=_after("1m")).outcome
            demand("it had expired", outcome, "late")

    def test_an_expired_key_is_judged_anew(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1")
        later = _after("6m")
        answer = _reserve(store, "t-1", now=later)
        wanted = Reserved("t-1", at=later, expires_at=later + _HOLD)
        demand("it counts at its new instant", answer, wanted)
        demand("and has not expired", list(store.expire(now=later)), [])

    # ── The next instant ─────────────────────────────────────────────────────

    def test_the_next_possible_instant_is_the_first_with_room(self) -> None:
        store = self.empty_store()
        minutes = (0, 10, 20)
        for minute in minutes:
            now = _after(f"{minute}m")
            _reserve(store, f"t-{minute}", _claim(limit=3, now=now), now=now)
            store.commit(f"t-{minute}", now=now)
        now = _after("30m")
        for cost, wanted in ((1, "1h"), (2, "1h10m"), (3, "1h20m")):
            answer = _reserve(
                store, "t-9", _claim(limit=3, cost=cost, now=now), now=now
            )
            found = answer.next_possible if isinstance(answer, Refused) else None
            demand(f"{cost} of 3 places", found, _after(wanted))

    def test_a_reservation_makes_room_when_it_expires(self) -> None:
        store = self.empty_store()
        _reserve(store, "t-1", _claim(limit=1))
        answer = _reserve(store, "t-2", _claim(limit=1))
        found = answer.next_possible if isinstance(answer, Refused) else None
        demand("it may not be committed", found, START + _HOLD)

    def test_what_counts_for_ever_leaves_no_next_instant(self) -> None:
        store = self.empty_store()
        one = Claim(quota="budget", subject="campaign=618", limit=1, since=START)
        _reserve(store, "t-1", one)
        store.commit("t-1", now=START)
        refused = Refused(one, taken=1, next_possible=None)
        demand("time alone frees nothing", _reserve(store, "t-2", one), refused)

    # ── Calls that cannot be right ───────────────────────────────────────────

    def test_a_call_that_cannot_be_right_is_refused_and_changes_nothing(self) -> None:
        store = self.empty_store()
        wrong = (
            ([_claim()], START),
            ([_claim(now=_after("2h"))], START + _HOLD),
            ([_claim(), _claim(cost=2)], START + _HOLD),
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
        claim = _claim(limit=7)
        calls = [
            lambda door=doors[number % 4], key=f"t-{number % 20}": _reserve(
                door, key, claim
            )
            for number in range(40)
        ]
        answers = self.together(calls)
        granted = {answer.key for answer in answers if isinstance(answer, Reserved)}
        demand("as many touches as places", len(granted), 7)
        demand("each of them once", _taken(store), 7)
