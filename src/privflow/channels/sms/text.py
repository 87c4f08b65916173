"""What every provider asks of a text: its length, its signature, a way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from privflow.errors import ContentError, DefinitionError
from privflow.facts import required_text

CHANNEL: Final = "sms"
OPT_OUT: Final = ("退订", "拒收")
"""One of these stands in every marketing text, unless an adapter is told otherwise."""
STOP_WORDS: Final = ("T", "TD", "R", "退订")
"""What people answer who want no more."""
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


def check_signature(what: str, given: str) -> None:
    """Nothing, if it is a signature as providers keep it, without its brackets."""
    if required_text(what, given).startswith("【"):
        problem = f"got {given!r}, with its brackets"
        raise DefinitionError(what, problem, "leave 【】 out")


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
