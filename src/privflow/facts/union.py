"""What two records of one person say together: the rules of a merge (K1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from attrs import evolve

from privflow.facts.consent import (
    EVERY_CHANNEL,
    Consent,
    Consents,
    channel_matches,
    sensitive_purpose,
)
from privflow.facts.contact import Contact, is_withdrawn
from privflow.facts.identity import Identity, Relation, identity_key
from privflow.facts.tag import Tag, TagFact, Tags
from privflow.timing import Instant

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

# ── Identities and relations ─────────────────────────────────────────────────


def identities_of_both(older: Contact, newer: Contact) -> tuple[Identity, ...]:
    """Every identity; one that both have is valid as long as either says."""
    return _joined(older.identities, newer.identities, identity_key, _longest)


def relations_of_both(older: Contact, newer: Contact) -> tuple[Relation, ...]:
    """Every relation; of two to one staff member, the one that ends or began later."""
    return _joined(
        older.relations, newer.relations, lambda relation: relation.staff, _lasting
    )


def _joined(
    mine: Iterable[T],
    theirs: Iterable[T],
    key: Callable[[T], K],
    chosen: Callable[[T, T], T],
) -> tuple[T, ...]:
    found = {key(one): one for one in mine}
    for one in theirs:
        known = found.get(key(one))
        found[key(one)] = one if known is None else chosen(known, one)
    return tuple(found.values())


def _longest(mine: Identity, theirs: Identity) -> Identity:
    starts = [one.since for one in (mine, theirs)]
    since = None if None in starts else min(s for s in starts if s is not None)
    ends = [one.until for one in (mine, theirs)]
    until = None if None in ends else max(e for e in ends if e is not None)
    return evolve(mine, since=since, until=until)


def _lasting(mine: Relation, theirs: Relation) -> Relation:
    def rank(relation: Relation) -> tuple[bool, Instant]:
        return relation.until is None, relation.until or relation.since

    return theirs if rank(theirs) > rank(mine) else mine


# ── Consents ─────────────────────────────────────────────────────────────────


def consents_of_both(older: Contact, newer: Contact, now: Instant) -> Consents:
    """What both declared, without consents that the other record contradicts."""
    mine, theirs = older.consents, newer.consents
    kept = [
        *(r for r in mine.records if not _is_contradicted(r, theirs, now)),
        *(r for r in theirs.records if not _is_contradicted(r, mine, now)),
    ]
    return Consents(dict.fromkeys(kept))


def _is_contradicted(record: Consent, other: Consents, now: Instant) -> bool:
    """Whether a consent is to something that is refused in the other record, ever.

    A refusal that was taken back for a time alone binds again when that is over.
    """
    return record.granted and any(
        _meet(record.channel, refusal.channel)
        and refusal.enterprise in {"", record.enterprise}
        for at in _turns(record, other, now)
        for refusal in other.refusals(
            purpose=record.purpose, now=at, enterprise=record.enterprise
        )
    )


def _turns(record: Consent, other: Consents, now: Instant) -> Iterator[Instant]:
    """When the other record says something else, as long as the consent lasts."""
    yield now
    for each in other.records:
        for at in (each.at, each.until):
            if at is not None and at > now and (not record.until or at < record.until):
                yield at


def _meet(one: str, other: str) -> bool:
    return (
        EVERY_CHANNEL in {one, other}
        or channel_matches(one, other)
        or channel_matches(other, one)
    )


# ── Tags ─────────────────────────────────────────────────────────────────────


def tags_of_both(
    older: Contact, newer: Contact, fresh: Contact, consents: Consents, now: Instant
) -> Tags:
    """The union of both histories, without sensitive tags whose consent is gone.

    Args:
        fresh: whose label of an exclusive group wins where two begin at one instant.
        consents: of both.
        now: a group that is refused by then has no tags, however late they began.
    """
    tags = _united(older.tags, newer.tags, later=fresh.tags)
    refusals = [record for record in consents.records if not record.granted]
    return tags.without(
        lambda fact: (
            any(is_withdrawn(fact, refusal) for refusal in refusals)
            or _is_refused(fact, consents, now)
        )
    )


def _is_refused(fact: TagFact, consents: Consents, now: Instant) -> bool:
    """Whether a refusal binds of what a sensitive tag needs a consent to."""
    if not fact.tag.sensitive:
        return False
    purpose = sensitive_purpose(fact.tag.group)
    record = consents.latest(EVERY_CHANNEL, purpose=purpose, now=now)
    return record is not None and not record.granted


def _united(mine: Tags, theirs: Tags, *, later: Tags) -> Tags:
    """The union of two histories; `later` wins where both begin at one instant.

    A label of an exclusive group ends its sibling wherever it begins, in either record;
    so what both end with, the union ends with, too.
    """
    newest = frozenset(later.history)
    both = dict.fromkeys((*mine.history, *theirs.history))
    facts: dict[int, TagFact] = {}
    last: dict[Tag | str, int] = {}
    for place, fact in enumerate(sorted(both, key=lambda f: (f.since, f in newest))):
        was_replaced_at_once = fact.tag.exclusive and fact.since == fact.until
        key = fact.tag.group if fact.tag.exclusive else fact.tag
        before = last.get(key, place)
        known = facts.get(before)
        if known is None or was_replaced_at_once or _ends_before(known, fact):
            facts[place] = fact
        elif known.tag == fact.tag:
            facts[before] = evolve(known, until=_later(known.until, fact.until))
            continue
        else:
            del facts[before]
            if known.since < fact.since:
                facts[before] = evolve(known, until=fact.since)
            facts[place] = fact
        if not was_replaced_at_once:
            last[key] = place
    return Tags(facts[place] for place in sorted(facts))


def _ends_before(fact: TagFact, other: TagFact) -> bool:
    return fact.until is not None and fact.until <= other.since


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    return None if one is None or other is None else max(one, other)


def exclusive(
    facts: Iterable[TagFact], is_newest: Callable[[TagFact], bool]
) -> list[TagFact]:
    """The facts, each of an exclusive group ended where its next sibling begins."""
    next_of: dict[str, Instant] = {}
    kept = []
    ordered = sorted(facts, key=lambda fact: (fact.since, is_newest(fact)))
    for fact in reversed(ordered):
        if not fact.tag.exclusive or fact.since == fact.until:
            kept.append(fact)
            continue
        end = next_of.get(fact.tag.group)
        next_of[fact.tag.group] = fact.since
        if end is None or (fact.until is not None and fact.until <= end):
            kept.append(fact)
        elif fact.since < end:
            kept.append(evolve(fact, until=end))
    return kept[::-1]
