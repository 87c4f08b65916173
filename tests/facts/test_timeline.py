"""A timeline is a value: no order, no repeat and no later version disturbs it."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.facts import (
    Choice,
    Event,
    Properties,
    Recent,
    Series,
    Timeline,
    is_number,
)
from privflow.timing import Instant

numbers = (
    st.integers(-5, 5)
    | st.sampled_from([10**30, -(10**30), Decimal("1e40"), Decimal("0.1"), Decimal(-3)])
    | st.sampled_from([Decimal("1e-200"), Decimal("1e299")])
)
values = numbers | st.sampled_from([0.5, 0.1, 1e16, True, "a", None, ["a", 1]])
rows = st.dictionaries(st.sampled_from(["x", "y"]), values, max_size=2)
exact_rows = st.dictionaries(
    st.sampled_from(["x", "y"]), numbers | st.sampled_from(["a", None]), max_size=2
)


def events_of(
    properties: st.SearchStrategy[dict[str, object]],
) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        st.sampled_from(["buy", "talk"]),
        st.just("c"),
        at=st.integers(0, 6).map(Instant),
        properties=properties,
    )


def content(timeline: Timeline) -> list[tuple[str, Instant, str, Properties]]:
    return [
        (name, *row) for name in sorted(timeline.series) for row in timeline.rows(name)
    ]


@given(
    st.lists(events_of(rows), max_size=10), st.randoms(use_true_random=False), st.data()
)
@settings(max_examples=300)
def test_any_order_and_any_repeats_give_the_same_timeline(events, random, data):
    """E1, E7."""
    expected = Timeline(events)
    shuffled = [
        *events,
        *data.draw(
            st.lists(st.sampled_from(events), max_size=4) if events else st.just([])
        ),
    ]
    random.shuffle(shuffled)
    one_by_one = Timeline()
    for event in shuffled:
        one_by_one = one_by_one.with_event(event)
    assert one_by_one == expected == Timeline().observing(iter(shuffled))
    assert hash(one_by_one) == hash(expected)
    assert content(one_by_one) == content(expected)
    assert len(one_by_one) == len({
        (event.name, event.at, event.key) for event in events
    })
    assert all(one_by_one.knows(event) for event in events)
    assert pickle.loads(pickle.dumps(one_by_one)) == expected


@given(st.lists(st.tuples(st.integers(0, 20), events_of(rows)), max_size=12))
@settings(max_examples=300)
def test_adding_to_an_old_version_disturbs_no_other(steps):
    """Each step grows any earlier version; all of them keep what they had."""
    versions = [(Timeline(), frozenset[Event]())]
    for place, event in steps:
        timeline, known = versions[place % len(versions)]
        versions.append((timeline.with_event(event), known | {event}))
    for timeline, known in versions:
        assert content(timeline) == content(Timeline(known))
        check_totals(timeline)


def check_totals(timeline: Timeline) -> None:
    for series in timeline.series.values():
        for name in ("x", "y", "never"):
            column = [series.row(i).get(name) for i in range(series.size)]
            for low in range(series.size + 1):
                for high in range(low, series.size + 1):
                    found = series.total(name, low, high)
                    assert found == naive_sum(column[low:high])


def naive_sum(values: Iterable[object]) -> object:
    """With fractions, which never round; a float as soon as there is one."""
    found = [value for value in values if is_number(value)]
    floats = [value for value in found if isinstance(value, float)]
    exact = sum(Fraction(value) for value in found if not isinstance(value, float))
    return fsum([*floats, float(exact)]) if floats else exact


@given(st.lists(events_of(exact_rows), max_size=12))
@settings(max_examples=200)
def test_sums_without_floats_are_exact_in_every_window(events):
    """C7a."""
    check_totals(Timeline(events))


def test_sums_do_not_depend_on_the_host():
    """C7a."""
    with localcontext(prec=2):
        rows = [
            Event("buy", "c", at=Instant(i), properties={"x": Decimal("12345.67")})
            for i in range(3)
        ]
        total = Timeline(rows).series["buy"].total("x", 0, 3)
    assert total == Decimal("37037.01")


def test_an_event_without_an_id_is_known_by_its_content():
    one = Event("buy", "c", at=Instant(5), properties={"x": 1})
    same = Event("buy", "c", at=Instant(5), properties={"x": 1})
    other = Event("buy", "c", at=Instant(5), properties={"x": True})
    assert one.key == same.key
    assert one.key != other.key
    assert len(Timeline([one, same, other])) == 2
    named = [Event("buy", "c", at=Instant(5), id=name) for name in ("a", "b", "a")]
    assert len(Timeline(named)) == 2


def test_a_repeat_gives_the_very_same_timeline():
    event = Event("buy", "c", at=Instant(5))
    timeline = Timeline([event])
    assert timeline.with_event(event) is timeline
    assert not timeline.knows(Event("talk", "c", at=Instant(5)))


def test_events_of_one_instant_are_ordered_by_id():
    """E7."""
    events = [Event("buy", "c", at=Instant(5), id=name) for name in "bca"]
    assert [key for _, key, _ in Timeline(events).rows("buy")] == ["a", "b", "c"]


def test_a_timeline_compares_with_timelines_alone():
    assert Timeline() != "timeline"
    assert Timeline() == Timeline([])
    assert list(Timeline().rows("buy")) == []
    assert repr(Timeline()) == "<Timeline empty>"
    assert repr(Timeline([Event("buy", "c", at=Instant(5))])) == "<Timeline buy: 1>"


@pytest.mark.parametrize("name", ["'", "a\nb", "__class__", "\ud800"])
def test_hostile_names_are_names(name):
    event = Event(name, "c", at=Instant(5), properties={name: name})
    timeline = Timeline([event, event])
    assert content(timeline) == [(name, Instant(5), event.key, event.properties)]


# ── Choices of events ────────────────────────────────────────────────────────


def even(fields: Properties) -> bool:
    return fields.get("x", 1) % 2 == 0


@given(st.lists(st.integers(0, 30), max_size=25), st.integers(0, 25))
def test_what_is_chosen_is_the_same_however_the_series_grew(instants, at):
    """Versions share what was looked at, and none sees what came after it."""
    choice, versions = Choice(even), [Timeline()]
    for place, us in enumerate(instants):
        row = Event("b", "c", at=Instant(us), id=f"{place}", properties={"x": us})
        versions.append(versions[-1].with_event(row))
        if place % 3 == 0:
            versions[-1].series["b"].chosen(choice)
    for version in [*versions, *reversed(versions[:at])]:
        series = version.series.get("b", Series.of(()))
        chosen = series.chosen(choice)
        assert list(chosen.times[: chosen.size]) == [
            us for us in series.times[: series.size] if us % 2 == 0
        ]


def test_only_so_many_choices_are_kept():
    timeline = Timeline([Event("b", "c", at=Instant(0), properties={"x": 2})])
    series = timeline.series["b"]
    for _ in range(100):
        assert series.chosen(Choice(even)).size == 1
    assert len(series._chosen)  # noqa: SLF001 - bounded, and nothing else shows it <= 32


def test_a_timeline_that_was_asked_still_pickles():
    timeline = Timeline([Event("b", "c", at=Instant(0), properties={"x": 2})])
    timeline.series["b"].chosen(Choice(lambda _: True))
    assert pickle.loads(pickle.dumps(timeline)) == timeline


# ── The last so much time ────────────────────────────────────────────────────


def places(series: Series, low: int, high: int) -> tuple[int, ...]:
    return tuple(series.times[low:high])


@given(
    st.lists(st.integers(0, 30), max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 40)), min_size=1),
)
@settings(max_examples=200)
def test_what_is_kept_of_recent_events_is_what_happened(instants, questions):
    """Asked of any version at any instant, in any order: T2."""
    asked, versions = Recent(5, places), [Timeline()]
    for place, us in enumerate(instants):
        versions.append(
            versions[-1].with_event(Event("b", "c", at=Instant(us), id=f"{place}"))
        )
    for version, now in questions:
        known = instants[: version % len(versions)]
        series = versions[version % len(versions)].series.get("b", Series.of(()))
        since, until, count, low, found, _ = series.recent(asked, now)
        assert found == tuple(sorted(us for us in known if now - 5 < us <= now))
        assert since <= now < until
        assert count == len(found)
        assert list(series.times[low : low + count]) == list(found)
        for later in range(max(since, -9), min(until, 60)):
            assert found == tuple(sorted(us for us in known if later - 5 < us <= later))


def test_only_so_many_answers_are_kept_and_none_for_everybody():
    empty = Series.of(())
    series = Timeline([Event("b", "c", at=Instant(0))]).series["b"]
    for length in range(1, 200):
        series.recent(Recent(length, places), 0)
    assert 0 < len(series.kept) <= 64
    assert not empty.kept
    assert not Series.of(()).kept
