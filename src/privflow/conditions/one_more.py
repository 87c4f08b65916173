"""What one event more must have to change a smallest, largest, first or last value."""

from __future__ import annotations

from privflow.conditions.node import Measure, Test
from privflow.conditions.operator import NEGATED
from privflow.conditions.reference import counts_now, term_value, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.truth import YES
from privflow.facts import Value, is_number

_BEYOND = {"min": "<", "max": ">"}
_ENDS = frozenset({"first", "last"})


def asked_of_one_more(clause: Test, facts: Facts) -> str | None:
    """The test that one event more must pass; empty if none can, None if who knows."""
    term, operator, argument = clause.term, clause.operator, clause.argument
    if not isinstance(term, Measure) or term.what not in {*_BEYOND, *_ENDS}:
        return None
    if not counts_now(term.of, facts):
        return None
    value = term_value(term, facts)
    if term.what == "first" and value is not None:
        return ""
    if truth_of(clause, facts) is YES:
        if operator not in NEGATED or not is_number(argument):
            return None
        operator = NEGATED[operator]
    if term.what in _BEYOND and value is not None:
        return _asked_beyond(_BEYOND[term.what], operator, value, argument)
    return operator


def _asked_beyond(
    beyond: str, operator: str, value: Value, argument: Value
) -> str | None:
    """The same, where what counts is the value that is beyond all others.

    Args:
        beyond: `"<"` for a smallest value, `">"` for a largest one.
    """
    if operator not in NEGATED or not is_number(value) or not is_number(argument):
        return None
    if operator == "!=":
        return beyond
    is_beyond = argument < value if beyond == "<" else argument > value
    if operator == "==":
        return operator if is_beyond else ""
    return operator if operator.startswith(beyond) else ""
