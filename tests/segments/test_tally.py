"""Many counts and sums over windows: read off the times, exact to the microsecond."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from operator import methodcaller

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import ORDERED, Person, windows
from privflow.conditions import NOWHERE, event, prop
from privflow.facts import Contact, Event, Timeline
from privflow.segments import Segment, SegmentSet
from privflow.timing import Instant, calendar, instant, rolling, span

NOON = instant("2026-10-20T04:00Z")
HOUR = span("1h")
amounts = st.sampled_from([
    *(0, 1, 2, 3, 5, 10**18),
    *(Decimal("0.5"), Decimal("2.50"), Decimal("1e-200")),
])
bounds = st.integers(0, 6) | st.sampled_from([
    *(0.1, 2.5, Decimal("3.5"), -1),
    *(5e-324, 1.1e-313),
])


def purchases(values: st.SearchStrategy[object]) -> st.SearchStrategy[Person]:
    """Who bought a few times, also twice at once, in three days before and after."""
    ages = st.integers(0, 12) | st.integers(-12, 12)
    one = st.tuples(ages, st.sampled_from([0, 0, 1, -1]), values)
    return st.lists(one, max_size=9).map(_buyer)


def _bought(number: int, row: tuple[int, int, object]) -> Event:
    age, us, value = row
    at = Instant(NOON.us - 6 * age * HOUR.us - us)
    return Event("buy", "c", at=at, properties={"n": value}, id=str(number))


def _buyer(rows: list[tuple[int, int, object]]) -> Person:
    events = [_bought(number, row) for number, row in enumerate(rows)]
    return Person(Contact("c"), Timeline(events))


@st.composite
def tallies(draw: st.DrawFn) -> Segment:
    found = event("buy")
    if draw(st.integers(0, 4)) == 0:
        found = found.where(prop.n >= 2)
    recent = st.sampled_from(["1us", "6h", "1d", "36h"]).map(rolling)
    window = draw(st.none() | recent | recent | windows)
    if window is not None:
        found = found.in_(window)
    operand = found.count() if draw(st.booleans()) else found.sum("n")
    condition = draw(
        st.builds(
            lambda how, bound: methodcaller(how, bound)(operand),
            ORDERED,
            bounds,
        )
        | st.builds(operand.is_in, st.lists(bounds, min_size=1, max_size=3))
        | st.builds(lambda a, b: operand.between(min(a, b), max(a, b)), bounds, bounds)
    )
    return Segment("s", condition)


def several(most: int) -> st.SearchStrategy[list[Segment]]:
    found = st.lists(tallies(), min_size=1, max_size=most)
    return found.map(
        lambda segments: [Segment(f"s{i}", s.condition) for i, s in enumerate(segments)]
    )


def inside(segments: list[Segment], person: Person, at: Instant) -> tuple[str, ...]:
    return tuple(s.name for s in segments if s.condition.holds(person, at, NOWHERE))


def first_change(segments: list[Segment], person: Person) -> Instant | None:
    """The first instant at which anything changes, from all at which it might."""
    edges: set[int] = set()
    series = person.timeline.series.get("buy")
    for clause in (segment.condition.node for segment in segments):
        window = clause.term.of.window
        for at in series.times if series else ():
            edges |= {at, at if window is None else window.leaves_at(at, "UTC")}
    now = inside(segments, person, NOON)
    for edge in sorted(edges):
        at = Instant(edge)
        if at > NOON and inside(segments, person, at) != now:
            return at
    return None


@given(several(5), purchases(amounts))
@settings(max_examples=300)
def test_the_next_change_is_exact_for_counts_and_sums(segments, person):
    """C7: where each segment is a single clause, nothing hides a change."""
    memberships = SegmentSet(segments).start(person, now=NOON)
    assert memberships.inside == inside(segments, person, NOON)
    assert memberships.next_at == first_change(segments, person)


odd = st.sampled_from([
    *([0.1, 0.2, 1], [0.5, -0.5, 2.5, 3], [-1, 2, 3], [Decimal("0.5"), -1, 2]),
    *([2, None, "a"], [None], [5e-324, 1.1e-313, 1]),
])


@given(several(3), odd.flatmap(lambda pool: purchases(st.sampled_from(pool))))
@settings(max_examples=200)
def test_it_is_exact_too_for_floats_and_what_is_paid_back(segments, person):
    memberships = SegmentSet(segments).start(person, now=NOON)
    assert memberships.inside == inside(segments, person, NOON)
    assert memberships.next_at == first_change(segments, person)


@given(several(4), st.just(amounts) | odd.map(st.sampled_from), st.data())
@settings(max_examples=150)
def test_updates_tell_what_a_first_look_tells(segments, pool, data):
    """C6, C7: events come late, early and in turn, are forgotten, and time goes by."""
    together, known, now = SegmentSet(segments), Timeline(), NOON
    person = Person(Contact("c"), known)
    memberships = together.start(person, now=now)
    for number in range(data.draw(st.integers(1, 8))):
        row = data.draw(st.tuples(st.integers(-3, 12), st.integers(-1, 1), pool))
        match data.draw(st.sampled_from(["comes", "comes", "waits", "is forgotten"])):
            case "comes":
                known = known.observing([_bought(number, row)])
            case "waits":
                now = data.draw(
                    st.sampled_from([now + HOUR, memberships.next_at or now])
                )
            case _:
                known = known.compacted({"buy": span("2d")}, now=now)
        person = Person(person.contact, known)
        memberships = together.update(memberships, person, now=now).memberships
        alone = together.start(person, now=now)
        assert memberships.inside == inside(segments, person, now) == alone.inside
        assert memberships.next_at == alone.next_at


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        (lambda of: of.count() >= 2, 22),
        (lambda of: of.count() == 2, None),
        (lambda of: of.count() <= 2, 22),
        (lambda of: of.count() > 0, 24),
        (lambda of: of.count().between(1, 3), 20),
        (lambda of: of.count().is_in([0, 3]), 20),
        (lambda of: of.sum("n") >= 60, 20),
        (lambda of: of.sum("n") > 50, 20),
        (lambda of: of.sum("n") > 49, 22),
        (lambda of: of.sum("n") >= 50, 22),
        (lambda of: of.sum("n") == 0, 24),
        (lambda of: of.sum("n") >= 0, None),
        (lambda of: of.sum("m") >= 0, None),
        (lambda of: of.count() >= 4, 20),
        (lambda of: of.count() >= 5, None),
    ],
)
def test_events_leave_a_window_oldest_first_and_together(condition, hours):
    """C7: 10 came 4 h ago, 20 and 0 at once 2 h ago, 30 now."""
    rows = [(4, 10), (2, 20), (2, 0), (0, 30)]
    events = [
        Event(
            "buy", "c", at=NOON - span(f"{ago}h"), properties={"n": n}, id=f"{ago}{n}"
        )
        for ago, n in rows
    ]
    person = Person(Contact("c"), Timeline(events))
    segment = Segment("s", condition(event("buy").within("1d")))
    memberships = SegmentSet([segment]).start(person, now=NOON)
    expected = None if hours is None else NOON + span(f"{hours}h")
    assert memberships.next_at == expected == first_change([segment], person)


def test_a_period_ends_for_all_at_once_and_all_time_never():
    person = _buyer([(0, 0, 5), (1, 0, 7)])
    together = SegmentSet([
        Segment("month", event("buy").in_(calendar("month")).sum("n") >= 10),
        Segment("more", event("buy").in_(calendar("month")).count() >= 3),
        Segment("ever", event("buy").count() >= 2),
    ])
    before = together.start(person, now=NOON)
    assert before.inside == ("month", "ever")
    assert before.next_at == instant("2026-11-01T00:00Z")
    after = together.update(before, person, now=before.next_at)
    assert after.left == ("month",)
    assert after.memberships.next_at is None


def test_windows_may_be_asked_about_in_turn():
    person = _buyer([(3, 0, 5), (0, 0, 7)])
    together = SegmentSet([
        Segment("ever", event("buy").sum("n") >= 12),
        Segment("today", event("buy").in_(calendar("day")).sum("n") >= 12),
        Segment("twice ever", event("buy").count() >= 2),
        Segment("twice today", event("buy").in_(calendar("day")).count() >= 2),
    ])
    memberships = together.start(person, now=NOON)
    assert memberships.inside == ("ever", "twice ever")


def test_a_purchase_moves_every_window_that_it_falls_into():
    spans = [f"{days}d" for days in (1, 3, 7, 30)]
    together = SegmentSet(
        Segment(f"{length}-{times}", event("buy").within(length).count() >= times)
        for length in spans
        for times in (1, 2, 3)
    )
    first = _buyer([(8, 0, 1)])
    second = Event("buy", "c", at=NOON, id="new")
    before = together.start(first, now=NOON)
    assert before.inside == ("3d-1", "7d-1", "30d-1")
    bought = Person(first.contact, first.timeline.observing([second]))
    change = together.update(before, bought, now=NOON)
    assert change.entered == ("1d-1", "3d-2", "7d-2", "30d-2")
    assert change.memberships.next_at == NOON + span("1d")


@pytest.mark.parametrize("values", [(-4, 5), (-4.5, 5.5), (Decimal("-4.5"), 5)])
def test_a_refund_that_leaves_the_window_lets_the_sum_rise(values):
    before, after = values
    person = _buyer([(2, 0, before), (1, 0, after)])
    rich = Segment("rich", event("buy").within("1d").sum("n") >= 3)
    memberships = SegmentSet([rich]).start(person, now=NOON)
    assert memberships.inside == ()
    assert memberships.next_at == NOON + span("12h")


@pytest.mark.parametrize("times", [1, 19, 21, 33, 55])
def test_the_smallest_floats_are_told_apart(times):
    """Their exact values have more digits than any sum of decimals."""
    tiny = times * 5e-324
    person = _buyer([(3, 0, 0.0), (2, 0, tiny)])
    some = Segment("some", event("buy").within("1d").sum("n") >= tiny)
    memberships = SegmentSet([some]).start(person, now=NOON)
    assert memberships.inside == ("some",)
    assert memberships.next_at == NOON + span("12h")


def test_a_sum_of_floats_knows_nothing_of_those_to_come():
    person = _buyer([(1, 0, 5.5), (-1, 0, 1e17)])
    rich = Segment("rich", event("buy").within("1d").sum("n").between(5, 6))
    memberships = SegmentSet([rich]).start(person, now=NOON)
    assert memberships.inside == ("rich",)
    assert memberships.next_at == NOON + span("6h")


@pytest.mark.parametrize(
    ("rounded", "exact"), [(0.5, 2**53 + 1), (1e-20, Decimal("0.3"))]
)
def test_a_rounded_sum_may_be_followed_by_a_greater_one_that_is_exact(rounded, exact):
    """C7a: where a float is in it the sum is a float."""
    person = _buyer([(2, 0, rounded), (1, 0, exact)])
    rich = Segment("rich", event("buy").within("1d").sum("n") >= exact)
    together = SegmentSet([rich])
    before = together.start(person, now=NOON)
    assert (before.inside, before.next_at) == ((), NOON + span("12h"))
    change = together.update(before, person, now=before.next_at)
    assert change.entered == ("rich",)
    assert change.memberships.next_at == NOON + span("18h")


def test_an_event_to_come_counts_from_its_instant_on():
    """C7: one of half a day ago leaves at the instant at which the other one comes."""
    person = _buyer([(2, 0, 7), (-2, 0, 9)])
    once = Segment("once", event("buy").within("1d").count() == 1)
    rich = Segment("rich", event("buy").within("1d").sum("n") >= 9)
    some = Segment("some", event("buy").in_(calendar("year")).count() >= 1)
    together = SegmentSet([once, rich, some])
    before = together.start(person, now=NOON)
    assert before.inside == ("once", "some")
    assert before.next_at == NOON + span("12h")
    change = together.update(before, person, now=before.next_at)
    assert (change.entered, change.left) == (("rich",), ())
    assert change.memberships.next_at == NOON + span("36h")
    alone = SegmentSet([once]).start(person, now=NOON)
    assert alone.next_at == NOON + span("36h")


def test_what_is_bought_and_paid_back_at_once_leaves_at_once():
    person = _buyer([(2, 0, 3), (2, 0, -3), (1, 0, 1)])
    some = Segment("some", event("buy").within("1d").sum("n") >= 1)
    memberships = SegmentSet([some]).start(person, now=NOON)
    assert memberships.inside == ("some",)
    assert memberships.next_at == NOON + span("18h")


def test_more_steps_of_all_windows_together_are_met_than_are_kept():
    together = SegmentSet(
        Segment(f"{length}-{times}", event("buy").within(length).count() >= times)
        for length in ("1d", "2d", "3d")
        for times in range(1, 34)
    )
    for first, second, third in [*product(range(11), repeat=3), (0, 1, 2)]:
        ages = [0] * first + [4] * second + [8] * third
        person = _buyer([(age, 0, 1) for age in ages])
        held = together.start(person, now=NOON).mask.bit_count()
        assert held == 3 * first + 2 * second + third
