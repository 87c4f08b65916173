"""Two records of one person made into one, by stated rules, and taken apart again (K1).

Theory of operation
-------------------
1. The older contact survives: its id stays, and with it every bucket and split.
2. Identities: everybody's, valid as long as either says. Relations: everybody's; of two
   to one member of staff the one that ends later, of two that last the later one.
3. Attributes and zone: of two values, that of the record which is `fresh`. Nothing else
   says which is newer.
4. Tags: the union; what overlaps becomes one, with the earliest start and the latest
   end. In an exclusive group a label ends where the next one begins, in either record;
   one that both have at an instant, the union has.
5. Consents: the union, without those that a refusal in the other record contradicts,
   be it when something that was agreed to for a time is over. So nobody is written to
   who was not to be written to under either name, and what may not be kept under one
   is kept under neither.
6. A merge is a value that holds what it was made of. Undoing it gives both contacts
   back. What became known of the merged one since stays with the survivor; a refusal
   since then binds both, as nobody knows whose it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.display import Report, Table
from privflow.errors import ProtocolError
from privflow.facts.contact import Contact, required_contact
from privflow.facts.identity import all_of, identity_key, required_instant
from privflow.facts.merge_guard import GUARD, MergeGuard
from privflow.facts.tag import TagFact
from privflow.facts.union import (
    consents_of_both,
    identities_of_both,
    relations_of_both,
    tags_of_both,
)
from privflow.facts.unmerging import unmerged
from privflow.timing import Instant

Side = Literal["older", "newer"]


@frozen(kw_only=True)
class MergeLine:
    """What a merge decided about one thing.

    Args:
        what: `"attribute"`, `"tag"`, `"consent"`, `"identity"`, `"relation"`,
            `"timezone"` or `"journey"`.
        name: which one.
        of: from whom the result comes: `"older"`, `"newer"`, `"both"` or `"neither"`.
        rule: why.
    """

    what: str
    name: str
    of: str
    rule: str


def _lines_of(given: Iterable[MergeLine]) -> tuple[MergeLine, ...]:
    return all_of("Merge.lines", MergeLine, given)


@frozen(kw_only=True)
class Merge(Report):
    """A merge of two contacts: what came of it, why, and how to undo it (合并记录).

    Args:
        older: the one whose id survives, as they were.
        newer: the other one, as they were.
        result: the contact that they became.
        at: when they were merged.
        lines: what was decided.
    """

    older: Contact
    newer: Contact
    result: Contact
    at: Instant
    lines: tuple[MergeLine, ...] = field(default=(), converter=_lines_of)

    def __attrs_post_init__(self) -> None:
        required_instant("Merge.at", self.at)

    def undo(self, merged: Contact) -> tuple[Contact, Contact]:
        """Both contacts again, the older one first.

        Args:
            merged: the survivor as they are now; what became known since the merge
                stays with them, but a refusal since then is declared for both.

        Raises:
            ProtocolError: it is not the survivor of this merge, or the merge has been
                undone already.
        """
        if merged.id != self.older.id or self.newer.id not in merged.absorbed:
            problem = f"{merged.id!r} is not made of {self.newer.id!r}, or not any more"
            raise ProtocolError(problem, "undo a merge once, on the contact it left")
        return unmerged(self.older, self.newer, self.result, merged, at=self.at)

    @override
    def table(self) -> Table:
        """What was decided, as a table."""
        title = f"{self.newer.id} merged into {self.older.id} at {self.at}"
        rows = [(line.what, line.name, line.of, line.rule) for line in self.lines]
        return Table(("what", "name", "from", "because"), rows, title=title)


def merge(
    older: Contact,
    newer: Contact,
    *,
    now: Instant,
    fresh: Side = "newer",
    guard: MergeGuard = GUARD,
) -> Merge:
    """The merge of two records of one person.

    Args:
        older: whose id survives.
        now: when it is decided.
        fresh: whose attributes were learned last.

    Raises:
        ProtocolError: they are one contact already, or would have more identities of
            one kind than a person has.

    >>> from privflow.timing import instant
    >>> now = instant("2026-10-20T09:30+08:00")
    >>> made = merge(
    ...     Contact("c-1", attributes={"city": "上海"}),
    ...     Contact("c-2", attributes={"city": "北京", "age": 31}),
    ...     now=now,
    ... )
    >>> made.result.id, dict(made.result.attributes)
    ('c-1', {'city': '北京', 'age': 31})
    >>> print(made)
    c-2 merged into c-1 at 2026-10-20T01:30:00Z
    what       name  from   because
    ─────────  ────  ─────  ─────────────────────
    attribute  city  newer  the newest value wins
    attribute  age   newer  only they had it
    """
    for name, contact in (("older", older), ("newer", newer)):
        required_contact(f"merge.{name}", contact)
    required_instant("merge.now", now)
    _check_apart(older, newer)
    first, second = (newer, older) if fresh == "newer" else (older, newer)
    consents = consents_of_both(older, newer, now)
    result = evolve(
        older,
        identities=identities_of_both(older, newer),
        relations=relations_of_both(older, newer),
        attributes={**second.attributes, **first.attributes},
        timezone=first.timezone or second.timezone,
        tags=tags_of_both(older, newer, first, consents, now),
        consents=consents,
        absorbed=(*older.absorbed, newer.id, *newer.absorbed),
    )
    crowded = guard.crowded(result, now=now)
    if crowded:
        problem = f"together they have too many identities of {crowded!r}"
        remedy = "check that both are one person, or allow more in MergeGuard"
        raise ProtocolError(problem, remedy)
    lines = _explained(older, newer, result, fresh)
    return Merge(older=older, newer=newer, result=result, at=now, lines=lines)


def _check_apart(older: Contact, newer: Contact) -> None:
    """Refuse a contact with itself, and whoever is part of the other one already."""
    ids = {older.id, *older.absorbed} & {newer.id, *newer.absorbed}
    if ids:
        problem = (
            f"{older.id!r} and {newer.id!r} are one already: both are {min(ids)!r}"
        )
        raise ProtocolError(problem, "merge two different contacts, each of them once")


# ── What was decided, in words ───────────────────────────────────────────────


def _explained(
    older: Contact, newer: Contact, result: Contact, fresh: Side
) -> Iterator[MergeLine]:
    yield from _of_attributes(older, newer, fresh)
    if older.timezone != newer.timezone:
        of = "older" if result.timezone == older.timezone else "newer"
        rule = f"{result.timezone}: the newest that is known wins"
        yield MergeLine(what="timezone", name="timezone", of=of, rule=rule)
    mine = {identity_key(one) for one in older.identities}
    for one in newer.identities:
        if identity_key(one) not in mine:
            name, rule = f"{one.namespace} {one.value}", "every identity is kept"
            yield MergeLine(what="identity", name=name, of="newer", rule=rule)
    staff = {relation.staff for relation in older.relations}
    for relation in newer.relations:
        is_shared = relation.staff in staff
        of = "newer" if relation in result.relations else "older"
        rule = "the one that lasts is kept" if is_shared else "every relation is kept"
        yield MergeLine(what="relation", name=relation.staff, of=of, rule=rule)
    yield from _of_tags(older, newer, result)
    kept = set(result.consents.records)
    for record in dict.fromkeys((*older.consents.records, *newer.consents.records)):
        if record not in kept:
            name = f"{record.channel} {record.purpose} {record.at}"
            rule = "the other one refused, and the strictest counts"
            yield MergeLine(what="consent", name=name, of="neither", rule=rule)


def _of_attributes(older: Contact, newer: Contact, fresh: Side) -> Iterator[MergeLine]:
    for name in dict.fromkeys((*older.attributes, *newer.attributes)):
        mine, theirs = older.attributes.get(name), newer.attributes.get(name)
        if mine == theirs:
            continue
        if mine is None or theirs is None:
            of, rule = "newer" if mine is None else "older", "only they had it"
        else:
            of, rule = fresh, "the newest value wins"
        yield MergeLine(what="attribute", name=name, of=of, rule=rule)


def _of_tags(older: Contact, newer: Contact, result: Contact) -> Iterator[MergeLine]:
    mine, theirs = set(older.tags.history), set(newer.tags.history)
    for fact in result.tags.history:
        if fact in mine and fact in theirs:
            of, rule = "both", "both say the same"
        elif fact in mine or fact in theirs:
            of, rule = "older" if fact in mine else "newer", "every tag is kept"
        else:
            end = "for ever" if fact.until is None else f"until {fact.until}"
            of, rule = "both", f"joined or cut short: from {fact.since} {end}"
        yield MergeLine(what="tag", name=str(fact.tag), of=of, rule=rule)
    held = result.tags.history
    for fact in dict.fromkeys((*older.tags.history, *newer.tags.history)):
        if not any(one.tag == fact.tag and _covers(one, fact.since) for one in held):
            rule = _why_gone(fact, held)
            yield MergeLine(what="tag", name=str(fact.tag), of="neither", rule=rule)


def _covers(fact: TagFact, at: Instant) -> bool:
    return fact.since == at or fact.holds(now=at)


def _why_gone(gone: TagFact, held: Iterable[TagFact]) -> str:
    """Why nothing is left of a tag: a sibling stands there, or there is no consent."""
    group = gone.tag.group
    if any(one.tag.group == group and _covers(one, gone.since) for one in held):
        return "the fresh record has another label of its group"
    return "the consent that it needs was refused"
