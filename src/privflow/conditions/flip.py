"""The smallest change that would give a clause another truth, in words."""

from __future__ import annotations

from functools import partial
from math import ceil, floor

from attrs import evolve, frozen

from privflow.conditions.node import (
    Exists,
    Followed,
    Happening,
    InJourney,
    Measure,
    Missing,
    Node,
    Not,
    Term,
    Test,
    clauses_of,
    happenings_of,
)
from privflow.conditions.reference import (
    anchor_of,
    end_of,
    rows_of,
    term_value,
    truth_of,
)
from privflow.conditions.scope import Facts
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Derived, Property
from privflow.conditions.truth import NO, YES
from privflow.conditions.wording import Language, said
from privflow.facts import FOREVER, Number, Value, is_number, minus
from privflow.timing import FIRST_US, LAST_US, Instant

_WHOLE = frozenset({"count", "days_with", "distinct"})
_BY_EVENTS = {"count": "more_events", "days_with": "more_days"}


def flip(node: Node, facts: Facts, until: int, language: Language) -> str:
    """What would change a clause, or the opposite of one; empty where nothing will.

    Args:
        until: when time alone changes it.
    """
    say = partial(said, language)
    clause = node.part if isinstance(node, Not) else node
    amount = _amount(clause, facts, language)
    if amount:
        key = "would_do" if truth_of(node, facts) is NO else "would_change"
        wait = say("or_wait", Instant(until)) if until < FOREVER else ""
        return say("by_amount", say(key, amount), wait)
    if until < FOREVER:
        return say("by_time", Instant(until))
    return "" if _waits(clause, facts) else _vaguely(clause, facts, language)


def _waits(clause: Node, facts: Facts) -> bool:
    """Whether it asks about events after an entry that is not known here."""
    happenings = (of for one in clauses_of(clause) for of in happenings_of(one))
    return any(anchor_of(of, facts) is None for of in happenings)


def _vaguely(clause: Node, facts: Facts, language: Language) -> str:
    """Which facts might change it, where no amount can be named."""
    say = partial(said, language)
    match clause:
        case Test(Attribute(name) | Derived(_, Attribute(name))):
            return say("new_value", name)
        case Missing(Attribute(name)):
            return say("new_value", name)
        case Test(Property(name) | Derived(_, Property(name))):
            return say("other_event", name)
        case Missing(Property(name)):
            return say("other_event", name)
        case Test(Measure(_, of)) | Exists(of):
            is_over = end_of(of) <= facts.now_us
            return "" if is_over else say("next_event", of.name)
        case Followed(Happening(name), Happening(then)):
            return say("next_event", name if name == then else f"{name} / {then}")
        case Tagged(group) | Held(group):
            return say("some_tag", group)
        case InJourney(journey):
            return say("its_journey", journey)
        case _:
            return ""


def _amount(clause: Node, facts: Facts, language: Language) -> str:
    """How much of something would flip a clause; empty where that cannot be said."""
    say = partial(said, language)
    if truth_of(clause, facts) is YES:
        return _change_of_test(clause, facts, language)
    match clause:
        case Exists(of) if _counts_now(of, facts):
            return say("one_event", _such(of, language))
        case Followed(of, then, _, True) if _is_awaited(clause, facts):
            return say("one_in_time", _such(then, language))
        case Tagged(group, how) if how != "none_of":
            ordered = [label for label in clause.order if label in clause.wanted]
            labels = say("or").join(ordered or clause.labels)
            return say("a_tag", f"{group}:{labels}")
        case _:
            return _change_of_test(clause, facts, language)


def _change_of_test(clause: Node, facts: Facts, language: Language) -> str:
    """By how much a number would have to be another one."""
    if not isinstance(clause, Test) or not _can_be_changed(clause.term, facts):
        return ""
    value = term_value(clause.term, facts)
    if not is_number(value):
        return ""
    gap = _gap(clause.operator, value, clause.argument)
    if gap is None or _steps_over(clause, value, gap):
        return ""
    return _words_for(clause.term, gap, language)


def _steps_over(clause: Test, value: Number, gap: _Gap) -> bool:
    """Whether a count, which is whole, can only pass by what it would have to be."""
    if clause.operator not in {"==", "!=", "between"} or not _is_whole(clause.term):
        return False
    reached = value + ceil(gap.size)
    return _gap(clause.operator, reached, clause.argument) is not None


def _is_whole(term: Term) -> bool:
    return isinstance(term, Measure) and term.what in _WHOLE


def _counts_now(of: Happening, facts: Facts) -> bool:
    """Whether an event of this very instant would be one of them."""
    anchor = anchor_of(of, facts)
    return anchor is not None and anchor <= facts.now_us < end_of(of)


def _is_awaited(node: Followed, facts: Facts) -> bool:
    """Whether one of the first events is there whose time is not over."""
    of, start = node.first, max(facts.now_us - node.within.us, FIRST_US)
    if anchor_of(of, facts) is None or end_of(of) <= start:
        return False
    begin = Instant(start) if of.start is None else max(of.start, Instant(start))
    # No event counts before it comes, so the last instant bounds no more than none.
    end = Instant(LAST_US) if of.end is None else of.end
    return begin < end and bool(rows_of(evolve(of, start=begin, end=end), facts))


def _such(of: Happening, language: Language) -> str:
    return of.name if of.where is None else said(language, "such", of.name)


def _can_be_changed(term: Term, facts: Facts) -> bool:
    """Whether something other than time makes it more or less."""
    match term:
        case Attribute() | Property():
            return True
        case Measure(what, of):
            return what in {*_WHOLE, "sum"} and _counts_now(of, facts)
        case Derived():
            return not term.by_time
        case _:
            return False


@frozen
class _Gap:
    """How far a number is from where a comparison flips.

    Args:
        is_over: whether it takes more than that.
    """

    size: Number
    upwards: bool
    is_over: bool = False


def _gap(operator: str, value: Number, bound: Value) -> _Gap | None:
    if operator == "between" and isinstance(bound, tuple):
        low, high = bound
        if not is_number(low) or not is_number(high) or low <= value <= high:
            return None
        return _Gap(_distance(low if value < low else high, value), value < low)
    if not is_number(bound):
        return None
    if operator in {"==", "!="}:
        return None if value == bound else _Gap(_distance(bound, value), value < bound)
    if operator not in {"<", "<=", ">", ">="}:
        return None
    beyond = operator in {"<=", ">"}
    upwards = value < bound or (value == bound and beyond)
    return _Gap(_distance(bound, value), upwards, upwards == beyond)


def _distance(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        return abs(round(float(left) - float(right), 9))
    size = minus(left, right)
    return -size if size < 0 else size


def _words_for(term: Term, gap: _Gap, language: Language) -> str:
    say = partial(said, language)
    if isinstance(term, Measure):
        if not gap.upwards:
            return ""
        if term.what in _WHOLE:
            count = floor(gap.size) + 1 if gap.is_over else ceil(gap.size)
            subject = term.property or _such(term.of, language)
            return say(_BY_EVENTS.get(term.what, "more_kinds"), count, subject)
    key = "more" if gap.upwards else "less"
    if not gap.size:
        return say(f"any_{key}")
    return say(f"over_{key}" if gap.is_over else key, gap.size)
