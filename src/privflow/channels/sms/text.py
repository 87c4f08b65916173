"""What every provider asks of a text, and what people answer to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from privflow.channels.quote import quoted
from privflow.channels.stamp import event_id
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Event, required_text
from privflow.timing import Instant, instant

CHANNEL: Final = "sms"
OPT_OUT: Final = ("退订", "拒收")
"""One of these stands in every marketing text, unless an adapter is told otherwise."""
STOP_WORDS: Final = ("T", "TD", "R", "退订")
"""What people answer who want no more."""
_ZONE: Final = "Asia/Shanghai"
_ONE: Final = 70
_PART: Final = 67


def segments(text: str, *, signature: str) -> int:
    """How many messages a text is charged as, its signature counted.

    Seventy characters go into one message; a longer text is cut into parts of 67.

    Args:
        signature: without its brackets `【】`, which count as well.

    >>> segments("好" * 66, signature="店铺"), segments("好" * 67, signature="店铺")
    (1, 2)
    """
    length = len(text) + len(signature) + 2
    return 1 if length <= _ONE else -(-length // _PART)


def signature_of(what: str, given: str) -> str:
    """The signature, which providers keep without its brackets."""
    text = required_text(what, given)
    if text.startswith("【"):
        problem = f"got {given!r}, with its brackets"
        raise DefinitionError(what, problem, "leave 【】 out")
    return text


def check_words(
    kind: str,
    text: str,
    *,
    signature: str,
    opt_out: Iterable[str],
    parts: int | None,
) -> None:
    """Nothing, if the words may be sent.

    Raises:
        ContentError: marketing that does not tell how to unsubscribe, or too many
            parts.
    """
    if kind == "marketing" and not any(word in text for word in opt_out):
        problem = "got a marketing text that does not tell how to unsubscribe"
        remedy = "pass the finished words as Content.text, with 拒收请回复R, say"
        raise ContentError(CHANNEL, problem, remedy)
    count = segments(text, signature=signature) if text else 1
    if parts is not None and count > parts:
        problem = f"got a text of {count} messages, expected at most {parts}"
        raise ContentError(CHANNEL, problem, "shorten the text")


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
