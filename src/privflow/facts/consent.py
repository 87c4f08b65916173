"""Consent to be written to, per channel, purpose and enterprise (K4)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts.identity import required_text
from privflow.timing import Instant


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
        channel: a channel, or a family: `"wecom"` covers `"wecom.message"`.
        granted: False is a refusal or a withdrawal; both bind from `at` on.
        purpose: what for: `"marketing"`.
        at: when it was declared.
        evidence: where the proof is kept: a form, a notice version, a call record.
        enterprise: to which company it was declared; one plan serves one.

    Source:
        PIPL articles 14 to 16 (consent, withdrawal); Advertising Law article 43.
    """

    channel: str = field(kw_only=False)
    granted: bool = field(kw_only=False)
    purpose: str
    at: Instant
    evidence: str = ""
    enterprise: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Consent.channel", self.channel)
        required_text("Consent.purpose", self.purpose)
        if self.granted and not self.evidence:
            raise DefinitionError(
                "Consent.evidence",
                "is empty, and a consent that cannot be proved does not count",
                "name the page, notice version or record where it was given",
            )


def _by_time(given: Iterable[Consent]) -> tuple[Consent, ...]:
    return tuple(sorted(given, key=lambda record: record.at))


@frozen
class Consents:
    """Everything that a contact declared, in the order of time."""

    records: tuple[Consent, ...] = field(default=(), converter=_by_time)

    def latest(
        self, channel: str, *, purpose: str, now: Instant, enterprise: str = ""
    ) -> Consent | None:
        """The declaration that binds at `now`, if there is one.

        The newest one wins; of two at the same instant, the refusal does.
        """
        binding = [
            record
            for record in self.records
            if record.at <= now
            and record.purpose == purpose
            and record.enterprise == enterprise
            and channel_matches(record.channel, channel)
        ]
        return max(
            binding, key=lambda record: (record.at, not record.granted), default=None
        )

    def added(self, record: Consent) -> Consents:
        """These declarations and one more."""
        return Consents((*self.records, record))


NO_CONSENTS = Consents()
