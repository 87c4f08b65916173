"""The smallest change that would give a clause another truth, in words."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from privflow.conditions.gap import Gap, gap_between
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
from privflow.conditions.one_more import asked_of_one_more
from privflow.conditions.reading import reads_of
from privflow.conditions.reference import (
    anchor_of,
    counts_now,
    end_of,
    rows_of,
    term_value,
    truth_of,
)
from privflow.conditions.scope import Facts
from privflow.conditions.sentence import beginning, sentence
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Derived, Property
from privflow.conditions.text import value_source
from privflow.conditions.truth import NO, YES
from privflow.conditions.wording import Language, said, span_words
from privflow.facts import FOREVER, Number, Value, is_number
from privflow.timing import FIRST_US, LAST_US, Instant, Span

_WHOLE = frozenset({"count", "days_with", "distinct"})
_BY_EVENTS = {"count": "more_events", "days_with": "more_days"}
_BY_GAIN = frozenset({"ever", "had_within"})
_BY_LOSS = frozenset({"held_for", "held_since"})
_MOST_DIGITS = 40
_MOST_NAMED = 5
"""Values in a row: nobody reads on."""


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
    if _waits(clause, facts) or _stays(clause, facts):
        return ""
    return _vaguely(clause, facts, language)


def _stays(clause: Node, facts: Facts) -> bool:
    """Whether no new fact makes it another: what is known, and what once was."""
    match clause:
        case Missing():
            return truth_of(clause, facts) is not YES
        case Held(_, _, "ever"):
            return truth_of(clause, facts) is YES
        case Test():
            return asked_of_one_more(clause, facts) == ""
        case _:
            return False


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
    if isinstance(clause, Tagged | Held):
        return _tags_for(clause, facts, language)
    changed = _change_of_test(clause, facts, language)
    if not changed and isinstance(clause, Test):
        changed = _event_for(clause, facts, language)
    if changed or truth_of(clause, facts) is YES:
        return changed or _value_for(clause, facts, language)
    say = partial(said, language)
    match clause:
        case Exists(of) if counts_now(of, facts):
            return say("one_event", _such(of, language))
        case Followed(of, then, _, True) if _is_awaited(clause, facts):
            return say("one_in_time", _such(then, language))
        case Missing(Attribute(name, None)):
            return say("forgotten", name)
        case _:
            return _value_for(clause, facts, language)


def _tags_for(clause: Tagged | Held, facts: Facts, language: Language) -> str:
    """Which labels would have to be gained, or lost."""
    say, is_yes = partial(said, language), truth_of(clause, facts) is YES
    group, how = clause.group, clause.how
    if isinstance(clause, Held):
        if how not in (_BY_LOSS if is_yes else _BY_GAIN):
            return ""
        labels, is_gain = [clause.label], not is_yes
    else:
        ordered = clause.order or clause.labels
        labels = [label for label in ordered if label in clause.wanted]
        is_gain = is_yes == (how == "none_of")
    if not is_gain:
        labels = [label for label in labels if label in _held_now(group, facts)]
    told = say("or" if is_gain else "and").join(dict.fromkeys(labels))
    return say("a_tag" if is_gain else "no_tag", f"{group}:{told}")


def _held_now(group: str, facts: Facts) -> set[str]:
    rows, now = facts.subject.contact.tags.of_group(group), facts.now_us
    return {label for since, until, label in rows if since <= now < until}


def _value_for(clause: Node, facts: Facts, language: Language) -> str:
    """Which value of an attribute would flip a clause; empty where too many would."""
    wanted: tuple[Value, ...]
    is_yes = truth_of(clause, facts) is YES
    match clause:
        case Test(Attribute(name), "==" | "!=" as operator, argument) if is_yes == (
            operator == "!="
        ):
            wanted = (argument,)
        case Test(Attribute(name), "is_in", tuple() as wanted) if not is_yes:
            pass
        case _:
            return ""
    told = said(language, "or").join(map(_told, wanted))
    return said(language, "a_value", told, name) if len(wanted) <= _MOST_NAMED else ""


def _told(value: Value) -> str:
    return beginning(value_source(value))


def _change_of_test(clause: Node, facts: Facts, language: Language) -> str:
    """By how much a number, a date or an instant would have to be another one."""
    if not isinstance(clause, Test) or not _can_be_changed(clause.term, facts):
        return ""
    value = term_value(clause.term, facts)
    gap = gap_between(clause.operator, value, clause.argument)
    if gap is None or (is_number(value) and _steps_over(clause, value, gap)):
        return ""
    return _words_for(clause.term, gap, language)


def _steps_over(clause: Test, value: Number, gap: Gap) -> bool:
    """Whether a count, which is whole, can only pass by what it would have to be."""
    if clause.operator not in {"==", "!=", "between"} or not _is_whole(clause.term):
        return False
    return gap_between(clause.operator, value + gap.whole, clause.argument) is not None


def _is_whole(term: Term) -> bool:
    return isinstance(term, Measure) and term.what in _WHOLE


def _is_awaited(node: Followed, facts: Facts) -> bool:
    """Whether one of the first events is there whose time is not over."""
    of, start = node.first, max(facts.now_us - node.within.us, FIRST_US)
    if anchor_of(of, facts) is None or end_of(of) <= start:
        return False
    begin = Instant(start) if of.start is None else max(of.start, Instant(start))
    # No event counts before it comes, so the last instant bounds no more than none.
    end = Instant(LAST_US) if of.end is None else of.end
    return begin < end and bool(rows_of(evolve(of, start=begin, end=end), facts))


def _event_for(clause: Test, facts: Facts, language: Language) -> str:
    """What one event more must have, to be the smallest, largest, first or last."""
    operator = asked_of_one_more(clause, facts)
    if not operator or not isinstance(clause.term, Measure):
        return ""
    of, name = clause.term.of, clause.term.property
    if of.where is not None and name in reads_of(of.where).properties:
        return ""
    told = sentence(Test(Property(name), operator, clause.argument), language)
    return said(language, "one_event_whose", _such(of, language), told)


def _such(of: Happening, language: Language) -> str:
    return of.name if of.where is None else said(language, "such", of.name)


def _can_be_changed(term: Term, facts: Facts) -> bool:
    """Whether something other than time makes it more or less."""
    match term:
        case Attribute() | Property():
            return True
        case Measure(what, of):
            return what in {*_WHOLE, "sum"} and counts_now(of, facts)
        case Derived():
            return not term.by_time
        case _:
            return False


def _words_for(term: Term, gap: Gap, language: Language) -> str:
    say = partial(said, language)
    if isinstance(term, Measure):
        if not gap.upwards:
            return ""
        if term.what in _WHOLE:
            subject = term.property or _such(term.of, language)
            return say(_BY_EVENTS.get(term.what, "more_kinds"), gap.whole, subject)
    if isinstance(gap.size, Span):
        key = "later" if gap.upwards else "earlier"
        return say(key, span_words(language, gap.size))
    key = "more" if gap.upwards else "less"
    if len(str(gap.size)) > _MOST_DIGITS:
        return ""
    if not gap.size:
        return say(f"any_{key}")
    return say(f"over_{key}" if gap.is_over else key, gap.size)
