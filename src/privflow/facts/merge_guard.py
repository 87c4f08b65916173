"""What keeps strangers from being taken for one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts.contact import Contact, required_contact
from privflow.facts.identity import Identity, all_of, identity_key
from privflow.timing import Instant

_NOBODY = re.compile(r"[0\-\s]*|-1|null|none|nil|undefined|nan|n/?a|anonymous|unknown")


def _most_of(given: Mapping[str, int]) -> Mapping[str, int]:
    return dict(given)


def _values_of(given: Iterable[str]) -> tuple[str, ...]:
    return all_of("MergeGuard.blocked", str, given)


@frozen(kw_only=True)
class MergeGuard:
    """What keeps strangers from being taken for one person (合并防护).

    Args:
        blocked: values that are nobody's, besides `"-1"`, `"null"`, `"0000"` and such.
        most: how many valid identities of one namespace and scope a person can have.
        most_of: the same for some namespaces: `{"wecom.external_userid": 1}`.

    Raises:
        DefinitionError: a bare text, or a number below 1.

    Source:
        Twilio Segment, Unify identity resolution settings: blocked values and limits.
    """

    blocked: tuple[str, ...] = field(default=(), converter=_values_of)
    most: int = 5
    most_of: Mapping[str, int] = field(factory=dict, converter=_most_of)

    def __attrs_post_init__(self) -> None:
        for name, most in (("", self.most), *self.most_of.items()):
            if type(most) is not int or most < 1:
                what = f"MergeGuard.most_of[{name!r}]" if name else "MergeGuard.most"
                problem = f"got {most!r}, expected a whole number from 1 on"
                raise DefinitionError(what, problem, "write 1 or more")

    def blocks(self, value: str) -> bool:
        """Whether an id is nobody's, so that two who share it share nothing."""
        plain = value.strip().casefold()
        return value in self.blocked or _NOBODY.fullmatch(plain) is not None

    def shared(
        self, one: Contact, other: Contact, *, now: Instant
    ) -> tuple[Identity, ...]:
        """The identities that both have at `now` and that mean something.

        A merge on no such identity is the host's own responsibility.
        """
        for name, contact in (("one", one), ("other", other)):
            required_contact(f"MergeGuard.shared.{name}", contact)
        known = {
            identity_key(identity)
            for identity in other.identities
            if identity.is_valid(now=now)
        }
        return tuple(
            identity
            for identity in one.identities
            if identity.is_valid(now=now)
            and identity_key(identity) in known
            and not self.blocks(identity.value)
        )

    def crowded(self, contact: Contact, *, now: Instant) -> str:
        """The first namespace with too many valid identities; empty without one."""
        counts: dict[tuple[str, str], int] = {}
        for identity in contact.identities:
            if identity.is_valid(now=now) and not self.blocks(identity.value):
                place = identity.namespace, identity.scope
                counts[place] = counts.get(place, 0) + 1
                if counts[place] > self.most_of.get(identity.namespace, self.most):
                    return identity.namespace
        return ""


GUARD = MergeGuard()
"""What a merge is held to unless it says otherwise."""
