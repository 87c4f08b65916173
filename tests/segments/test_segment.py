"""A segment: a name, a condition, and what can be asked of it."""

from __future__ import annotations

import pytest

from privflow.conditions import Scope, Truth, attr, event, in_journey
from privflow.engine import ContactState
from privflow.errors import (
    ConditionTypeError,
    DefinitionError,
    NotABooleanError,
    ProtocolError,
    UnknownFormatError,
)
from privflow.segments import Segment, SegmentSet
from strategies.story import START, happens, later, person

BUYERS = Segment(
    "buyers", event("buy").within("1d").exists(), description="bought today"
)
BOTH = SegmentSet([BUYERS, Segment("adults", attr.age >= 18)])


def test_it_holds_whom_the_condition_says_yes_of():
    """C1."""
    state = ContactState(person()).observing([happens("buy")])
    assert BUYERS.contains(state, now=START)
    assert BUYERS.predicate()(state, START) is True
    verdict = BUYERS.judge(state, now=START)
    assert (verdict.value, verdict.stable_until) == (Truth.YES, later("1d"))
    assert not BUYERS.contains(state, now=later("1d"))
    assert "buy" in str(BUYERS.explain(state, now=START))


def test_who_is_unknown_does_not_belong():
    """C1."""
    state = ContactState(person())
    for condition in (attr.age > 40, ~(attr.age > 40)):
        assert not Segment("s", condition).contains(state, now=START)


def test_it_looks_at_the_journeys_of_the_scope():
    newcomers = Segment("newcomers", in_journey("welcome"))
    people = [ContactState(person())] * 3
    inside = Scope(journeys={"welcome": "hello"})
    for scope, count in ((inside, 3), (Scope(), 0)):
        assert newcomers.contains(people[0], now=START, scope=scope) == bool(count)
        chosen = newcomers.select(people, now=START, scope=scope)
        assert len(list(chosen)) == count


def test_it_tells_how_many_it_has_looked_at():
    heard: list[int] = []
    people = [ContactState(person())] * 3
    assert not list(BUYERS.select(people, now=START, progress=heard.append))
    assert heard == [3]


@pytest.mark.parametrize(
    "ask",
    [
        lambda state, now: BUYERS.contains(state, now=now),
        BUYERS.predicate(),
        lambda state, now: BUYERS.judge(state, now=now),
        lambda state, now: BUYERS.explain(state, now=now),
        lambda state, now: list(BUYERS.select([state], now=now)),
        lambda state, now: list(Segment("s", attr.n > 1).select([state], now=now)),
        lambda state, now: BOTH.start(state, now=now),
        lambda state, now: BOTH.mask(state, now=now),
        lambda state, now: BOTH.update(BOTH.start(state, now=START), state, now=now),
    ],
)
@pytest.mark.parametrize("now", ["2026-10-20", None, 1_792_000_000])
def test_what_is_no_instant_is_refused(ask, now):
    """T2: a text or a number says nothing without a zone and a unit."""
    with pytest.raises(ProtocolError, match="expected an instant"):
        ask(ContactState(person()), now)


def test_it_reads_as_a_sentence():
    assert str(BUYERS) == f"buyers (bought today): {BUYERS.condition}"
    assert str(Segment("s", attr.n > 1)) == f"s: {attr.n > 1}"
    assert f"{BUYERS:zh}" == f"buyers (bought today): {BUYERS.condition:zh}"
    with pytest.raises(UnknownFormatError):
        format(BUYERS, "fr")


def test_it_is_judged_in_either_language():
    state = ContactState(person())
    verdict = BUYERS.judge(state, now=START, language="zh")
    assert verdict.reasons == ("NO: 有 近1天的 buy [共 0 次]",)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Segment("", attr.n > 1), DefinitionError),
        (lambda: Segment("s", True), ConditionTypeError),
        (lambda: Segment("s", event("buy")), ConditionTypeError),
        (lambda: BUYERS & (attr.n > 1), ConditionTypeError),
        (lambda: BUYERS | "vip", ConditionTypeError),
        (lambda: BUYERS - None, ConditionTypeError),
        (lambda: SegmentSet([attr.n > 1]), ConditionTypeError),
        (lambda: SegmentSet("vip"), DefinitionError),
    ],
)
def test_what_is_no_segment_is_refused(make, error):
    with pytest.raises(error):
        make()


@pytest.mark.parametrize(
    "join", [lambda s: s and BUYERS, lambda s: s or BUYERS, lambda s: not s, bool]
)
def test_words_of_python_do_not_join_segments(join):
    """`vip and active` would be `active` alone."""
    with pytest.raises(NotABooleanError, match="segment 'buyers'") as caught:
        join(BUYERS)
    assert "`a & b`" in caught.value.hint
