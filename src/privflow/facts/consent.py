"""What a contact agreed to and refused, per channel, purpose and enterprise (K4).

Theory of operation
-------------------
1. A declaration is never changed: whoever withdraws adds a refusal to the record.
2. The newest declaration that covers a question binds; of two at one instant the
   refusal does. The order in which they became known does not matter.
3. Where in doubt a refusal reaches further than a consent: without an enterprise it is
   said to all of them, a consent to that one alone.
4. Everything that a person can say no to is a purpose of this record: marketing,
   personalisation, a sensitive tag group, and processing itself. So every refusal has
   an instant, a history, and the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts.identity import (
    all_of,
    required_instant,
    required_string,
    required_text,
)
from privflow.timing import Instant

EVERY_CHANNEL = "*"
"""As the channel of a declaration: on whatever channel."""

MARKETING = "marketing"
PERSONALISATION = "personalisation"
"""Refused by who wants no messages chosen for them in person (PIPL article 24)."""
PROCESSING = "processing"
"""Refused while processing is restricted (PIPL articles 44 and 47)."""


def sensitive_purpose(group: str) -> str:
    """The purpose of the separate consent that a sensitive tag group needs.

    It is declared without an enterprise: tags belong to whoever keeps the contact.

    Source:
        PIPL article 29.
    """
    return f"sensitive:{group}"


def channel_matches(pattern: str, channel: str) -> bool:
    """Whether the pattern names the channel or the family that it belongs to.

    >>> channel_matches("wecom", "wecom.message"), channel_matches("we", "wecom.mass")
    (True, False)
    """
    return channel == pattern or channel.startswith(f"{pattern}.")


@frozen(kw_only=True)
class Consent:
    """One declaration of a contact: they agreed, or they refused or withdrew (同意).

    Args:
        channel: a channel, or a family: `"wecom"` covers `"wecom.message"`; `"*"`
            covers all.
        granted: False is a refusal or a withdrawal; both bind from `at` on.
        purpose: what for: `"marketing"`.
        at: when it was declared.
        evidence: where the proof is kept: a form, a page, a call record.
        enterprise: to which company it was declared; a refusal without one is a refusal
            to all.
        notice: the version of the notice that they read. A notice that changes purpose,
            method or kinds of data needs a consent of its own.
        until: when a consent that was given for a time ends.
        by: `"guardian"` where a parent declared it for a child.

    Raises:
        DefinitionError: a consent without evidence, or a refusal with an end.

    Source:
        PIPL articles 14 to 16 (consent, change of purpose, withdrawal) and 31
        (children); Advertising Law article 43; Network Data Security Regulations
        article 22 (a consent bounds its period, too).
    """

    channel: str = field(kw_only=False)
    granted: bool = field(kw_only=False)
    purpose: str
    at: Instant
    evidence: str = ""
    enterprise: str = ""
    notice: str = ""
    until: Instant | None = None
    by: Literal["self", "guardian"] = "self"

    def __attrs_post_init__(self) -> None:
        required_text("Consent.channel", self.channel)
        required_text("Consent.purpose", self.purpose)
        required_instant("Consent.at", self.at)
        required_string("Consent.evidence", self.evidence)
        required_string("Consent.enterprise", self.enterprise)
        _check_answer(self.granted)
        if self.by not in {"self", "guardian"}:
            problem = f"got {self.by!r}, expected 'self' or 'guardian'"
            raise DefinitionError("Consent.by", problem, "say who declared it")
        if self.granted and not self.evidence.strip():
            raise DefinitionError(
                "Consent.evidence",
                "is empty, and a consent that cannot be proved does not count",
                "name the page, notice version or record where it was given",
            )
        if self.until is not None:
            required_instant("Consent.until", self.until)
        if self.until is not None and not (self.granted and self.until > self.at):
            problem = f"got {self.until}, declared at {self.at}"
            remedy = "give a consent an end after its beginning, and a refusal none"
            raise DefinitionError("Consent.until", problem, remedy)

    def covers(self, channel: str) -> bool:
        """Whether it was declared for the channel, its family or all channels."""
        return self.channel == EVERY_CHANNEL or channel_matches(self.channel, channel)

    def counts(self, *, now: Instant, enterprise: str = "") -> bool:
        """Whether it was made by `now`, has not run out, and to this enterprise."""
        if self.granted and self.until is not None and self.until <= now:
            return False
        is_to_all = not self.granted and not self.enterprise
        return self.at <= now and (is_to_all or self.enterprise == enterprise)


def _check_answer(granted: object) -> None:
    """Refuse a text like `"no"`, which a bool would take for a yes."""
    if not isinstance(granted, bool):
        problem = f"got {granted!r}, expected True or False"
        raise DefinitionError("Consent.granted", problem, "write False for a refusal")


def _by_time(given: Iterable[Consent]) -> tuple[Consent, ...]:
    records = all_of("Consents.records", Consent, given)
    return tuple(sorted(records, key=lambda record: record.at))


@frozen
class Consents:
    """Everything that a contact declared, in the order of time."""

    records: tuple[Consent, ...] = field(default=(), converter=_by_time)

    def latest(
        self,
        channel: str,
        *,
        purpose: str,
        now: Instant,
        enterprise: str = "",
        notices: tuple[str, ...] = (),
    ) -> Consent | None:
        """The declaration that binds at `now`, if there is one.

        The newest one wins; of two at the same instant, the refusal does.

        Args:
            notices: the versions whose consents still count; all of them if empty.
        """
        binding = [
            record
            for record in self._counting(purpose, now, enterprise)
            if record.covers(channel)
            and not (record.granted and notices and record.notice not in notices)
        ]
        return max(
            binding, key=lambda record: (record.at, not record.granted), default=None
        )

    def refusals(
        self, *, purpose: str, now: Instant, enterprise: str = ""
    ) -> Iterator[Consent]:
        """The refusals, on any channel, that no newer consent has taken back."""
        counting = list(self._counting(purpose, now, enterprise))
        for record in counting:
            taken_back = (
                other.granted and other.at > record.at and other.covers(record.channel)
                for other in counting
            )
            if not record.granted and not any(taken_back):
                yield record

    def _counting(
        self, purpose: str, now: Instant, enterprise: str
    ) -> Iterator[Consent]:
        for record in self.records:
            if record.purpose == purpose and record.counts(
                now=now, enterprise=enterprise
            ):
                yield record

    def added(self, *records: Consent) -> Consents:
        """These declarations and more; what is on record already is not doubled."""
        new = dict.fromkeys(record for record in records if record not in self.records)
        return Consents((*self.records, *new)) if new else self


NO_CONSENTS = Consents()
