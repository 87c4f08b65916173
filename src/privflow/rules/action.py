"""What a rule does when it fires."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError, brief
from privflow.facts import (
    EMPTY,
    RELATING,
    Properties,
    Tag,
    Value,
    properties_of,
    required_tag,
    required_text,
    value_of,
)
from privflow.rules.score import whole_points
from privflow.timing import Span, span
from privflow.touches import Message, names_of


def _maybe_span(given: Span | str | None) -> Span | None:
    return None if given is None else span(given)


def _via_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "Reply.via")


def _keeping_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "Emit.keeping")


def _required_message(given: object) -> None:
    if not isinstance(given, Message):
        problem = f"got {brief(given)}, expected a message"
        remedy = "write Message('thanks', kind='service')"
        raise DefinitionError("Reply.message", problem, remedy)


@frozen(kw_only=True)
class AddTag:
    """Tag the contact (打标签); an exclusive tag replaces its siblings.

    Args:
        ttl: how long the tag lives; for ever if None. Firing again renews it.
    """

    tag: Tag = field(kw_only=False)
    ttl: Span | None = field(default=None, converter=_maybe_span)

    def __attrs_post_init__(self) -> None:
        required_tag("AddTag.tag", self.tag)


@frozen
class RemoveTag:
    """Take a tag off the contact; the history keeps it."""

    tag: Tag

    def __attrs_post_init__(self) -> None:
        required_tag("RemoveTag.tag", self.tag)


@frozen
class SetAttribute:
    """Set an attribute of the contact; None removes it."""

    name: str
    value: Value | None

    def __attrs_post_init__(self) -> None:
        required_text("SetAttribute.name", self.name)
        value = value_of(f"attribute {self.name!r}", self.value)
        object.__setattr__(self, "value", value)


@frozen(kw_only=True)
class Reply:
    """Answer the event with a message (自动回复), if every gate lets it through.

    Args:
        via: channels in order of preference; by default the one that the event came
            on, which it names in its property `channel`.
    """

    message: Message = field(kw_only=False)
    via: tuple[str, ...] = field(default=(), converter=_via_of)

    def __attrs_post_init__(self) -> None:
        _required_message(self.message)


@frozen
class Enrol:
    """Start a journey for the contact, as its re-entry policy allows."""

    journey: str

    def __attrs_post_init__(self) -> None:
        required_text("Enrol.journey", self.journey)


@frozen
class Leave:
    """End the contact's visit of a journey."""

    journey: str

    def __attrs_post_init__(self) -> None:
        required_text("Leave.journey", self.journey)


@frozen
class Score:
    """Add points to a score of the plan, or take some away (加分、扣分).

    Points of an event that comes late have faded as if it had come in time.
    """

    score: str
    points: int

    def __attrs_post_init__(self) -> None:
        required_text("Score.score", self.score)
        whole_points("Score.points", self.points)


@frozen(kw_only=True)
class GiveTask:
    """Give a member of staff something to do that sends nothing (待办): call, visit.

    What does go to the contact is a `Reply`: its channel may be one that staff confirm,
    and every gate is asked.

    Args:
        staff: who; the member who follows the contact where empty.
        within: how much time they have; no end if None.
        parameters: what they should know; plain values.
    """

    task: str = field(kw_only=False)
    staff: str = ""
    within: Span | None = field(default=None, converter=_maybe_span)
    parameters: Properties = field(default=EMPTY, converter=properties_of)

    def __attrs_post_init__(self) -> None:
        required_text("GiveTask.task", self.task)


@frozen(kw_only=True)
class Emit:
    """Make an event of the plan's own: it is filed, and sets off what waits for it.

    It happens at the instant of the rule, after every rule of the event at hand.

    Args:
        properties: its fields.
        keeping: properties that it takes over from the event at hand.

    Raises:
        DefinitionError: an event of this name says who follows the contact, or what
            they agreed to. No plan can make that up.
    """

    event: str = field(kw_only=False)
    properties: Properties = field(
        default=EMPTY, kw_only=False, converter=properties_of
    )
    keeping: tuple[str, ...] = field(default=(), converter=_keeping_of)

    def __attrs_post_init__(self) -> None:
        required_text("Emit.event", self.event)
        if self.event in RELATING:
            problem = f"{self.event!r} says what somebody did, and only they can do it"
            raise DefinitionError("Emit.event", problem, "take a name of your own")


Action = (
    AddTag | RemoveTag | SetAttribute | Score | Reply | GiveTask | Emit | Enrol | Leave
)
