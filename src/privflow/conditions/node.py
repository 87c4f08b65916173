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
from typing import Literal

from attrs import field, frozen

from privflow.conditions.operator import checked, typed
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.errors import ConditionError
from privflow.facts import Value, required_text, value_of
from privflow.timing import Instant, Rolling, Span, Window

MOST_LEVELS = 64
MOST_PARTS = 1_000

Aggregate = Literal[
    "count", "sum", "mean", "min", "max", "distinct", "first", "last", "days_with"
]
Anchor = Literal["", "entry", "stage"]
ALWAYS_THERE = frozenset({"count", "days_with", "distinct", "sum"})
"""The aggregates that have a value even where nothing happened."""
OF_NUMBERS = frozenset({"sum", "mean", "min", "max"})
"""The aggregates that look at numbers alone."""
OF_EVENTS = frozenset({"count", "days_with"})
"""The aggregates that look at no property."""


@frozen
class Happening:
    """Events of one name, perhaps only some of them, in a window or since an anchor.

    Args:
        where: a clause over `Property` terms that the event must satisfy.
        window: which instants count at `now`; None means all up to now.
        since: events after the entry into the journey, or into the stage.
        start: events from this instant on.
        end: events before this instant.
    """

    name: str
    where: Node | None = None
    window: Window | None = None
    since: Anchor = ""
    start: Instant | None = None
    end: Instant | None = None

    def __attrs_post_init__(self) -> None:
        required_text("event name", self.name)
        _check_bounds(self.name, self.start, self.end)
        for clause in clauses_of(self.where):
            if not _is_about_event(clause):
                what = f"where of event {self.name!r}"
                problem = f"got `{_source_of(clause)}`, which is not about prop alone"
                remedy = "ask about prop alone there, and join the rest with &"
                raise ConditionError(what, problem, remedy)

    @property
    def is_recent(self) -> bool:
        """Whether it asks about the last so much time, and about no other bound."""
        return isinstance(self.window, Rolling) and not self.has_bounds

    @property
    def has_bounds(self) -> bool:
        """Whether events must come after something, apart from the window."""
        return bool(self.since) or self.start is not None or self.end is not None


@frozen
class Measure:
    """A number or value made from the events that happened.

    Args:
        property: whose values are looked at; empty where events alone are.
    """

    what: Aggregate
    of: Happening
    property: str = ""

    def __attrs_post_init__(self) -> None:
        if self.what not in OF_EVENTS:
            required_text("property", self.property)
        elif self.property:
            what, problem = f"{self.what} of events", f"got property {self.property!r}"
            raise ConditionError(what, problem, "leave the property out")


Term = Attribute | Property | Derived | Measure | LocalTime | Bucket


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
class Exists:
    """Something happened at least once."""

    of: Happening


@frozen
class Followed:
    """Some event was followed by another one in time, or by none while it had time.

    Args:
        first: the events that may be followed; its window is about these.
        then: what follows, later in the order of (instant, key).
        within: how much later at most.
        wanted: False where the question is what nothing followed in time.
    """

    first: Happening
    then: Happening
    within: Span
    wanted: bool = True

    def __attrs_post_init__(self) -> None:
        if self.then.window is not None or self.then.has_bounds:
            what = f"event {self.then.name!r} of a sequence"
            problem = "has a window of its own"
            remedy = "put the window on the first event: it is followed within a time"
            raise ConditionError(what, problem, remedy)


@frozen
class InJourney:
    """The contact is in a journey, or in one stage of it; a closed world.

    Args:
        stage: any stage where empty.
    """

    journey: str
    stage: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("journey", self.journey)
        if self.stage:
            required_text("stage", self.stage)


@frozen
class Member:
    """The contact is in a segment, called by its name; a closed world.

    Nobody can judge it before `resolved` has put the segment's condition in its place.
    """

    segment: str

    def __attrs_post_init__(self) -> None:
        required_text("segment", self.segment)


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


@frozen
class Surely:
    """YES where the part is YES, and NO where it is NO or unknown."""

    part: Node
    levels: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "levels", _one_more((self.part,)))


Clause = Test | Missing | Tagged | Held | Exists | Followed | InJourney | Member
Node = Clause | And | Or | Not | Surely


def clauses_of(node: Node | None) -> Iterator[Clause]:
    """The clauses of a condition, left to right, without the logic between them."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from clauses_of(part)
        case Not(part) | Surely(part):
            yield from clauses_of(part)
        case None:
            pass
        case _:
            yield node


def happenings_of(clause: Clause) -> tuple[Happening, ...]:
    """The events that a clause asks about."""
    match clause:
        case Exists(of) | Test(Measure(_, of)):
            return (of,)
        case Followed(first, then):
            return first, then
        case _:
            return ()


def _check_bounds(name: str, start: Instant | None, end: Instant | None) -> None:
    if start is None and end is None:
        return
    if start is None or end is None or end <= start:
        what = f"between of event {name!r}"
        problem = f"got {start!r} and {end!r}, expected two instants in order"
        raise ConditionError(what, problem, "write the earlier instant first")


def unresolved(member: Member) -> ConditionError:
    """The error for a reference that nobody has replaced by what it stands for."""
    what, problem = f"member({member.segment!r})", "the segment is not known here"
    return ConditionError(what, problem, "judge it in a SegmentSet or a Plan")


def _is_about_event(clause: Clause) -> bool:
    """Whether it asks about the event at hand alone, on whatever day."""
    match clause:
        case Test(Derived(_, Property()) as term):
            return not term.by_time
        case Test(Property()) | Missing(Property()):
            return True
        case _:
            return False


def _source_of(clause: Clause) -> str:
    # Text is made of nodes, so it cannot be imported before them.
    from privflow.conditions.text import node_source  # noqa: PLC0415 - see above

    return node_source(clause)


def _levels(node: Node) -> int:
    if isinstance(node, And | Or | Not | Surely):
        return node.levels
    wheres = [of.where for of in happenings_of(node) if of.where is not None]
    return 1 + max(map(_levels, wheres), default=0)


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
