"""Tags that rules give and take, with a line for each in the journal."""

from __future__ import annotations

from privflow.engine.turn import Turn
from privflow.facts import Tag
from privflow.timing import Instant, Span


def give(
    turn: Turn, tag: Tag, *, at: Instant, source: str, ttl: Span | None = None
) -> None:
    """Tag the contact, if the law lets them have the tag."""
    name = str(tag)
    if turn.may_hold(tag, at):
        turn.contact = turn.contact.tagged(tag, at=at, source=source, ttl=ttl)
        turn.note("tagged", at=at, source=source, subject=name)
    else:
        reason = "no_sensitive_consent"
        turn.note("not_tagged", at=at, source=source, subject=name, reason=reason)


def take_off(turn: Turn, tag: Tag, *, at: Instant, source: str) -> None:
    """Take a tag off the contact."""
    turn.contact = turn.contact.untagged(tag, at=at)
    turn.note("untagged", at=at, source=source, subject=str(tag))
