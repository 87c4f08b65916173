"""How many contacts segments hold, alone and together."""

from __future__ import annotations

import pytest

from conditions.strategies import Person
from privflow.conditions import attr
from privflow.errors import UnknownNameError
from privflow.facts import Contact, Timeline
from privflow.segments import Segment, SegmentSet, take_census
from privflow.timing import instant

NOW = instant("2026-10-20T01:30Z")
GROWN = Segment("grown", attr.age >= 18)
LOCAL = Segment("local", attr.city == "上海")
PEOPLE = [
    Person(Contact(str(age), attributes={"age": age, "city": city}), Timeline())
    for age, city in [
        (10, "上海"),
        (20, "上海"),
        (30, "北京"),
        (40, "北京"),
        (50, "上海"),
    ]
]


def test_it_counts_each_segment_and_each_pair():
    census = take_census(SegmentSet([GROWN, LOCAL]), iter(PEOPLE), now=NOW)
    assert (census.total, census.size("grown"), census.size("local")) == (5, 4, 3)
    assert census.overlap("grown", "local") == 2
    assert census.difference("grown", "local") == 2
    assert census.difference("local", "grown") == 1


def test_differences_are_a_table_and_pairs_are_rows():
    census = take_census(SegmentSet([GROWN, LOCAL]), PEOPLE, now=NOW)
    assert census.differences().rows == (("grown", 0, 2), ("local", 1, 0))
    whole, first, second, _ = census.rows()
    assert first == {
        "segment": "grown",
        "other": "local",
        "size": 4,
        "overlap": 2,
        "difference": 2,
    }
    assert (second["segment"], second["difference"]) == ("local", 1)
    assert (whole["other"], whole["overlap"], whole["difference"]) == ("grown", 4, 0)


def test_the_rows_of_one_segment_tell_its_size():
    [row] = take_census(SegmentSet([GROWN]), PEOPLE, now=NOW).rows()
    assert (row["segment"], row["other"], row["size"]) == ("grown", "grown", 4)


def test_it_prints_as_a_table_and_as_html():
    census = take_census(SegmentSet([GROWN, LOCAL]), PEOPLE, now=NOW)
    assert str(census).splitlines()[0] == "5 contacts in 2 segments"
    assert "<table" in format(census, "html") and "<table" in census._repr_html_()
    assert repr(census) == "<Census of 5 contacts in 2 segments>"


def test_an_unknown_segment_is_refused_with_the_near_ones():
    census = take_census(SegmentSet([GROWN]), PEOPLE, now=NOW)
    with pytest.raises(UnknownNameError, match="did you mean 'grown'"):
        census.size("grwn")


def test_a_segment_selects_its_contacts_in_their_order():
    found = GROWN.select(iter(PEOPLE), now=NOW)
    assert [person.contact.id for person in found] == ["20", "30", "40", "50"]


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, []), (999, [999]), (1000, [1000]), (2001, [1000, 2000, 2001])],
)
def test_progress_is_told_after_each_thousand_and_at_the_end(count, told):
    heard: list[int] = []
    crowd = (PEOPLE[0] for _ in range(count))
    take_census(SegmentSet([GROWN]), crowd, now=NOW, progress=heard.append)
    assert heard == told


def test_segments_join_like_sets():
    both, either = GROWN & LOCAL, GROWN | LOCAL
    assert both.name == "(grown & local)" and either.name == "(grown | local)"
    assert [p.contact.id for p in both.select(PEOPLE, now=NOW)] == ["20", "50"]
    assert len(list(either.select(PEOPLE, now=NOW))) == 5
