"""Laws of a `QuotaStore`: what its limits leave room for, and when."""

# ruff: noqa: D102 - the name of a law is its sentence

from __future__ import annotations

from attrs import evolve

from privflow.quotas import Claim, Refused, Reserved
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
from privflow.timing import span


class LimitLaws(QuotaStoreCase):
    """What fits below the limits of one claim or of several, and when again."""

    # ── Limits ───────────────────────────────────────────────────────────────

    def test_a_limit_holds_to_the_last_place(self) -> None:
        store = self.empty_store()
        for key in ("t-1", "t-2"):
            answer = reserve(store, key)
            wanted = Reserved(key, at=START, expires_at=START + HOLD)
            demand("what fits is reserved", answer, wanted)
        refused = Refused(claim(), taken=2, next_possible=START + HOLD)
        demand("what does not fit is refused", reserve(store, "t-3"), refused)

    def test_a_refusal_leaves_no_trace(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1", claim(limit=0))
        demand("a refused touch takes nothing", taken(store), 0)
        demand(
            "a refused key is unknown",
            store.commit("t-1", now=START).outcome,
            "unknown",
        )
        answer = reserve(store, "t-1")
        demand("a refused touch may ask again", isinstance(answer, Reserved), True)

    def test_a_cost_takes_as_many_places(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1", claim(limit=5, cost=3))
        answer = reserve(store, "t-2", claim(limit=5, cost=3))
        refused = Refused(claim(limit=5, cost=3), taken=3, next_possible=START + HOLD)
        demand("3 of 5 are taken, and 3 more do not fit", answer, refused)
        reserve(store, "t-3", claim(limit=5, cost=2))
        demand("2 more do fit", taken(store), 5)

    def test_what_can_never_fit_is_never_possible(self) -> None:
        store = self.empty_store()
        for one in (claim(limit=0), claim(limit=2, cost=3)):
            refused = Refused(one, taken=0, next_possible=None)
            demand("a cost above the limit", reserve(store, "t-1", one), refused)

    def test_the_first_instant_of_the_window_counts(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1")
        store.commit("t-1", now=START)
        last = after("1h") - TICK
        demand("a use at `since` counts", taken(store, now=last), 1)
        demand("a use before it does not", taken(store, now=after("1h")), 0)

    def test_a_use_of_a_faster_clock_counts(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1", now=after("10m"))
        demand("a use later than now counts", taken(store), 1)

    def test_a_wider_window_counts_what_a_narrower_one_let_go(self) -> None:
        """Q7."""
        store = self.empty_store()
        reserve(store, "t-1")
        store.commit("t-1", now=START)
        later = after("2h")
        since, until = later - span("1d"), later + span("1d")
        for name, wanted in (("hour", 1), ("other", 0)):
            wide = evolve(claim(name, limit=0, now=later), since=since, until=until)
            answer = reserve(store, "t-2", wide, now=later)
            found = answer.taken if isinstance(answer, Refused) else None
            demand(f"what the claim on {name!r} says is counted", found, wanted)
        reserve(store, "t-3", now=later)
        demand("the narrow one does not count it", taken(store, now=later), 1)

    def test_a_narrower_window_waits_for_nothing_longer_than_for_a_new_use(
        self,
    ) -> None:
        """Q7."""
        store = self.empty_store()
        day = evolve(claim(), since=START - span("1d"), until=after("1d"))
        reserve(store, "t-1", day)
        store.commit("t-1", now=START)
        later = after("6m")
        answer = reserve(store, "t-2", claim(limit=1, now=later), now=later)
        found = answer.next_possible if isinstance(answer, Refused) else None
        is_right = found is not None and after("1h") <= found <= later + span("1h")
        demand(f"from an hour after the first, not {found}", is_right, True)

    def test_quotas_and_subjects_do_not_mix(self) -> None:
        names = [("a", "b c"), ("a b", "c"), ("a:b", "c"), ("a", "b:c"), ("客", '"\\%')]
        store = self.empty_store()
        for quota, subject in names:
            key = f"{quota}|{subject}"
            answer = reserve(store, key, claim(quota, subject, limit=1))
            demand(f"{key} is its own", isinstance(answer, Reserved), True)
            demand(
                "any text is a key", store.commit(key, now=START).outcome, "committed"
            )

    # ── One touch, several claims ────────────────────────────────────────────

    def test_all_claims_are_taken_or_none(self) -> None:
        store = self.empty_store()
        full = claim("full", limit=0)
        for claims in ([claim("free"), full], [full, claim("free")]):
            answer = reserve(store, "t-1", *claims)
            demand("one that does not fit is enough", isinstance(answer, Refused), True)
            demand("nothing is taken of the other", taken(store, "free"), 0)
        reserve(store, "t-2", claim("one"), claim("two"))
        both = [taken(store, quota) for quota in ("one", "two")]
        demand("both are taken", both, [1, 1])

    def test_the_claim_longest_in_the_way_is_named(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1", claim("a-short", limit=1), claim("z-long", limit=1))
        store.commit("t-1", now=START)
        later = after("10m")
        reserve(store, "t-2", claim("b-longer", limit=1, now=later), now=later)
        store.commit("t-2", now=later)
        claims = [
            claim(q, limit=1, now=later) for q in ("a-short", "b-longer", "z-long")
        ]
        refused = Refused(claims[1], taken=1, next_possible=later + span("1h"))
        demand("the last to leave", reserve(store, "t-3", *claims, now=later), refused)
        never = claim("z-never", limit=0, now=later)
        answer = reserve(store, "t-3", *claims, never, now=later)
        demand(
            "never is the longest", answer, Refused(never, taken=0, next_possible=None)
        )

    def test_a_touch_without_claims_is_reserved(self) -> None:
        store = self.empty_store()
        answer = store.reserve("t-1", [], now=START, expires_at=START + HOLD)
        demand("nothing is asked", isinstance(answer, Reserved), True)
        demand("it has a fate", store.commit("t-1", now=START).outcome, "committed")

    # ── The next instant ─────────────────────────────────────────────────────

    def test_the_next_possible_instant_is_the_first_with_room(self) -> None:
        store = self.empty_store()
        minutes = (0, 10, 20)
        for minute in minutes:
            now = after(f"{minute}m")
            reserve(store, f"t-{minute}", claim(limit=3, now=now), now=now)
            store.commit(f"t-{minute}", now=now)
        now = after("30m")
        for cost, wanted in ((1, "1h"), (2, "1h10m"), (3, "1h20m")):
            answer = reserve(store, "t-9", claim(limit=3, cost=cost, now=now), now=now)
            found = answer.next_possible if isinstance(answer, Refused) else None
            demand(f"{cost} of 3 places", found, after(wanted))

    def test_a_reservation_makes_room_when_it_expires(self) -> None:
        store = self.empty_store()
        reserve(store, "t-1", claim(limit=1))
        answer = reserve(store, "t-2", claim(limit=1))
        found = answer.next_possible if isinstance(answer, Refused) else None
        demand("it may not be committed", found, START + HOLD)

    def test_what_counts_for_ever_leaves_no_next_instant(self) -> None:
        store = self.empty_store()
        one = Claim(quota="budget", subject="campaign=618", limit=1, since=START)
        reserve(store, "t-1", one)
        store.commit("t-1", now=START)
        refused = Refused(one, taken=1, next_possible=None)
        demand("time alone frees nothing", reserve(store, "t-2", one), refused)
