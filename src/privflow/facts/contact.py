"""The person that a brand keeps in touch with."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from privflow.facts.consent import NO_CONSENTS, Consent, Consents
from privflow.facts.identity import Identity, Relation, required_text
from privflow.facts.properties import EMPTY, Properties, properties_of
from privflow.facts.tag import NO_TAGS, Tag, Tags
from privflow.timing import Instant, Span, zone_name


def _zone_or_none(given: str | None) -> str | None:
    return None if given is None else zone_name(given)


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

    Raises:
        UnknownZoneError: the zone does not exist (T8).
        DefinitionError: the id is empty, or an attribute has a type that no fact has.

    >>> Contact("c-001", attributes={"city": "上海"}).attributes["city"]
    '上海'
    """

    id: str = field(kw_only=False)
    identities: tuple[Identity, ...] = field(default=(), converter=tuple[Identity, ...])
    relations: tuple[Relation, ...] = field(default=(), converter=tuple[Relation, ...])
    attributes: Properties = field(default=EMPTY, converter=properties_of)
    timezone: str | None = field(default=None, converter=_zone_or_none)
    tags: Tags = NO_TAGS
    consents: Consents = NO_CONSENTS

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
            source: who said so: `"manual"`, `"rule:likes-makeup"`, `"import"`.
            ttl: how long the tag lives; for ever if None.
        """
        return self._with_tags(self.tags.added(tag, at=at, source=source, ttl=ttl))

    def untagged(self, tag: Tag, *, at: Instant) -> Contact:
        """The contact without a tag from `at` on; the history keeps it."""
        return self._with_tags(self.tags.removed(tag, at=at))

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
    ) -> Contact:
        """The contact after they agreed to be written to.

        Raises:
            DefinitionError: there is no evidence; such a consent does not count.
        """
        record = Consent(
            channel,
            True,
            purpose=purpose,
            at=at,
            evidence=evidence,
            enterprise=enterprise,
        )
        return evolve(self, consents=self.consents.added(record))

    def refusing(
        self, channel: str, *, purpose: str, at: Instant, enterprise: str = ""
    ) -> Contact:
        """The contact after they refused, or withdrew an earlier consent."""
        record = Consent(channel, False, purpose=purpose, at=at, enterprise=enterprise)
        return evolve(self, consents=self.consents.added(record))

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
