"""Two contacts again out of one, with what became known since (K1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from attrs import evolve

from privflow.facts.contact import Contact
from privflow.facts.identity import Relation, identity_key
from privflow.facts.tag import TagFact, Tags
from privflow.facts.union import exclusive
from privflow.timing import Instant

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def unmerged(
    older: Contact, newer: Contact, result: Contact, merged: Contact, *, at: Instant
) -> tuple[Contact, Contact]:
    """Both contacts, the older one with what became known since the merge.

    Args:
        result: what they became.
        merged: what that has become since.
        at: when they were merged.
    """
    gone = {newer.id, *newer.absorbed}
    contact = evolve(
        older,
        identities=_since(
            merged.identities, result.identities, older.identities, identity_key
        ),
        relations=_since(
            merged.relations, result.relations, older.relations, _relation_key(at)
        ),
        attributes=older.attributes.updated(_changes(result, merged)),
        timezone=(
            older.timezone if merged.timezone == result.timezone else merged.timezone
        ),
        tags=_tags_since(merged.tags, result.tags, older.tags, at),
        absorbed=tuple(one for one in merged.absorbed if one not in gone),
    )
    known = set(result.consents.records)
    for declared in merged.consents.records:
        if declared not in known:
            contact = contact.declaring(declared)
            newer = newer if declared.granted else newer.declaring(declared)
    return contact, newer


def _changes(result: Contact, merged: Contact) -> dict[str, object]:
    """The attributes that were learned since; None for what was removed."""
    old, new = result.attributes, merged.attributes
    names = dict.fromkeys((*old, *new))
    return {name: new.get(name) for name in names if old.get(name) != new.get(name)}


def _relation_key(at: Instant) -> Callable[[Relation], tuple[str, bool]]:
    """By staff member, and whether the relation began after the merge."""
    return lambda relation: (relation.staff, relation.since > at)


def _since(
    now: tuple[T, ...], then: tuple[T, ...], own: tuple[T, ...], key: Callable[[T], K]
) -> tuple[T, ...]:
    """What somebody had of their own, changed as it has been since a merge.

    What changed of what only the other one had is not theirs; what is new is.
    """
    present = {key(one): one for one in now}
    before = {key(one): one for one in then}
    mine = {key(one): one for one in own}
    for name, one in present.items():
        if (name not in before) or (name in mine and before[name] != one):
            mine[name] = one
    removed = before.keys() - present.keys()
    return tuple(one for name, one in mine.items() if name not in removed)


def _tags_since(now: Tags, then: Tags, own: Tags, at: Instant) -> Tags:
    """Somebody's own tags, ended, prolonged and joined by others as since a merge.

    Args:
        at: when they were merged.
    """
    if now == then:
        return own
    before = {(fact.tag, fact.since): fact for fact in then.history}
    after = {(fact.tag, fact.since): fact for fact in now.history}
    facts = []
    for fact in own.history:
        source = _covering(fact, then, at) or _covering(fact, then, fact.since)
        changed = None if source is None else after.get((source.tag, source.since))
        if source is None or changed == source:
            facts.append(fact)
        elif changed is not None and _begins_before(fact, changed.until):
            facts.append(evolve(fact, until=changed.until))
    facts += [fact for key, fact in after.items() if key not in before]
    return Tags(exclusive(facts, lambda fact: (fact.tag, fact.since) in after))


def _begins_before(fact: TagFact, end: Instant | None) -> bool:
    return end is None or fact.since < end


def _covering(fact: TagFact, tags: Tags, at: Instant) -> TagFact | None:
    """The fact of the union that holds when one of its parts does."""
    for one in tags.history:
        if one.tag == fact.tag and fact.holds(now=at) and one.holds(now=at):
            return one
    return None
