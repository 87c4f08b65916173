"""The gate of the law: who gets marketing, and who is asked for a consent (K4, K5)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import (
    ADULT,
    CHILD,
    EVERY_CHANNEL,
    MARKETING,
    PERSONALISATION,
    PROCESSING,
    SUPPRESSED,
    AgeFacts,
    Consent,
    Contact,
    Properties,
    required_string,
)
from privflow.journeys import GateLine
from privflow.timing import Instant, Span, span
from privflow.touches import Allow, Deny, Hold, Ruling, Touch, View, names_of

_QUARTER = span("90d")
_NOT_ABOUT_IT = Allow()


def _notices_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "Lawful.notices")


@frozen(kw_only=True)
class Lawful:
    """May the contact be written to at all (合规闸门)? Part of every plan.

    In this order, the first that applies:

    1. processing is restricted: nothing leaves;
    2. the message asks for a consent that was refused less than `cooldown` ago: it
       waits;
    3. a child under 14, and no guardian agreed: nothing leaves but what is
       transactional;
    4. marketing to a minor; without a consent to it, or to a notice that no longer
       counts; after a refusal; or personalised, for who refused that: it is denied.

    Args:
        enterprise: for whom the plan sends; consents to others do not count.
        cooldown: after a refusal, how long nobody asks again. The law forbids to ask
            "frequently" and names no number.
        notices: the versions of the notice to which a consent counts; any if empty.
        needs_age: True denies marketing where nothing tells the age: for what minors
            buy, too.
        age: which attributes tell the age.

    Source:
        Restricted: PIPL articles 44 and 47. Asking again: Network Data Security
        Regulations article 22. Children: PIPL article 31. Minors: Regulations on the
        Protection of Minors Online, 2023, on commercial marketing by automated
        decisions. Consent and refusal: PIPL articles 13 to 15, Advertising Law article
        43, Consumer Protection Law article 29. Notices: PIPL article 14.
        Personalisation: PIPL article 24.
    """

    enterprise: str = ""
    cooldown: Span = field(default=_QUARTER, converter=span)
    notices: tuple[str, ...] = field(default=(), converter=_notices_of)
    needs_age: bool = False
    age: AgeFacts = field(factory=AgeFacts)

    def __attrs_post_init__(self) -> None:
        required_string("Lawful.enterprise", self.enterprise)
        if self.cooldown.us == 0:
            problem = "got no time at all"
            raise DefinitionError("Lawful.cooldown", problem, "write a span like '90d'")

    @property
    def name(self) -> str:
        """How the journal calls it."""
        return "consent"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Whether the law lets the touch leave at `now`."""
        contact, kind = view.contact, touch.kind
        if contact.consents.records:
            since = self.restricted_since(contact, now=now)
            if since is not None:
                return Deny("restricted", facts={"since": since})
        if touch.asks_for:
            too_soon = self._too_soon(touch, view, now)
            if too_soon is not None:
                return too_soon
        if kind != "transactional" and (contact.attributes or self.needs_age):
            years = self.age.years(contact.attributes, now=now, timezone=view.timezone)
            too_young = self._too_young(touch, view, now, years)
            if too_young is not None:
                return too_young
        return self._agreed(touch, view, now) if kind == MARKETING else _NOT_ABOUT_IT

    def restricted_since(self, contact: Contact, *, now: Instant) -> Instant | None:
        """Since when nothing may be done with the contact; None where it may."""
        if not contact.consents.records or not self.has_spoken(contact):
            return None
        record = contact.consents.latest(
            EVERY_CHANNEL, purpose=PROCESSING, now=now, enterprise=self.enterprise
        )
        return None if record is None or record.granted else record.at

    def has_spoken(self, contact: Contact) -> bool:
        """Whether the contact ever declared anything about processing; few do."""
        return any(map(_is_of_processing, contact.consents.records))

    def next_word(self, contact: Contact, *, now: Instant) -> Instant | None:
        """When another declaration about processing begins to bind; None if none."""
        records = filter(_is_of_processing, contact.consents.records)
        return min((r.at for r in records if r.at > now), default=None)

    def restriction(self, contact: Contact, *, now: Instant) -> GateLine | None:
        """What is to be said of who is restricted, on every channel."""
        since = self.restricted_since(contact, now=now)
        if since is None:
            return None
        return GateLine(
            gate=self.name,
            channel=EVERY_CHANNEL,
            ruling="deny",
            reason="restricted",
            facts=Properties({"since": since}),
        )

    def _too_young(
        self, touch: Touch, view: View, now: Instant, years: float | None
    ) -> Deny | None:
        """Marketing to a minor, or anything to a child of whom no guardian agreed."""
        is_marketing = touch.kind == MARKETING
        if years is None:
            is_refused = is_marketing and self.needs_age
            return Deny("age_unknown") if is_refused else None
        if is_marketing:
            return Deny("minor", facts={"adult": ADULT}) if years < ADULT else None
        if years >= CHILD:
            return None
        record = self._latest(view, touch.channel, touch.kind, now)
        if record is not None and record.granted and record.by == "guardian":
            return None
        return Deny("no_guardian", facts={"child": CHILD})

    def _too_soon(self, touch: Touch, view: View, now: Instant) -> Hold | None:
        """A question that was answered with no, on whatever channel, lately."""
        refusals = view.contact.consents.refusals(
            purpose=touch.asks_for, now=now, enterprise=self.enterprise
        )
        last = max((record.at for record in refusals), default=None)
        if last is None or now >= last + self.cooldown:
            return None
        return Hold("cooling_down", until=last + self.cooldown, facts={"since": last})

    def _agreed(self, touch: Touch, view: View, now: Instant) -> Ruling:
        """Whether the contact agreed to this marketing."""
        record = self._latest(view, touch.channel, MARKETING, now)
        if record is None:
            return Deny("no_consent", facts={"channel": touch.channel})
        if not record.granted:
            is_erased = record.evidence == SUPPRESSED
            reason = "suppressed" if is_erased else "refused"
            return Deny(reason, facts={"since": record.at})
        current = view.contact.consents.latest(
            touch.channel,
            purpose=MARKETING,
            now=now,
            enterprise=self.enterprise,
            notices=self.notices,
        )
        if current is None or not current.granted:
            facts = {"since": record.at, "notice": record.notice or "not on record"}
            return Deny("notice_outdated", facts=facts)
        refusal = self._latest(view, touch.channel, PERSONALISATION, now)
        if touch.personalised and refusal is not None and not refusal.granted:
            return Deny("not_personalised", facts={"since": refusal.at})
        return Allow(facts={"evidence": current.evidence, "since": current.at})

    def _latest(
        self, view: View, channel: str, purpose: str, now: Instant
    ) -> Consent | None:
        return view.contact.consents.latest(
            channel, purpose=purpose, now=now, enterprise=self.enterprise
        )


def _is_of_processing(record: Consent) -> bool:
    return record.purpose == PROCESSING


STRICT = Lawful()
"""What a plan asks unless it says otherwise."""
