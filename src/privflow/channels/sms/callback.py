"""What providers report, and what people answer to a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from privflow.channels.quote import quoted
from privflow.channels.sms.text import CHANNEL
from privflow.channels.stamp import event_id
from privflow.errors import DefinitionError, PayloadError
from privflow.facts import Event
from privflow.timing import Instant, instant

_ZONE: Final = "Asia/Shanghai"


def answered(
    phone: str, words: object, *, at: Instant, stop_words: Iterable[str], number: object
) -> Event:
    """What a person answered: a refusal of further messages, or a message.

    Args:
        number: the provider's own of the answer; where there is none, phone, time and
            words tell it from others.
    """
    text = words if isinstance(words, str) else ""
    stops = {word.upper() for word in stop_words}
    parts = (str(number),) if number else (phone, at, text)
    return Event(
        "opted_out" if text.strip().upper() in stops else "message_received",
        phone,
        at=at,
        properties={"channel": CHANNEL, "kind": "text", "text": text or None},
        id=event_id(CHANNEL, *parts),
    )


def entry_of(given: object) -> Mapping[str, object]:
    """The object that an entry of a payload is."""
    if isinstance(given, dict):
        return given
    problem = f"got {quoted(given)}, expected an object"
    raise PayloadError(CHANNEL, problem, "pass the body as the provider sent it")


def required(entry: Mapping[str, object], name: str) -> str:
    """A field that the provider promises."""
    given = entry.get(name)
    if isinstance(given, str) and given.strip():
        return given.strip()
    problem = f"{name} is {quoted(given)}, which the documentation promises"
    raise PayloadError(CHANNEL, problem, "drop the entry and keep the payload")


def time_of(entry: Mapping[str, object], name: str) -> Instant:
    """A provider's time, which has no zone: it is that of China."""
    text = required(entry, name)
    try:
        return instant(text, tz=_ZONE)
    except DefinitionError:
        problem = f"{name} is {quoted(text)}, expected 2026-10-20 09:30:00"
        remedy = "drop the entry and keep the payload"
        raise PayloadError(CHANNEL, problem, remedy) from None
