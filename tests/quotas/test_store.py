"""Claims, answers and the store in memory; the laws themselves are in tests/testing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, ProtocolError
from privflow.quotas import (
    NEVER,
    Claim,
    MemoryQuotaStore,
    Refused,
    Reservation,
    Reserved,
)
from privflow.timing import instant, span

NOW = instant("2026-10-20T09:30+08:00")
SOON, LATER, LAST = NOW + span("1m"), NOW + span("5m"), NOW + span("1h")


def claim(quota="q", subject="staff=zhang", **about: object) -> Claim:
    return Claim(quota=quota, subject=subject, **{"limit": 1, "since": NOW, **about})


@pytest.mark.parametrize(
    ("about", "named"),
    [
        ({"quota": " "}, "Claim.quota"),
        ({"subject": ""}, "Claim.subject"),
        ({"limit": -1}, "Claim.limit"),
        ({"limit": 1.0}, "Claim.limit"),
        ({"limit": True}, "Claim.limit"),
        ({"cost": 0}, "Claim.cost"),
        ({"since": "2026-10-20"}, "Claim.since"),
        ({"until": "2026-10-20"}, "Claim.until"),
        ({"until": NOW}, "Claim.until"),
    ],
)
def test_a_claim_that_means_nothing_is_refused_by_name(about, named):
    with pytest.raises(DefinitionError, match=named):
        claim(**about)


def test_a_limit_of_zero_is_a_claim_that_nobody_gets():
    """Q2."""
    store = MemoryQuotaStore()
    refused = Refused(claim(limit=0), taken=0, next_possible=None)
    asked = store.reserve("t-1", [claim(limit=0)], now=NOW, expires_at=LATER)
    assert asked == refused
    assert str(refused) == "q of staff=zhang is full: 0 of 0 taken, for good"


def test_claims_come_in_one_order_whoever_makes_them():
    one, two, three = claim("a", "x"), claim("a", "y"), claim("b", "x")
    for order in ([three, one, two], [two, three, one]):
        asked = Reservation(order, now=NOW, expires_at=LATER)
        assert asked.claims == (one, two, three)
        assert [use.name for use in asked.uses] == ["a/x", "a/y", "b/x"]


_SOME = st.text("a/%2F", min_size=1, max_size=4)


@given(_SOME, _SOME, _SOME)
def test_no_other_quota_and_subject_have_the_same_name(one, two, three):
    pairs = [(one, f"{two}/{three}"), (f"{one}/{two}", three), (two, three)]
    names = {
        Reservation([claim(*pair)], now=NOW, expires_at=LATER).uses[0].name
        for pair in pairs
    }
    assert len(names) == len(set(pairs))


def test_a_use_says_in_numbers_what_a_claim_says():
    one, ever = claim("a/%b", cost=2, until=LAST), claim("b")
    asked = Reservation([one, ever], now=NOW, expires_at=LATER)
    assert asked.uses == (
        ("a%2F%25b/staff=zhang", 2, NOW.us, LAST.us, 1),
        ("b/staff=zhang", 1, NOW.us, NEVER, 1),
    )
    assert float(NEVER) == NEVER


@pytest.mark.parametrize(
    ("claims", "expires_at", "hint"),
    [
        ([claim()], NOW, "let it expire later"),
        ([claim(since=LATER)], LATER, "at the now of the call"),
        ([claim(), claim(limit=2)], LATER, "the sum of the costs"),
    ],
)
def test_a_call_that_cannot_be_right_is_the_hosts_to_mend(claims, expires_at, hint):
    with pytest.raises(ProtocolError, match=hint):
        Reservation(claims, now=NOW, expires_at=expires_at)


def test_of_equals_the_first_in_the_way_is_named():
    claims = [claim(name, until=LATER) for name in "ab"] + [claim("c"), claim("d")]

    def refusal(*uses: Claim) -> Refused | None:
        asked = Reservation(uses, now=NOW, expires_at=LATER)
        return asked.refusal([[(NEVER, 1)]] * len(uses))

    first = Refused(claims[0], taken=1, next_possible=LATER)
    never = Refused(claims[2], taken=1, next_possible=None)
    assert refusal(*claims[:2]) == first
    assert refusal(*claims) == never


def test_what_is_taken_is_told_of_each_claim():
    asked = Reservation([claim("a"), claim("b")], now=NOW, expires_at=LATER)
    with pytest.raises(ValueError, match="shorter"):
        asked.refusal([[(NEVER, 0)]])


@pytest.mark.parametrize(
    ("leaving", "limit", "cost", "wanted"),
    [
        ([], 1, 1, None),
        ([(NEVER, 1)], 2, 1, None),
        ([(NEVER, 1)], 1, 1, (1, LAST)),
        ([(LATER.us, 1)], 1, 1, (1, LATER)),
        ([(NOW.us, 1)], 1, 1, (1, LAST)),
        ([(SOON.us, 1), (NEVER, 1), (LATER.us, 1)], 3, 2, (3, LATER)),
        ([(LATER.us, 2), (SOON.us, 1)], 3, 1, (3, SOON)),
        ([(LATER.us, 2), (SOON.us, 1)], 3, 3, (3, LATER)),
        ([(SOON.us, 1)], 2, 3, (1, None)),
        ([(SOON.us, 1), (LATER.us, 9)], 9, 1, (10, LATER)),
        ([(SOON.us, 9), (LATER.us, 1)], 10, 1, (10, SOON)),
        # taken when the window was longer
        ([(LAST.us + 1, 1)], 1, 1, (1, LAST)),
        ([(SOON.us, 1), (LAST.us + 1, 1)], 2, 2, (2, LAST)),
    ],
)
def test_a_claim_is_refused_until_enough_places_have_left(leaving, limit, cost, wanted):
    one = claim(limit=limit, cost=cost, until=LAST)
    asked = Reservation([one], now=NOW, expires_at=LATER)
    refused = asked.refusal([iter(leaving)])
    got = None if refused is None else (refused.taken, refused.next_possible)
    assert got == wanted


def test_of_several_claims_the_one_longest_in_the_way_is_answered_with():
    claims = [claim("a"), claim("b"), claim("c", limit=9)]
    leaving = [[(SOON.us, 1)], [(LATER.us, 1)], [(LAST.us, 1)]]
    asked = Reservation(claims, now=NOW, expires_at=LATER)
    refused = asked.refusal(leaving)
    assert refused == Refused(claims[1], taken=1, next_possible=LATER)


def test_a_touch_is_forgotten_when_its_last_use_has_long_left():
    """Q7."""
    early, late = claim("a", until=SOON), claim("b", until=LAST)

    def forget_at(*claims: Claim, **about: object) -> int:
        return Reservation(claims, now=NOW, expires_at=LATER, **about).forget_at

    assert forget_at(early, late, keep_for=span("2d")) == (LAST + span("2d")).us
    assert forget_at(early) == (LATER + span("31d")).us
    assert forget_at() == (LATER + span("31d")).us
    assert forget_at(early, claim()) == NEVER


def test_a_use_is_remembered_for_a_while_after_it_stopped_counting():
    """Q7: a window that somebody widens finds it; then the key is free again."""
    store = MemoryQuotaStore(keep_for="2d")
    store.reserve("t-1", [claim(until=NOW + span("1h"))], now=NOW, expires_at=LATER)
    store.commit("t-1", now=NOW)

    def ask(after: str) -> Reserved | Refused:
        now = NOW + span(after)
        wider = claim(until=now + span("7d"))
        return store.reserve("t-2", [wider], now=now, expires_at=now + span("5m"))

    last = ask("2d59m")
    assert (last.taken, last.next_possible) == (1, NOW + span("9d59m"))
    assert repr(store) == "<MemoryQuotaStore 1 touches>"
    assert isinstance(ask("2d1h"), Reserved)
    assert store.commit("t-1", now=NOW).outcome == "unknown"


def test_a_new_reservation_under_an_old_key_is_not_forgotten_with_the_old_one():
    store = MemoryQuotaStore(keep_for="1h")

    def reserve(after: str) -> None:
        now = NOW + span(after)
        until = now + span("10m")
        one = claim(until=until)
        store.reserve("t-1", [one], now=now, expires_at=now + span("5m"))

    reserve("0s")
    store.release("t-1", now=NOW)
    reserve("59m")
    assert store.commit("t-1", now=NOW + span("1h1m")).outcome == "committed"
    assert store.commit("t-1", now=NOW + span("1h15m")).outcome == "committed"


def test_what_counts_for_ever_is_never_forgotten():
    store = MemoryQuotaStore(keep_for="1h")
    store.reserve("t-1", [claim()], now=NOW, expires_at=LATER)
    store.commit("t-1", now=NOW)
    now = NOW + span("300d")
    again = store.reserve("t-2", [claim()], now=now, expires_at=now + span("5m"))
    assert again == Refused(claim(), taken=1, next_possible=None)


def test_many_touches_of_one_campaign_are_counted_exactly():
    store = MemoryQuotaStore()
    granted = 0
    for number in range(450):
        now = NOW + span(f"{number}s")
        until = NOW + span("7d")
        one = claim(limit=300, until=until)
        answer = store.reserve(f"t-{number}", [one], now=now, expires_at=until)
        granted += isinstance(answer, Reserved)
    assert granted == 300
