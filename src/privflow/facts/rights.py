"""What a person may demand: that processing stops, and that they are forgotten (K4)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts.consent import (
    EVERY_CHANNEL,
    MARKETING,
    PROCESSING,
    Consent,
)
from privflow.facts.contact import Contact, required_contact
from privflow.facts.identity import Identity, all_of, required_instant
from privflow.facts.merge_guard import GUARD, MergeGuard
from privflow.timing import Instant

SUPPRESSED = "suppression"
"""The evidence of a refusal that comes from a suppression record."""

_HASH_BYTES = 32
_LEAST_SECRET = 16
_MOST_SECRET = 64


def restrict(contact: Contact, *, at: Instant) -> Contact:
    """The contact whose processing stops at an instant: kept, and left alone by all.

    The engine files what happens to them, and neither judges nor sends anything.
    `lift_restriction` ends it: then everything is looked at, and what was due meanwhile
    is skipped.

    Source:
        PIPL article 44; article 47: where deletion is not possible, all processing
        stops except storage and protection.
    """
    required_contact("restrict.contact", contact)
    return contact.refusing(EVERY_CHANNEL, purpose=PROCESSING, at=at)


def lift_restriction(
    contact: Contact, *, at: Instant, evidence: str, enterprise: str = ""
) -> Contact:
    """The contact whose processing goes on.

    Args:
        evidence: where it is kept that they asked for it.
        enterprise: for whom it goes on; that of the plan, where the plan names one.

    Raises:
        DefinitionError: there is no evidence.
    """
    required_contact("lift_restriction.contact", contact)
    return contact.consenting(
        EVERY_CHANNEL,
        purpose=PROCESSING,
        at=at,
        evidence=evidence,
        enterprise=enterprise,
    )


def _hashes_of(given: Iterable[str]) -> tuple[str, ...]:
    return all_of("Suppression.hashes", str, given)


@frozen(kw_only=True)
class Suppression:
    """All that is left of who was erased: hashes of their identities (封禁名单).

    It survives the erasure so that an old list, imported again, is recognised.

    Args:
        hashes: keyed by the host's secret, which is not stored here.
        at: when they were erased.
    """

    hashes: tuple[str, ...] = field(converter=_hashes_of)
    at: Instant

    def __attrs_post_init__(self) -> None:
        required_instant("Suppression.at", self.at)

    def covers(self, contact: Contact, *, secret: bytes) -> bool:
        """Whether the contact has an identity of who was erased.

        Raises:
            DefinitionError: the secret is too short, or too long.
        """
        known = frozenset(self.hashes)
        return any(_hash(one, secret) in known for one in contact.identities)

    def applied_to(self, contact: Contact, *, secret: bytes) -> Contact:
        """The contact as they may be taken in again: with a refusal of marketing.

        It stands from the erasure on, so that older consents of an imported list do not
        count; a newer one of the person does. Nobody else is changed.

        Raises:
            DefinitionError: the secret is too short, or too long.
        """
        if not self.covers(contact, secret=secret):
            return contact
        return contact.declaring(
            Consent(
                EVERY_CHANNEL,
                False,
                purpose=MARKETING,
                at=self.at,
                evidence=SUPPRESSED,
            )
        )


def erase(
    contact: Contact, *, secret: bytes, at: Instant, guard: MergeGuard = GUARD
) -> Suppression:
    """What to keep of a contact who wants to be forgotten; drop everything else.

    Args:
        secret: of the host, 16 to 64 random bytes, always the same. Without it nobody
            finds out which phone number a hash was, by trying them all.
        guard: knows the values that are nobody's, such as `"null"`: whoever has one,
            too, is somebody else.

    Raises:
        DefinitionError: the secret is too short, or too long.

    Source:
        PIPL article 47 (deletion); Network Data Security Regulations article 24.

    >>> from privflow.facts import Identity
    >>> from privflow.timing import instant
    >>> secret, now = bytes(range(16)), instant("2026-10-20T09:30+08:00")
    >>> wang = Contact("c-1", identities=[Identity("phone", "13800000000")])
    >>> left = erase(wang, secret=secret, at=now)
    >>> imported = Contact("c-9", identities=[Identity("phone", "13800000000")])
    >>> left.covers(imported, secret=secret)
    True
    """
    required_contact("erase.contact", contact)
    own = (one for one in contact.identities if not guard.blocks(one.value))
    hashes = {_hash(identity, secret) for identity in own}
    return Suppression(hashes=sorted(hashes), at=required_instant("erase.at", at))


def _hash(identity: Identity, secret: bytes) -> str:
    is_secret = isinstance(secret, bytes)
    if not is_secret or not _LEAST_SECRET <= len(secret) <= _MOST_SECRET:
        size = f"{len(secret)} bytes" if is_secret else type(secret).__name__
        problem = f"got {size}, expected bytes that nobody can guess"
        remedy = f"use {_LEAST_SECRET} to {_MOST_SECRET} random bytes, kept apart"
        raise DefinitionError("secret", problem, remedy)
    content = repr((identity.namespace, identity.scope, identity.value))
    data = content.encode("utf-8", "surrogatepass")
    return blake2b(data, key=secret, digest_size=_HASH_BYTES).hexdigest()
