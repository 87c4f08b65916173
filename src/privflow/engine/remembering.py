"""What rules remember of two people who are one, and of one who is two again (K1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from attrs import evolve, frozen

from privflow.facts import Contact
from privflow.rules import Points, RuleMemory, ScoreDefinition
from privflow.timing import Instant


def joined(
    older: RuleMemory,
    newer: RuleMemory,
    scores: Iterable[ScoreDefinition],
    contact: Contact,
    *,
    now: Instant,
) -> RuleMemory:
    """Both memories as one: points add up, firings count together.

    Args:
        contact: the merged one; the tags say which tier a score starts from.
    """
    known = {score.name: score for score in scores}
    entries = (
        _added(mine, theirs, known.get(mine.score))
        for mine, theirs in _pairs(older, newer)
    )
    fired = dict.fromkeys((*older.fired, *newer.fired))
    return RuleMemory(
        scores=[_with_tier(entry, known, contact, now) for entry in entries],
        fired=tuple(sorted(fired, key=lambda item: (item[1], item[0]))),
        holding=tuple(dict.fromkeys((*older.holding, *newer.holding))),
    )


@frozen
class Parting:
    """A merge of two memories that is undone."""

    older: RuleMemory
    newer: RuleMemory
    merged: RuleMemory

    def survivor(
        self,
        current: RuleMemory,
        scores: Iterable[ScoreDefinition],
        contact: Contact,
        *,
        now: Instant,
    ) -> RuleMemory:
        """The survivor's memory without what the other one brought into it.

        Args:
            current: the memory that both share now.
            contact: the survivor, as they are again.
        """
        known = {score.name: score for score in scores}
        entries = []
        for entry in current.scores:
            if entry == self.merged.score(entry.score):
                before = self.older.score(entry.score)
                entries += [] if before is None else [before]
            else:
                own = self._without_theirs(entry, known.get(entry.score))
                entries.append(_with_tier(own, known, contact, now))
        return RuleMemory(
            scores=entries,
            fired=_own(current.fired, self.older.fired, self.newer.fired),
            holding=_own(current.holding, self.older.holding, self.newer.holding),
        )

    def _without_theirs(
        self, entry: Points, definition: ScoreDefinition | None
    ) -> Points:
        theirs = self.newer.score(entry.score)
        gone = None if theirs is None else evolve(theirs, nanos=-theirs.nanos)
        return _added(entry, gone, definition)


_T = TypeVar("_T")


def _own(
    current: Iterable[_T], mine: Collection[_T], theirs: Collection[_T]
) -> tuple[_T, ...]:
    """What is there now, but for what only the other one brought."""
    return tuple(item for item in current if item in mine or item not in theirs)


def _pairs(
    older: RuleMemory, newer: RuleMemory
) -> Iterable[tuple[Points, Points | None]]:
    """The entries of each score by name: one, or one and the other one's."""
    names = {points.score for memory in (older, newer) for points in memory.scores}
    for name in sorted(names):
        found = [p for p in (older.score(name), newer.score(name)) if p is not None]
        yield found[0], found[1] if len(found) > 1 else None


def _added(
    mine: Points, theirs: Points | None, definition: ScoreDefinition | None
) -> Points:
    """The sum of two entries at the later of their instants."""
    if theirs is None:
        return mine
    half_life = None if definition is None else definition.half_life
    at = max(mine.at, theirs.at)
    nanos = mine.left(half_life, now=at) + theirs.left(half_life, now=at)
    return evolve(mine, nanos=nanos, at=at)


def _with_tier(
    entry: Points, known: dict[str, ScoreDefinition], contact: Contact, now: Instant
) -> Points:
    """The entry with the tier that the contact's tags show."""
    definition = known.get(entry.score)
    if definition is None or definition.tiers is None:
        return entry
    group = definition.tiers.group.name
    held = (tag.label for tag in contact.tags.at(now) if tag.group == group)
    return evolve(entry, tier=next(held, ""))
