"""Conditions compiled to one Python function each.

Only this file turns text into code, and only text that `expression` has written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, cast

from privflow.conditions.bucket import share_of
from privflow.conditions.derived import derived
from privflow.conditions.emitter import Emitter
from privflow.conditions.expression import no, yes
from privflow.conditions.local_time import local_part
from privflow.conditions.node import And, Node
from privflow.conditions.operator import tested
from privflow.conditions.reference import is_satisfied, truth_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.sentence import sentence
from privflow.conditions.sequence import is_followed
from privflow.conditions.tag_history import is_held
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth
from privflow.conditions.window import count_in, days_in, measure_in, sum_in
from privflow.facts import EMPTY, FOREVER, Choice, Properties, Series
from privflow.timing import Instant

Judge = Callable[[Subject, Instant, Scope], tuple[Truth, int]]
"""The truth about a contact, and until when at least, in microseconds."""


class Predicate(Protocol):
    """Whether a condition says YES of a contact at an instant."""

    def __call__(self, state: Subject, now: Instant, scope: Scope = NOWHERE, /) -> bool:
        """Judge one contact; the scope matters to conditions of journeys and rules."""


_GLOBALS: dict[str, object] = {
    "EMPTY": EMPTY,
    "FOREVER": FOREVER,
    "Instant": Instant,
    "NAN": float("nan"),
    "NO": NO,
    "NOWHERE": NOWHERE,
    "NUMBERS": frozenset({int, float, Decimal}),
    "UNKNOWN": UNKNOWN,
    "YES": YES,
    "count_in": count_in,
    "date": date,
    "days_in": days_in,
    "derived": derived,
    "is_followed": is_followed,
    "is_held": is_held,
    "NOTHING": Series.of(()),
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
        return truth_of(node, Facts(state, now.us, scope)) is YES

    to = Emitter(slowly)
    head = "def predicate(state, now, scope=NOWHERE, /):"
    again = "slowly(state, now, scope)"
    return cast("Predicate", _built(head, _body(node, to), to, again, title))


def compiled_judge(
    lasting: Sequence[Node], passing: Sequence[Judge], slowly: Judge, title: str
) -> Judge:
    """The function that judges an And: its truth, and until when it lasts.

    Args:
        lasting: the parts that time alone cannot change.
        passing: the judges of the others.
        slowly: what to ask where a value has an unexpected type.
        title: how tracebacks call it.
    """
    to = Emitter(slowly)
    judges = [to.named(judge) for judge in passing]
    head = "def predicate(state, now, scope, /):"
    body = _judge_body(lasting, judges, to)
    return cast("Judge", _built(head, body, to, "slowly(state, now, scope)", title))


def matcher(where: Node) -> Callable[[Properties], bool]:
    """The function that says whether an event's properties satisfy a clause."""

    def slowly(row: Properties) -> bool:
        return is_satisfied(where, row)

    to = Emitter(slowly)
    to.prelude["p"] = "p = row.get"
    head = "def predicate(row, /):"
    built = _built(head, _body(where, to), to, "slowly(row)", sentence(where))
    return cast("Callable[[Properties], bool]", built)


@lru_cache(maxsize=4_096)
def choice_of(where: Node) -> Choice:
    """The choice of those events that satisfy a clause; the same one for equal ones."""
    return Choice(matcher(where))


def chosen_rows(series: Series | None, where: Node | None) -> Series | None:
    """The series of those events alone that satisfy a clause."""
    return (
        series if series is None or where is None else series.chosen(choice_of(where))
    )


def _body(node: Node, to: Emitter) -> list[str]:
    """The parts of an And one after another, each with what is looked up for it."""
    lines: list[str] = []
    asked: list[str] = []
    for part in parts_of(node):
        expression = yes(part, to)
        fresh = to.taken()
        if fresh and asked:
            lines.append(f"if not ({' and '.join(asked)}): return False")
            asked = []
        lines += fresh
        asked.append(expression)
    return [*lines, f"return {' and '.join(asked)}"]


def _judge_body(
    lasting: Sequence[Node], judges: Sequence[str], to: Emitter
) -> list[str]:
    """Three answers with a horizon: what lasts first, then what time may change."""
    lines = ["answer, until, refused = YES, FOREVER, -FOREVER"]
    for part in lasting:
        is_yes, is_no = yes(part, to), no(part, to)
        lines += to.taken()
        lines += [f"if not ({is_yes}):", f"    if {is_no}: return NO, FOREVER"]
        lines.append("    answer = UNKNOWN")
    for judge in judges:
        lines += [
            f"said, lasts = {judge}(state, now, scope)",
            "if said is NO:",
            "    if lasts >= FOREVER: return NO, FOREVER",
            "    if lasts > refused: refused = lasts",
            "else:",
            "    if said is UNKNOWN: answer = UNKNOWN",
            "    if lasts < until: until = lasts",
        ]
    lines.append("if refused > -FOREVER: return NO, refused")
    return [*lines, "return answer, until"]


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts of which a node is the And; itself if it is none."""
    return node.parts if isinstance(node, And) else (node,)


def _built(head: str, body: list[str], to: Emitter, again: str, title: str) -> object:
    """The function itself; where a type was not expected, it asks `again`."""
    lines = [head, "    try:", *(f"        {line}" for line in body)]
    lines += ["    except TypeError:", f"        return {again}"]
    text = "\n".join(lines) + "\n"
    readable = "".join(char if char.isprintable() else " " for char in title)
    filename = f"<condition {readable[:60]}"
    choices = {name: choice_of(where) for name, where in to.wheres.items()}
    namespace = {**_GLOBALS, **to.constants, **choices, "__loader__": _Source(text)}
    namespace["__name__"] = __name__
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - our own text, see above
    return namespace["predicate"]


class _Source:
    """What `linecache` asks for the lines of a traceback."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str) -> str:
        """The source of the function, whatever the name."""
        return self._text
