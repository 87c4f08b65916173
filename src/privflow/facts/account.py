"""A company as a customer, with people who decide, pay and use (客户企业)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from privflow.facts.contact import Contact
from privflow.facts.identity import (
    all_of,
    required_instant,
    required_life,
    required_text,
)
from privflow.facts.properties import EMPTY, Properties, properties_of
from privflow.facts.tag import Tag
from privflow.timing import Instant


@frozen(kw_only=True)
class Role:
    """What somebody is to a company, from `since` until `until` (half-open; 角色).

    Args:
        contact_id: of the person.
        role: `"decision_maker"`, `"user"`, `"finance"`, or whatever the brand says.
    """

    contact_id: str = field(kw_only=False)
    role: str = field(kw_only=False)
    since: Instant
    until: Instant | None = None

    def __attrs_post_init__(self) -> None:
        required_text("Role.contact_id", self.contact_id)
        required_text("Role.role", self.role)
        required_instant("Role.since", self.since)
        required_life("Role", self.since, self.until)

    def lasts(self, *, now: Instant) -> bool:
        """Whether it is their role at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


@frozen(kw_only=True)
class AccountView:
    """A company at an instant, seen over all of its people.

    Who may be written to is not a question about a company: each consent is personal.

    Args:
        people: contact ids by role, both in the order in which they came.
        tags: what any of them has, each once.
        staff: who follows any of them.
        missing: ids of people of the account who were not handed in.
    """

    people: Mapping[str, tuple[str, ...]]
    tags: tuple[Tag, ...] = ()
    staff: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def _roles_of(given: Iterable[Role]) -> tuple[Role, ...]:
    return all_of("Account.roles", Role, given)


@frozen(kw_only=True)
class Account:
    """A company as a customer, and its people in their roles (客户企业).

    Args:
        id: the host's own id of the company.
        roles: who was what, and when; one person may have several.
        attributes: what is known about the company.

    >>> from privflow.timing import instant
    >>> now = instant("2026-10-20T09:30+08:00")
    >>> account = Account("a-1", roles=[Role("c-1", "decision_maker", since=now)])
    >>> view = account.view([Contact("c-1")], now=now)
    >>> dict(view.people), view.missing
    ({'decision_maker': ('c-1',)}, ())
    """

    id: str = field(kw_only=False)
    name: str = ""
    roles: tuple[Role, ...] = field(default=(), converter=_roles_of)
    attributes: Properties = field(default=EMPTY, converter=properties_of)

    def __attrs_post_init__(self) -> None:
        required_text("Account.id", self.id)

    def view(self, contacts: Iterable[Contact], *, now: Instant) -> AccountView:
        """The company at an instant, as far as its people are handed in.

        Args:
            contacts: any contacts; who has no role in the company is left out. One who
                was merged is found by the ids of both.
        """
        known = {name: c for c in contacts for name in (c.id, *c.absorbed)}
        people: dict[str, list[str]] = {}
        found: dict[str, Contact] = {}
        missing: dict[str, None] = {}
        for role in self.roles:
            if not role.lasts(now=now):
                continue
            contact = known.get(role.contact_id)
            if contact is None:
                missing[role.contact_id] = None
                continue
            found[contact.id] = contact
            ids = people.setdefault(role.role, [])
            ids += [] if contact.id in ids else [contact.id]
        tags = {tag for contact in found.values() for tag in contact.tags.at(now)}
        staff = {
            relation.staff
            for contact in found.values()
            for relation in contact.relations
            if relation.lasts(now=now)
        }
        return AccountView(
            people={role: tuple(ids) for role, ids in people.items()},
            tags=tuple(sorted(tags, key=str)),
            staff=tuple(sorted(staff)),
            missing=tuple(missing),
        )
