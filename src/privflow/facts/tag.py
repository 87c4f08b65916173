"""Tags as facts with a life: group, since, until, source and history (K3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.facts.identity import required_text
from privflow.timing import Instant, Span, span

FOREVER = 253_402_300_800_000_000
"""Microseconds: the end of the year 9999, later than every instant there is."""


@frozen(kw_only=True)
class Tag:
    """One label of a tag group (标签).

    Two tags are equal when group and label are. `exclusive` is copied from the group:
    such a tag replaces its siblings.
    """

    group: str = field(kw_only=False)
    label: str = field(kw_only=False)
    exclusive: bool = field(default=False, eq=False)

    @override
    def __str__(self) -> str:
        return f"{self.group}:{self.label}"


@frozen(kw_only=True)
class TagGroup:
    """The labels that belong together (标签组).

    Args:
        name: unique in a plan.
        labels: in ascending order where the group is ordered.
        exclusive: a contact has at most one of them at a time.
        ordered: labels can be compared: `tag(group).at_least("fond")`.

    Raises:
        DefinitionError: no labels, or an empty one.
        DuplicateNameError: a label is listed twice.

    >>> TagGroup("fan_tier", ["passerby", "fond"], ordered=True)["fond"].label
    'fond'
    """

    name: str = field(kw_only=False)
    labels: tuple[str, ...] = field(kw_only=False, converter=tuple[str, ...])
    exclusive: bool = False
    ordered: bool = False
    _tags: dict[str, Tag] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("TagGroup.name", self.name)
        if not self.labels:
            problem = f"group {self.name!r} is empty"
            raise DefinitionError("TagGroup.labels", problem, "list its labels")
        seen = set()
        for label in self.labels:
            required_text("TagGroup.labels", label)
            if label in seen:
                raise DuplicateNameError("TagGroup.labels", label)
            seen.add(label)
        tags = {
            label: Tag(self.name, label, exclusive=self.exclusive)
            for label in self.labels
        }
        object.__setattr__(self, "_tags", tags)

    def __getitem__(self, label: str) -> Tag:
        if label not in self.labels:
            what = f"tag of group {self.name!r}"
            raise UnknownNameError(what, label, self.labels)
        return self._tags[label]

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags.values())


@frozen(kw_only=True)
class TagFact:
    """A contact had a tag from `since` until `until` (half-open), and who said so."""

    tag: Tag
    since: Instant
    until: Instant | None = None
    source: str = "manual"

    def holds(self, *, now: Instant) -> bool:
        """Whether the contact has the tag at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


_Row = tuple[int, int, str]


def _indexed(history: tuple[TagFact, ...]) -> dict[str, tuple[_Row, ...]]:
    rows: dict[str, tuple[_Row, ...]] = {}
    for fact in history:
        row = (fact.since.us, _end(fact), fact.tag.label)
        rows[fact.tag.group] = (*rows.get(fact.tag.group, ()), row)
    return rows


@frozen(repr=False)
class Tags:
    """All tags that a contact has or had.

    `rows` is the same history per group, as (since, until, label) in microseconds:
    what conditions read.
    """

    history: tuple[TagFact, ...] = field(default=(), converter=tuple[TagFact, ...])
    rows: dict[str, tuple[_Row, ...]] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "rows", _indexed(self.history))

    def at(self, now: Instant) -> frozenset[Tag]:
        """The tags held at an instant."""
        return frozenset(fact.tag for fact in self.history if fact.holds(now=now))

    def added(
        self, tag: Tag, *, at: Instant, source: str, ttl: Span | str | None = None
    ) -> Tags:
        """The history with the tag from `at` on.

        A tag that is held already keeps its start and source; its end moves later,
        never earlier. An exclusive tag ends its siblings at `at`.

        Args:
            ttl: how long it lives; for ever if None.
        """
        until = None if ttl is None else at + span(ttl)
        if tag.exclusive:
            until = self._until_sibling(tag, at, until)
        held = [f for f in self.history if f.tag == tag and f.holds(now=at)]
        if held:
            old = max(held, key=_end)
            lasting = evolve(old, until=until)
            return self._replacing(old, lasting) if _end(lasting) > _end(old) else self
        history = self.history
        if tag.exclusive:
            history = tuple(_ended(f, tag.group, at) for f in history)
        fact = TagFact(tag=tag, since=at, until=until, source=source)
        return Tags(_by_start((*history, fact)))

    def _until_sibling(
        self, tag: Tag, at: Instant, until: Instant | None
    ) -> Instant | None:
        """The end of an exclusive tag: no later than its next sibling begins."""
        begun = [
            fact.since
            for fact in self.history
            if fact.tag.group == tag.group and fact.since > at
        ]
        return min([*begun, *([until] if until else [])], default=None)

    def removed(self, tag: Tag, *, at: Instant) -> Tags:
        """The history with the tag ended at `at`; unchanged where it was not held."""
        history = tuple(
            evolve(f, until=at) if f.tag == tag and f.holds(now=at) else f
            for f in self.history
        )
        return self if history == self.history else Tags(history)

    def _replacing(self, old: TagFact, new: TagFact) -> Tags:
        return Tags(tuple(new if fact is old else fact for fact in self.history))

    @override
    def __repr__(self) -> str:
        return f"Tags({list(self.history)!r})" if self.history else "Tags()"


def _end(fact: TagFact) -> int:
    return FOREVER if fact.until is None else fact.until.us


def _ended(fact: TagFact, group: str, at: Instant) -> TagFact:
    if fact.tag.group == group and fact.holds(now=at):
        return evolve(fact, until=at)
    return fact


def _by_start(facts: Iterable[TagFact]) -> tuple[TagFact, ...]:
    return tuple(sorted(facts, key=lambda fact: fact.since))


NO_TAGS = Tags()
