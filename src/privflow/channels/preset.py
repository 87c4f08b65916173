"""The platforms' own limits as gates, each with the page that it was read on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from attrs import field, frozen

from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import required_text
from privflow.touches import Gate, one_of

CONFIDENCE: Final = ("official", "consistent", "inferred")
"""An official page read verbatim; two other sources that agree; read between lines."""


READ: Final = date(2026, 11, 22)
"""When the pages were last read."""


@frozen(kw_only=True)
class Preset:
    """A platform's limit as a gate, with where and when it was read (官方限额).

    Args:
        gate: goes into `Plan.quotas`, as it stands or changed.
        rule: the name of the variant, where pages disagree or accounts may choose.
        default: what the platform does unless an account chose otherwise.
        page: where it was read.
        dated: the page's own date; None where it bears none.
        read: when the page was last read for this library.
        since: the first day on which a source shows the rule in force; None where
            nothing is known of it.
        until: the day from which on a source shows another rule in its place; None for
            a rule of today.
        says: the page's words, or what they come to.
        confidence: one of `CONFIDENCE`. What rests on one weak source is no preset.
        note: what the gate does not cover, or how the rule came to be.
    """

    gate: Gate = field(kw_only=False)
    rule: str = field(kw_only=False)
    default: bool = False
    page: str
    dated: date | None = None
    read: date = READ
    since: date | None = None
    until: date | None = None
    says: str
    confidence: str = "official"
    note: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("rule", "page", "says"):
            required_text(f"Preset.{name}", getattr(self, name))
        one_of("Preset.confidence", self.confidence, CONFIDENCE)
        if self.since is not None and self.until is not None:
            self._check_period(self.since, self.until)

    def _check_period(self, since: date, until: date) -> None:
        if since >= until:
            problem = f"got {until.isoformat()}, expected a day after {since}"
            remedy = "swap them, or leave out the one that is not known"
            raise DefinitionError("Preset.until", problem, remedy)

    @property
    def period(self) -> str:
        """When the rule was in force, as far as it is known; empty for nothing known.

        >>> from privflow.channels import wecom
        >>> [preset.period for preset in wecom.PRESETS if preset.rule == "four_a_month"]
        ['until 2024-03-20']
        """
        parts = (
            f"since {self.since.isoformat()}" if self.since else "",
            f"until {self.until.isoformat()}" if self.until else "",
        )
        return " ".join(part for part in parts if part)


def chosen(what: str, presets: Iterable[Preset], rule: str) -> Gate:
    """The gate of the variant with this name.

    Raises:
        UnknownNameError: there is no such variant.
    """
    known = {preset.rule: preset.gate for preset in presets}
    if rule not in known:
        raise UnknownNameError(what, rule, known)
    return known[rule]
