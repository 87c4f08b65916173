"""A condition: a node with everything that can be asked of it."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions.check import problems_of
from privflow.conditions.explanation import Explanation, explained
from privflow.conditions.judging import Judging, judge_of, verdict_of
from privflow.conditions.node import Node, Surely, conjoined, disjoined, inverted
from privflow.conditions.portability import unportable
from privflow.conditions.reading import Reads, reads_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.sentence import sentence
from privflow.conditions.source import Judge, Predicate, compiled
from privflow.conditions.text import node_source
from privflow.conditions.unfinished import Unfinished
from privflow.conditions.wording import Language, language_of
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    NotABooleanError,
    brief,
)
from privflow.facts import Catalog
from privflow.timing import Instant

_NO_BOOL = (
    "join with `a & b`, `a | b`, `~a`; for `x in y` and `a < x < b` write "
    "`x.is_in(y)` and `x.between(a, b)`; ask `.judge(state, now=now).value`"
)


@frozen(repr=False, slots=False)
class Condition:
    """Something that is YES, NO or UNKNOWN of a contact at an instant (条件).

    Built with `attr`, `tag`, `event`, `prop`, `now` and `bucket`; joined with `&`, `|`
    and `~`. Equal by structure; `repr` is Python text that `parse` reads back; `str` is
    a sentence, and `format(condition, "zh")` the same one in Chinese.
    """

    node: Node = field()

    def __and__(self, other: Condition) -> Condition:
        return Condition(conjoined(self.node, node_of("operand of & or |", other)))

    def __or__(self, other: Condition) -> Condition:
        return Condition(disjoined(self.node, node_of("operand of & or |", other)))

    def __invert__(self) -> Condition:
        return Condition(inverted(self.node))

    def surely(self) -> Condition:
        """YES where this is YES, NO where it is NO or unknown: a closed world."""
        return Condition(Surely(self.node))

    def __bool__(self) -> bool:
        what = "a condition"
        raise NotABooleanError(what, _NO_BOOL)

    @cached_property
    def judge(self) -> Judging:
        """The truth about a contact, how long time alone leaves it so, and why.

        Called as `judge(state, now=now)`, with a scope and a language of the reasons
        where they matter. It is compiled when it is first asked for.
        """
        return verdict_of(self.node, str(self))

    def explain(
        self,
        state: Subject,
        *,
        now: Instant,
        scope: Scope = NOWHERE,
        language: Language = "en",
    ) -> Explanation:
        """The tree of clauses with facts, truths and what would flip each."""
        facts = Facts.at(state, now, scope)
        return explained(self.node, facts, language_of(language))

    @cached_property
    def holds(self) -> Predicate:
        """The compiled form: `holds(state, now)` is True where the condition is YES."""
        return compiled(self.node, str(self))

    @cached_property
    def judgement(self) -> Judge:
        """The compiled form of `judge`: truth, and horizon in microseconds."""
        return judge_of(self.node, str(self))

    @cached_property
    def reads(self) -> Reads:
        """The attributes, tags, events and properties that it looks at."""
        return reads_of(self.node)

    def problems(self, catalog: Catalog) -> tuple[ConditionError, ...]:
        """Everything in it that contradicts the catalogue."""
        return tuple(problems_of(self.node, catalog))

    def unportable(self, catalog: Catalog | None = None) -> tuple[str, ...]:
        """The clauses that another engine may answer otherwise, each with its reason.

        Nothing is left where every SQL engine gives the same answer (C7a).

        Args:
            catalog: tells which properties are floats, whose sums are rounded.
        """
        return unportable(self.node, catalog)

    def same_as(self, other: Condition) -> bool:
        """Whether both are built alike."""
        return self.node == other.node

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Condition, (self.node,)

    @override
    def __repr__(self) -> str:
        return node_source(self.node)

    @override
    def __str__(self) -> str:
        return sentence(self.node)

    @override
    def __format__(self, spec: str) -> str:
        return sentence(self.node, language_of(spec or "en"))


def node_of(what: str, given: object) -> Node:
    """The node of a condition, or an error that says how to write one."""
    if not isinstance(given, Condition):
        problem = f"got {brief(given)}, expected a condition"
        parentheses = "put comparisons in parentheses: `(attr.age > 40) & ...`"
        raise ConditionError(what, problem, _remedy(given) or parentheses)
    return given.node


def required_condition(what: str, given: object) -> Condition:
    """The condition, if it is one; else an error that says how to make one of it."""
    if isinstance(given, Condition):
        return given
    expected = "a condition like attr.age >= 18"
    raise ConditionTypeError(what, given, expected, _remedy(given))


def _remedy(given: object) -> str:
    """How to make a condition of what is none; empty where it must be written anew."""
    match given:
        case Unfinished():
            return given.remedy
        case str():
            return "read a text with parse(...), or write a condition"
        case _ if isinstance(getattr(given, "condition", None), Condition):
            return "pass its condition: `.condition`"
        case _ if callable(given):
            return "a condition is data: write it with attr, event, tag and prop"
        case _:
            return ""
