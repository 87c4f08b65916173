"""Tags are facts with a life (K3)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow import conditions
from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.facts import Catalog, Contact, Tag, TagFact, TagGroup, Tags
from privflow.timing import Instant, Span

TIER = TagGroup("tier", ["low", "mid", "top"], exclusive=True, ordered=True)
HOBBY = TagGroup("hobby", ["tea", "run"])
tags = st.sampled_from([*TIER, *HOBBY])
steps = st.tuples(
    st.sampled_from(["add", "add", "remove"]),
    tags,
    st.integers(0, 20),
    st.none() | st.integers(0, 12),
)


def after(taken: list[tuple[str, Tag, int, int | None]]) -> Tags:
    found = Tags()
    for what, tag, at, ttl in taken:
        if what == "remove":
            found = found.removed(tag, at=Instant(at))
        else:
            length = None if ttl is None else Span(ttl)
            found = found.added(tag, at=Instant(at), source="manual", ttl=length)
    return found


def naive(taken: list[tuple[str, Tag, int, int | None]], now: int) -> set[Tag]:
    """Who holds what, step by step in the order of time: tag to its end."""
    ends: dict[Tag, float] = {}
    for what, tag, at, ttl in taken:
        if at > now:
            break
        ends = {held: end for held, end in ends.items() if at < end}
        if what == "remove":
            ends.pop(tag, None)
            continue
        if tag.exclusive:
            ends = {
                t: end for t, end in ends.items() if t.group != tag.group or t == tag
            }
        end = float("inf") if ttl is None else at + ttl
        ends[tag] = max(ends.get(tag, 0), end)
    return {tag for tag, end in ends.items() if now < end}


@given(st.lists(steps, max_size=12))
@settings(max_examples=500)
def test_the_history_tells_who_held_what_at_every_instant(taken):
    """K3: in the order of time, against an evaluation that forgets nothing."""
    ordered = sorted(taken, key=lambda step: step[2])
    found = after(ordered)
    for now in range(-1, 35):
        assert found.at(Instant(now)) == naive(ordered, now)


@given(st.lists(steps, max_size=12))
@settings(max_examples=500)
def test_exclusive_tags_are_never_held_together(taken):
    """K3: in any order, late additions too."""
    found = after(taken)
    for now in range(-1, 35):
        held = [tag for tag in found.at(Instant(now)) if tag.exclusive]
        assert len(held) <= 1
    for fact in found.history:
        assert fact.until is None or fact.since <= fact.until
    starts = [fact.since for fact in found.history]
    assert starts == sorted(starts)


@given(st.lists(steps, max_size=8), tags, st.integers(0, 20))
def test_what_was_added_is_held_and_what_was_removed_is_not(taken, tag, at):
    before = after(taken)
    now = Instant(at)
    added = before.added(tag, at=now, source="manual")
    assert tag in added.at(now)
    assert tag not in added.removed(tag, at=now).at(now)
    assert added.added(tag, at=now, source="other") is added
    assert before == after(taken)


@given(st.lists(steps, max_size=8))
def test_rows_are_the_history_by_group_the_newest_first(taken):
    found = after(taken)
    for group in found.rows:
        begun = [since for since, _, _ in found.of_group(group)]
        assert begun == sorted(begun, reverse=True)
    for now in range(25):
        held = {
            (group, label)
            for group in found.rows
            for since, until, label in found.of_group(group)
            if since <= now < until
        }
        assert held == {(tag.group, tag.label) for tag in found.at(Instant(now))}


def test_an_exclusive_tag_replaces_its_siblings_and_history_keeps_both():
    """K3."""
    contact = Contact("c").tagged(TIER["low"], at=Instant(0), source="rule:intimacy")
    contact = contact.tagged(TIER["mid"], at=Instant(5)).tagged(
        HOBBY["tea"], at=Instant(5)
    )
    assert contact.tags.at(Instant(5)) == {TIER["mid"], HOBBY["tea"]}
    assert contact.tags.at(Instant(4)) == {TIER["low"]}
    assert [fact.source for fact in contact.tags.history] == [
        "rule:intimacy",
        "manual",
        "manual",
    ]


def test_a_tag_that_is_held_keeps_its_start_and_lasts_longer_never_shorter():
    found = Tags().added(HOBBY["tea"], at=Instant(0), source="a", ttl="10us")
    assert found.added(HOBBY["tea"], at=Instant(5), source="b", ttl="3us") is found
    [fact] = found.added(HOBBY["tea"], at=Instant(5), source="b", ttl="8us").history
    assert fact == TagFact(
        tag=HOBBY["tea"], since=Instant(0), until=Instant(13), source="a"
    )
    [fact] = found.added(HOBBY["tea"], at=Instant(5), source="b").history
    assert fact.until is None


def test_a_late_exclusive_tag_ends_where_its_next_sibling_begins():
    found = Tags().added(TIER["low"], at=Instant(0), source="", ttl="5us")
    found = found.added(TIER["mid"], at=Instant(20), source="")
    found = found.added(TIER["low"], at=Instant(3), source="", ttl="100us")
    assert found.at(Instant(19)) == {TIER["low"]}
    assert found.at(Instant(20)) == {TIER["mid"]}


def test_removing_ends_every_stretch_that_holds():
    found = Tags().added(HOBBY["tea"], at=Instant(20), source="")
    found = found.added(HOBBY["tea"], at=Instant(5), source="")
    assert found.removed(HOBBY["tea"], at=Instant(25)).at(Instant(25)) == frozenset()


def test_removing_what_is_not_held_changes_nothing():
    contact = Contact("c")
    assert contact.untagged(HOBBY["tea"], at=Instant(0)) is contact


@pytest.mark.parametrize(
    ("build", "error", "hint"),
    [
        (lambda: TagGroup("", ["a"]), DefinitionError, "use a non-empty text"),
        (lambda: TagGroup("t", []), DefinitionError, "list its labels"),
        (lambda: TagGroup("t", ["a", ""]), DefinitionError, "use a non-empty text"),
        (lambda: TagGroup("t", ["a", "a"]), DuplicateNameError, "rename one of them"),
        (lambda: TIER["tpo"], UnknownNameError, "did you mean 'top'?"),
    ],
)
def test_groups_are_checked(build, error, hint):
    with pytest.raises(error) as caught:
        build()
    assert caught.value.hint == hint


def test_tags_read_as_group_and_label():
    assert str(TIER["low"]) == "tier:low"
    assert [tag.label for tag in TIER] == ["low", "mid", "top"]
    assert Tag("tier", "low") == TIER["low"]
    assert repr(Tags()) == "Tags()"
    assert repr(after([("add", TIER["low"], 0, None)])).startswith("Tags([TagFact(tag=")


# ── Open groups, sources ─────────────────────────────────────────────────────


def test_an_open_group_takes_any_label():
    """K3: those of an import are not known beforehand."""
    group = TagGroup("interest", ["tea"], open=True, exclusive=True)
    assert group["run"] == Tag("interest", "run")
    assert group["run"].exclusive
    assert "run" in group
    assert list(group) == [group["tea"]]
    assert 7 not in group
    for label in ("", "  "):
        with pytest.raises(DefinitionError):
            group[label]


def test_an_open_group_cannot_be_ordered_and_a_closed_one_not_empty():
    """K3."""
    with pytest.raises(DefinitionError) as caught:
        TagGroup("g", ["a"], open=True, ordered=True)
    assert "no place" in caught.value.hint
    assert TagGroup("g", open=True).labels == ()
    with pytest.raises(DefinitionError):
        TagGroup("g")


def test_a_catalogue_knows_every_label_of_an_open_group():
    """K3."""
    catalog = Catalog(tags=[TagGroup("interest", ["tea"], open=True), HOBBY])
    assert catalog.check(conditions.tag("interest").has("run")) == ()
    assert len(catalog.check(conditions.tag("hobby").has("swim"))) == 1


@pytest.mark.parametrize(
    "source", ["manual", "rule:a:b", "conversation", "import:", "import:crm"]
)
def test_a_source_is_one_of_a_few_families(source):
    """K3."""
    contact = Contact("c").tagged(HOBBY["tea"], at=Instant(0), source=source)
    assert contact.tags.history[0].source == source


@pytest.mark.parametrize("source", ["", "Rule", "rules:a", "crm"])
def test_another_source_is_refused_with_a_hint(source):
    """K3."""
    with pytest.raises(DefinitionError) as caught:
        Contact("c").tagged(HOBBY["tea"], at=Instant(0), source=source)
    assert "after a colon" in caught.value.hint
