"""Conditions as data: a closed set of nodes, equal by structure.

Theory of operation
-------------------
1. A *term* has a value or is missing; a *clause* is YES, NO or UNKNOWN.
2. Nodes hold data alone. What they mean is in `reference`, how they run in `source`,
   when they change in `change`, how they read in `text`: one function per question,
   dispatched on the node's class.
3. No node is deeper than `MOST_LEVELS` nor wider than `MOST_PARTS`, so that nothing
   that walks or reads them can overflow.
4. A `where` asks about properties of the event alone: which events it means never
   depends on the contact or on time, so it can be decided once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from attrs import field, frozen

from privflow.conditions.operator import checked, typed
from privflow.errors import ConditionError, ConditionTypeError, UnknownNameError
from privflow.facts import Value, required_text, value_of
from privflow.timing import Window

MOST_LEVELS = 64
MOST_PARTS = 1_000

Aggregate = Literal["count", "sum", "mean", "min", "max", "distinct", "first", "last"]
Anchor = Literal["", "entry", "stage"]
LocalPart = Literal["hour", "weekday", "day", "month"]
TagTest = Literal["has", "at_least", "at_most", "any_of", "none_of"]


@frozen
class Attribute:
    """An attribute of the contact; `filled` stands in where it is missing."""

    name: str
    filled: Value | None = field(default=None, eq=typed)


@frozen
class Property:
    """A property of the event at hand; `filled` stands in where it is missing."""

    name: str
    filled: Value | None = field(default=None, eq=typed)


@frozen
class Happening:
    """Events of one name, perhaps only some of them, in a window or since an anchor.

    Args:
        where: a clause over `Property` terms that the event must satisfy.
        window: which instants count at `now`; None means all up to now.
        since: events after the entry into the journey, or into the stage.
    """

    name: str
    where: Node | None = None
    window: Window | None = None
    since: Anchor = ""

    def __attrs_post_init__(self) -> None:
        required_text("event name", self.name)
        for clause in clauses_of(self.where):
            if not isinstance(_term_of(clause), Property):
                what = f"where of event {self.name!r}"
                problem = f"got a clause about something else: {clause!r}"
                remedy = "ask about prop alone there, and join the rest with &"
                raise ConditionError(what, problem, remedy)


@frozen
class Measure:
    """A number or value made from the events that happened."""

    what: Aggregate
    of: Happening
    property: str = ""


@frozen
class LocalTime:
    """A part of the present instant in the contact's zone; Monday is weekday 1."""

    part: LocalPart


@frozen
class Bucket:
    """A sticky number from 0 up to 1 for each contact and salt."""

    salt: str


Term = Attribute | Property | Measure | LocalTime | Bucket


@frozen
class Test:
    """A term against an argument, by an operator of the table."""

    __test__ = False  # not a test case, whatever pytest thinks of its name

    term: Term
    operator: str
    argument: Value = field(eq=typed)

    def __attrs_post_init__(self) -> None:
        checked(self.operator, self.argument)


@frozen
class Missing:
    """A term has no value."""

    term: Attribute | Property


@frozen
class Tagged:
    """The contact holds one of the labels of a tag group.

    Args:
        how: the word that was written: `"has"`, `"at_least"`, `"at_most"`, `"any_of"`
            or `"none_of"`.
        labels: as written; one for `at_least` and `at_most`.
        order: the labels of an ordered group, ascending; empty otherwise.
    """

    group: str
    how: TagTest
    labels: tuple[str, ...]
    order: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.how not in get_args(TagTest):
            what = "test of tags"
            raise UnknownNameError(what, self.how, get_args(TagTest))
        what = f"tags of {self.group!r}"
        if not self.labels:
            raise ConditionTypeError(what, self.labels, "at least one label")
        if self.how in {"at_least", "at_most"} and self.labels[0] not in self.order:
            raise UnknownNameError(what, self.labels[0], self.order)

    @property
    def wanted(self) -> frozenset[str]:
        """The labels of which one must be held, or none for `none_of`."""
        if self.how == "at_least":
            return frozenset(self.order[self.order.index(self.labels[0]) :])
        if self.how == "at_most":
            return frozenset(self.order[: self.order.index(self.labels[0]) + 1])
        return frozenset(self.labels)


@frozen
class Exists:
    """Something happened at least once."""

    of: Happening


@frozen
class And:
    """All of the parts."""

    parts: tuple[Node, ...]
    levels: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "levels", _one_more(self.parts))


@frozen
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]
    levels: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "levels", _one_more(self.parts))


@frozen
class Not:
    """The opposite; of the unknown, the unknown."""

    part: Node
    levels: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "levels", _one_more((self.part,)))


Node = Test | Missing | Tagged | Exists | And | Or | Not


def clauses_of(node: Node | None) -> Iterator[Test | Missing | Tagged | Exists]:
    """The clauses of a condition, left to right, without the logic between them."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from clauses_of(part)
        case Not(part):
            yield from clauses_of(part)
        case None:
            pass
        case _:
            yield node


def _term_of(clause: Test | Missing | Tagged | Exists) -> Term | None:
    return clause.term if isinstance(clause, Test | Missing) else None


def _levels(node: Node) -> int:
    match node:
        case And() | Or() | Not():
            return node.levels
        case Exists(of) | Test(Measure(_, of)) if of.where is not None:
            return 1 + _levels(of.where)
        case _:
            return 1


def _one_more(parts: tuple[Node, ...]) -> int:
    if not 0 < len(parts) <= MOST_PARTS:
        problem = f"joins {len(parts)} parts, expected 1 to {MOST_PARTS}"
        remedy = "ask about many values with is_in, or split it into segments"
        raise ConditionError("condition", problem, remedy)
    levels = 1 + max(map(_levels, parts))
    if levels > MOST_LEVELS:
        problem = f"is nested more than {MOST_LEVELS} levels deep"
        remedy = "split it into segments, or join the parts with one & or |"
        raise ConditionError("condition", problem, remedy)
    return levels


def literal(what: str, given: object) -> Value:
    """A value as a condition holds it.

    Raises:
        ConditionError: it is missing, and nothing can be compared with that.
        DefinitionError: it has a type that no fact has.
    """
    value = value_of(what, given)
    if value is None:
        remedy = "ask `.is_missing()` instead"
        raise ConditionError(what, f"got {given!r}", remedy)
    return value


def conjoined(*nodes: Node) -> Node:
    """All of the nodes, flat: the parts of an And become parts of the new one."""
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, And) else (node,))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def disjoined(*nodes: Node) -> Node:
    """Any of the nodes, flat: the parts of an Or become parts of the new one."""
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, Or) else (node,))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def inverted(node: Node) -> Node:
    """The opposite; two negations cancel out."""
    return node.part if isinstance(node, Not) else Not(node)
