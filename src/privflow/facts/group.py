"""A chat group of many contacts, which lives like one (群, J8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import evolve, field, frozen

from privflow.errors import DefinitionError
from privflow.facts.contact import Contact
from privflow.facts.identity import (
    Identity,
    Relation,
    all_of,
    required_instant,
    required_life,
    required_text,
)
from privflow.timing import Instant

Joined = Literal["", "invited", "link", "qr_code"]
Left = Literal["", "self", "removed", "dismissed"]
_JOINED = ("", "invited", "link", "qr_code")
_LEFT = ("", "self", "removed", "dismissed")


@frozen(kw_only=True)
class Membership:
    """Somebody was in a group from `since` until `until` (half-open; 群成员).

    Args:
        member: the id of a contact, or of a staff member.
        joined_by: how they came in; empty where it is not known.
        left_by: how they went: by themselves, removed, or with the whole group.
        inviter: who brought them in.
        is_staff: the member is one of the brand's own.

    Source:
        https://developer.work.weixin.qq.com/document/path/92277: JoinScene, QuitScene.
    """

    member: str = field(kw_only=False)
    since: Instant
    until: Instant | None = None
    joined_by: Joined = ""
    left_by: Left = ""
    inviter: str = ""
    is_staff: bool = False

    def __attrs_post_init__(self) -> None:
        required_text("Membership.member", self.member)
        required_instant("Membership.since", self.since)
        required_life("Membership", self.since, self.until)
        for what, given, known in (
            ("Membership.joined_by", self.joined_by, _JOINED),
            ("Membership.left_by", self.left_by, _LEFT),
        ):
            if given not in known:
                problem = f"got {given!r}, expected one of {known[1:]}"
                raise DefinitionError(what, problem, "or leave it out")

    def lasts(self, *, now: Instant) -> bool:
        """Whether they are in the group at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


def _members_of(given: Iterable[Membership]) -> tuple[Membership, ...]:
    return all_of("Group.members", Membership, given)


@frozen(kw_only=True)
class Group:
    """A chat group: who owns it, and who was in it when (群).

    A group has a life of its own, with events, tags, quotas and journeys: `as_contact`
    gives the contact that stands for it in a `ContactState`. What a member agreed to or
    refused stays their own.

    Shape:
        Immutable; every method returns a new group.

    Args:
        id: the host's own id of the group.
        chat_id: the platform's id of it.
        scope: within which that is unique: a corp.
        owner: the staff member who owns it.
        members: everybody who is or was in it, in the order of joining.

    >>> from privflow.timing import instant
    >>> now = instant("2026-10-20T09:30+08:00")
    >>> tea = Group("g-1", "wrX", owner="zhang", created_at=now)
    >>> tea = tea.joined("c-1", at=now, by="qr_code")
    >>> [one.member for one in tea.members_at(now)]
    ['c-1']
    >>> tea.as_contact(now=now).attributes["members"]
    1
    """

    id: str = field(kw_only=False)
    chat_id: str = field(kw_only=False)
    owner: str
    created_at: Instant
    name: str = ""
    scope: str = ""
    dismissed_at: Instant | None = None
    members: tuple[Membership, ...] = field(default=(), converter=_members_of)

    def __attrs_post_init__(self) -> None:
        for what in ("id", "chat_id", "owner"):
            required_text(f"Group.{what}", getattr(self, what))
        required_instant("Group.created_at", self.created_at)
        if self.dismissed_at is not None:
            required_instant("Group.dismissed_at", self.dismissed_at)

    def members_at(self, now: Instant) -> tuple[Membership, ...]:
        """Who is in the group at an instant, staff included."""
        return tuple(one for one in self.members if one.lasts(now=now))

    def joined(
        self,
        member: str,
        *,
        at: Instant,
        by: Joined = "",
        inviter: str = "",
        is_staff: bool = False,
    ) -> Group:
        """The group with one more member; itself if they are in it already."""
        if any(one.member == member and one.lasts(now=at) for one in self.members):
            return self
        new = Membership(
            member, since=at, joined_by=by, inviter=inviter, is_staff=is_staff
        )
        ordered = sorted((*self.members, new), key=lambda one: one.since)
        return evolve(self, members=tuple(ordered))

    def left(self, member: str, *, at: Instant, by: Left = "") -> Group:
        """The group without a member from `at` on; itself if they are not in it."""
        members = tuple(
            evolve(one, until=at, left_by=by)
            if one.member == member and one.lasts(now=at)
            else one
            for one in self.members
        )
        return self if members == self.members else evolve(self, members=members)

    def owned_by(self, staff: str) -> Group:
        """The group after it was handed to another staff member."""
        return evolve(self, owner=staff)

    def dismissed(self, *, at: Instant) -> Group:
        """The group that is no more from `at` on; everybody leaves it."""
        group = self
        for one in self.members_at(at):
            group = group.left(one.member, at=at, by="dismissed")
        return evolve(group, dismissed_at=at)

    def as_contact(self, *, now: Instant, known: Contact | None = None) -> Contact:
        """The contact that stands for the group, so that journeys can be about it.

        Its identity is the chat, its relation the owner; the attributes `name`,
        `members`, `customers` and `days_old` are those of the group at `now`.

        Args:
            known: that contact as it was; tags, consents and other attributes stay.

        Raises:
            DefinitionError: `known` stands for another group.
        """
        contact = Contact(self.id) if known is None else known
        if contact.id != self.id:
            problem = f"got contact {contact.id!r} for group {self.id!r}"
            raise DefinitionError("known", problem, "pass the contact of this group")
        present = self.members_at(now)
        return evolve(
            contact,
            identities=self._identities(contact.identities),
            relations=self._relations(contact.relations, now),
            attributes=contact.attributes.updated({
                "name": self.name or None,
                "members": len(present),
                "customers": sum(not one.is_staff for one in present),
                "days_old": max(0, (now.us - self.created_at.us) // _DAY),
            }),
        )

    def _identities(self, known: Iterable[Identity]) -> tuple[Identity, ...]:
        own = Identity(
            "wecom.chat_id",
            self.chat_id,
            scope=self.scope,
            since=self.created_at,
            until=self.dismissed_at,
        )
        others = (one for one in known if one.namespace != own.namespace)
        return (own, *others)

    def _relations(
        self, known: Iterable[Relation], now: Instant
    ) -> tuple[Relation, ...]:
        """The owner's relation; that of an owner before ended by a hand-over."""
        before = tuple(known)
        of_owner = [one for one in before if one.staff == self.owner]
        if of_owner and (self.dismissed_at or of_owner[-1].lasts(now=now)):
            owner = of_owner[-1]
        else:
            known_at = now if self.dismissed_at is None else min(now, self.dismissed_at)
            since = known_at if before else self.created_at
            owner = Relation(staff=self.owner, since=since)
        if self.dismissed_at is not None and owner.until is None:
            owner = evolve(owner, until=self.dismissed_at)
        others = (
            evolve(one, until=now, ended_by="transfer") if one.lasts(now=now) else one
            for one in before
            if one.staff != self.owner
        )
        return (*others, owner)


_DAY = 86_400_000_000
