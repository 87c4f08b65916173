"""A verdict in a document, with its reasons, which are made when first asked for."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from privflow.conditions import Language, Truth, Verdict
from privflow.timing import Instant


@frozen
class Said:
    """What a verdict says, all of it made."""

    called: ClassVar[str] = "Verdict"

    value: Truth
    stable_until: Instant | None = None
    reasons: tuple[str, ...] = ()
    language: Language = "en"


def said_by(verdict: Verdict) -> Said:
    """What the verdict says."""
    return Said(verdict.value, verdict.stable_until, verdict.reasons, verdict.language)


def verdict_of(said: Said) -> Verdict:
    """The verdict that says it."""
    return Verdict.of(said.value, said.stable_until, said.reasons, said.language)
