"""The person that a brand keeps in touch with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, field, frozen

from privflow.errors import DefinitionError, ProtocolError, brief
from privflow.facts.age import CHILD, AgeFacts
from privflow.facts.consent import (
    EVERY_CHANNEL,
    NO_CONSENTS,
    Consent,
    Consents,
    sensitive_purpose,
)
from privflow.facts.identity import (
    Identity,
    Relation,
    all_of,
    required_instant,
    required_text,
)
from privflow.facts.properties import EMPTY, Properties, properties_of
from privflow.facts.tag import (
    NO_TAGS,
    Tag,
    TagFact,
    Tags,
    required_tag,
    tag_source,
)
from privflow.timing import Instant, Span, span, zone_name

AGE = AgeFacts()
_LAST_MIDNIGHT = "Etc/GMT+12"


def _zone_or_none(given: str | None) -> str | None:
    return None if given is None else zone_name(given)


def _identities_of(given: Iterable[Identity]) -> tuple[Identity, ...]:
    return all_of("Contact.identities", Identity, given)


def _relations_of(given: Iterable[Relation]) -> tuple[Relation, ...]:
    return all_of("Contact.relations", Relation, given)


def _tags_of(given: Tags | Iterable[TagFact]) -> Tags:
    if isinstance(given, Tags):
        return given
    return Tags(all_of("Contact.tags", TagFact, given))


def _consents_of(given: Consents | Iterable[Consent]) -> Consents:
    if isinstance(given, Consents):
        return given
    return Consents(all_of("Contact.consents", Consent, given))


def _absorbed_of(given: Iterable[str]) -> tuple[str, ...]:
    return all_of("Contact.absorbed", str, given)


@frozen(kw_only=True)
class Contact:
    """One person, with identities, relations, attributes, tags and consents (客户).

    Shape:
        Immutable; every method returns a new contact.

    Args:
        id: the host's own id of the person.
        identities: the ids that platforms know the person by.
        relations: which staff members follow them.
        attributes: what is known about them; see `Properties` for the types.
        timezone: IANA name; None means the plan's.
        tags: their history; `tagged` adds to it.
        consents: what they declared; `consenting` and `refusing` add to it.
        absorbed: ids of contacts that were merged into this one.

    Raises:
        UnknownZoneError: the zone does not exist (T8).
        DefinitionError: the id is empty, or an attribute has a type that no fact has.

    >>> Contact("c-001", attributes={"city": "上海"}).attributes["city"]
    '上海'
    """

    id: str = field(kw_only=False)
    identities: tuple[Identity, ...] = field(default=(), converter=_identities_of)
    relations: tuple[Relation, ...] = field(default=(), converter=_relations_of)
    attributes: Properties = field(default=EMPTY, converter=properties_of)
    timezone: str | None = field(default=None, converter=_zone_or_none)
    tags: Tags = field(default=NO_TAGS, converter=_tags_of)
    consents: Consents = field(default=NO_CONSENTS, converter=_consents_of)
    absorbed: tuple[str, ...] = field(default=(), converter=_absorbed_of)

    def __attrs_post_init__(self) -> None:
        required_text("Contact.id", self.id)

    def tagged(
        self,
        tag: Tag,
        *,
        at: Instant,
        source: str = "manual",
        ttl: Span | str | None = None,
    ) -> Contact:
        """The contact with a tag from `at` on; an exclusive one replaces its siblings.

        Args:
            source: who said so: `"manual"`, `"rule:likes-makeup"`, `"conversation"` or
                `"import:crm"`.
            ttl: how long the tag lives; for ever if None. A sensitive one lives no
                longer than the consent to it.

        Raises:
            DefinitionError: the source is none of these, or what is given is no tag.
            ProtocolError: the tag is sensitive, and no separate consent binds at `at`;
                for a child under 14, none of a guardian.
        """
        required_tag("tag", tag)
        required_instant("at", at)
        if not self.may_hold(tag, now=at):
            purpose = sensitive_purpose(tag.group)
            problem = f"tag {str(tag)!r} is sensitive, and there is no consent to it"
            remedy = f"take in a consent with purpose={purpose!r} before"
            remedy += f", by='guardian' for a child under {CHILD}"
            raise ProtocolError(problem, remedy)
        life = _shortest(ttl, self._agreed_for(tag, at) if tag.sensitive else None)
        tags = self.tags.added(tag, at=at, source=tag_source(source), ttl=life)
        return self._with_tags(tags)

    def _agreed_for(self, tag: Tag, at: Instant) -> Span | None:
        """How long the consent to a sensitive tag lasts from an instant on."""
        record = self._agreed_to(tag, at)
        if record is None or record.until is None:
            return None
        return record.until - at

    def _agreed_to(self, tag: Tag, now: Instant) -> Consent | None:
        """The declaration that binds for a sensitive tag."""
        purpose = sensitive_purpose(tag.group)
        return self.consents.latest(EVERY_CHANNEL, purpose=purpose, now=now)

    def may_hold(
        self, tag: Tag, *, now: Instant, age: AgeFacts = AGE, timezone: str = ""
    ) -> bool:
        """Whether the law lets the contact have a tag: a sensitive one by consent.

        Args:
            age: which attributes tell the age: whoever is under 14 needs the consent of
                a guardian.
            timezone: in which birthdays are kept, where the contact has none; that of
                the latest midnight on earth if empty.

        Source:
            PIPL articles 29 and 31.
        """
        if not tag.sensitive:
            return True
        record = self._agreed_to(tag, now)
        if record is None or not record.granted:
            return False
        zone = self.timezone or timezone or _LAST_MIDNIGHT
        years = age.years(self.attributes, now=now, timezone=zone)
        return years is None or years >= CHILD or record.by == "guardian"

    def untagged(self, tag: Tag, *, at: Instant) -> Contact:
        """The contact without a tag from `at` on; the history keeps it."""
        return self._with_tags(self.tags.removed(tag, at=at))

    def without_profile_tags(self) -> Contact:
        """The contact without the tags that describe them, and without their history.

        Source:
            Network Data Security Regulations article 42.
        """
        return self._with_tags(self.tags.without(lambda fact: fact.tag.profile))

    def _with_tags(self, tags: Tags) -> Contact:
        return self if tags is self.tags else evolve(self, tags=tags)

    def consenting(
        self,
        channel: str,
        *,
        purpose: str,
        at: Instant,
        evidence: str,
        enterprise: str = "",
        notice: str = "",
    ) -> Contact:
        """The contact after they agreed to be written to.

        Args:
            notice: the version of the notice that they read.

        Raises:
            DefinitionError: there is no evidence; such a consent does not count.
        """
        return self.declaring(
            Consent(
                channel,
                True,
                purpose=purpose,
                at=at,
                evidence=evidence,
                enterprise=enterprise,
                notice=notice,
            )
        )

    def refusing(
        self, channel: str, *, purpose: str, at: Instant, enterprise: str = ""
    ) -> Contact:
        """The contact after they refused, or withdrew an earlier consent."""
        return self.declaring(
            Consent(channel, False, purpose=purpose, at=at, enterprise=enterprise)
        )

    def declaring(self, record: Consent) -> Contact:
        """The contact after one more declaration, whenever it was made.

        Whoever withdraws the consent to a sensitive tag group loses the tags that they
        got by then, their history included.

        Source:
            PIPL article 47: delete when the consent is withdrawn.
        """
        consents = self.consents.added(record)
        if consents is self.consents:
            return self
        tags = self.tags
        if not record.granted:
            tags = tags.without(lambda fact: is_withdrawn(fact, record))
        return evolve(self, consents=consents, tags=tags)

    def with_attributes(self, changes: Mapping[str, object]) -> Contact:
        """The contact with changed attributes; a change to None removes one."""
        return evolve(self, attributes=self.attributes.updated(changes))

    def related(self, relation: Relation) -> Contact:
        """The contact with a relation; an older one to the same staff is replaced."""
        others = (r for r in self.relations if r.staff != relation.staff)
        return evolve(self, relations=(*others, relation))

    def identity(self, namespace: str, *, now: Instant) -> Identity | None:
        """The first identity of a namespace that is valid at `now`."""
        for identity in self.identities:
            if identity.namespace == namespace and identity.is_valid(now=now):
                return identity
        return None


def _shortest(ttl: Span | str | None, most: Span | None) -> Span | None:
    life = None if ttl is None else span(ttl)
    return min((one for one in (life, most) if one is not None), default=None)


def is_withdrawn(fact: TagFact, refusal: Consent) -> bool:
    """Whether a sensitive tag goes with the consent that it needed."""
    needed = sensitive_purpose(fact.tag.group)
    return fact.tag.sensitive and refusal.purpose == needed and fact.since <= refusal.at


def required_contact(what: str, given: object) -> Contact:
    """The contact, if it is one; of a state, the hint names the contact in it."""
    if isinstance(given, Contact):
        return given
    problem = f"got {brief(given)}, expected a contact"
    has_one = isinstance(getattr(given, "contact", None), Contact)
    remedy = "pass the contact of the state: state.contact"
    raise DefinitionError(what, problem, remedy if has_one else "pass a Contact")
