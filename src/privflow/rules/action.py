"""What a rule does when it fires."""

from __future__ import annotations

from attrs import field, frozen

from privflow.facts import Tag, Value, required_text, value_of
from privflow.timing import Span, span
from privflow.touches import Message, names_of


def _maybe_span(given: Span | str | None) -> Span | None:
    return None if given is None else span(given)


@frozen(kw_only=True)
class AddTag:
    """Tag the contact (打标签); an exclusive tag replaces its siblings.

    Args:
        ttl: how long the tag lives; for ever if None. Firing again renews it.
    """

    tag: Tag = field(kw_only=False)
    ttl: Span | None = field(default=None, converter=_maybe_span)


@frozen
class RemoveTag:
    """Take a tag off the contact; the history keeps it."""

    tag: Tag


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
    via: tuple[str, ...] = field(default=(), converter=names_of)


@frozen
class Enrol:
    """Start a journey for the contact, as its re-entry policy allows."""

    journey: str


@frozen
class Leave:
    """End the contact's visit of a journey."""

    journey: str


Action = AddTag | RemoveTag | SetAttribute | Reply | Enrol | Leave
