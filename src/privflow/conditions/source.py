"""Conditions compiled to one Python function each.

Only this file turns conditions into code, and only text that `expression` has written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, cast

from privflow.conditions.bucket import share_of
from privflow.conditions.cost import by_cost
from privflow.conditions.derived import derived
from privflow.conditions.emitter import Emitter
from privflow.conditions.expression import one_of, yes
from privflow.conditions.interval import with_intervals
from privflow.conditions.local_time import local_part
from privflow.conditions.node import And, Node, Or
from privflow.conditions.operator import tested
from privflow.conditions.reference import is_satisfied, truth_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.sentence import sentence
from privflow.conditions.sequence import is_followed
from privflow.conditions.tag_history import is_held
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth
from privflow.conditions.window import (
    NOTHING,
    count_in,
    days_in,
    falls_below,
    measure_in,
    sum_in,
)
from privflow.facts import EMPTY, FOREVER, NO_ROWS, OVER, Choice, Properties, Series
from privflow.timing import Instant

Judge = Callable[[Subject, Instant, Scope], tuple[Truth, int]]
"""The truth about a contact, and until when at least, in microseconds."""


class Predicate(Protocol):
    """Whether a condition says YES of a contact at an instant."""

    def __call__(self, state: Subject, now: Instant, scope: Scope = NOWHERE, /) -> bool:
        """Judge one contact; the scope matters to conditions of journeys and rules."""


_GLOBALS: dict[str, object] = {
    "ALWAYS_NO": (NO, FOREVER),
    "ALWAYS_YES": (YES, FOREVER),
    "EMPTY": EMPTY,
    "FOREVER": FOREVER,
    "Instant": Instant,
    "NAN": float("nan"),
    "NO": NO,
    "NO_ROWS": NO_ROWS,
    "NOTHING": NOTHING,
    "NOWHERE": NOWHERE,
    "OVER": OVER,
    "NUMBERS": frozenset({int, float, Decimal}),
    "UNKNOWN": UNKNOWN,
    "YES": YES,
    "count_in": count_in,
    "date": date,
    "days_in": days_in,
    "bisect_left": bisect_left,
    "bisect_right": bisect_right,
    "derived": derived,
    "falls_below": falls_below,
    "is_followed": is_followed,
    "is_held": is_held,
    "local_part": local_part,
    "measure_in": measure_in,
    "share_of": share_of,
    "sum_in": sum_in,
    "tested": tested,
}


def compiled(node: Node, title: str) -> Predicate:
    """The function that says whether a node is YES.

    Args:
        title: how tracebacks call it.
    """

    def slowly(state: Subject, now: Instant, scope: Scope) -> bool:
        return truth_of(node, Facts.at(state, now, scope)) is YES

    to = Emitter(slowly, node)
    head = "def predicate(state, now, scope=NOWHERE, /):"
    again = "return slowly(state, now, scope)"
    body = _body(node, to)
    return cast("Predicate", built(head, [*to.first(), *body], to, again, title))


def matcher(where: Node) -> Callable[[Properties], bool]:
    """The function that says whether an event's properties satisfy a clause."""

    def slowly(row: Properties) -> bool:
        return is_satisfied(where, row)

    to = Emitter(slowly, where)
    to.prelude["p"] = "p = row"
    head = "def predicate(row, /):"
    made = built(head, _body(where, to), to, "return slowly(row)", sentence(where))
    return cast("Callable[[Properties], bool]", made)


@lru_cache(maxsize=4_096)
def choice_of(where: Node) -> Choice:
    """The choice of those events that satisfy a clause; the same one for equal ones."""
    return Choice(matcher(where))


def chosen_rows(series: Series | None, where: Node | None) -> Series:
    """The series of those events alone that satisfy a clause."""
    if series is None:
        return NOTHING
    return series if where is None else series.chosen(choice_of(where))


def _body(node: Node, to: Emitter) -> list[str]:
    """The parts of an And or an Or one after another, the cheap ones first."""
    if isinstance(node, Or):
        asked = [(yes(part, to), to.taken()) for part in by_cost(node.parts)]
        return _asked(asked, " or ", "if {}: return True")
    parts = with_intervals(by_cost(parts_of(node)))
    asked = [(one_of(part, to), to.taken()) for part in parts]
    return _asked(asked, " and ", "if not ({}): return False")


def _asked(asked: list[tuple[str, list[str]]], joint: str, stop: str) -> list[str]:
    """Expressions one after another, each behind the lines that it needs.

    Args:
        stop: the line that ends the matter, with a gap for what is asked.
    """
    lines: list[str] = []
    waiting: list[str] = []
    for expression, fresh in asked:
        if fresh and waiting:
            lines.append(stop.format(joint.join(waiting)))
            waiting = []
        lines += fresh
        waiting.append(expression)
    return [*lines, f"return {joint.join(waiting)}"]


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts of which a node is the And; itself if it is none."""
    return node.parts if isinstance(node, And) else (node,)


def built(head: str, body: list[str], to: Emitter, again: str, title: str) -> object:
    """The function itself; where a type was not expected, it ends with `again`."""
    lines = [head, "    try:", *(f"        {line}" for line in body)]
    lines += ["    except (TypeError, AttributeError):", f"        {again}"]
    text = "\n".join(lines) + "\n"
    readable = "".join(char if char.isprintable() else " " for char in title)
    filename = f"<condition {readable[:60]}"
    choices = {name: choice_of(where) for name, where in to.wheres.items()}
    namespace = {**_GLOBALS, **to.constants, **choices, "__loader__": _Source(text)}
    namespace["__name__"] = __name__
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - our own text, see above
    return namespace[head[len("def ") : head.index("(")]]


class _Source:
    """What `linecache` asks for the lines of a traceback."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str) -> str:
        """The source of the function, whatever the name."""
        return self._text
