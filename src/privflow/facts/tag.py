"""Tags as facts with a life: group, since, until, source and history (K3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.facts.identity import (
    all_of,
    required_instant,
    required_life,
    required_text,
)
from privflow.timing import Instant, Span, span

FOREVER = 253_402_300_800_000_000
"""Microseconds: the end of the year 9999, later than every instant there is."""


@frozen(kw_only=True)
class Tag:
    """One label of a tag group (标签).

    Two tags are equal when group and label are. The rest is copied from the group: an
    exclusive tag replaces its siblings; see `TagGroup` for `profile` and `sensitive`.
    """

    group: str = field(kw_only=False)
    label: str = field(kw_only=False)
    exclusive: bool = field(default=False, eq=False)
    profile: bool = field(default=True, eq=False)
    sensitive: bool = field(default=False, eq=False)

    def __attrs_post_init__(self) -> None:
        required_text("Tag.group", self.group)
        required_text("Tag.label", self.label)

    @override
    def __str__(self) -> str:
        return f"{self.group}:{self.label}"


def _labels_of(given: Iterable[str]) -> tuple[str, ...]:
    return all_of("TagGroup.labels", str, given)


@frozen(kw_only=True)
class TagGroup:
    """The labels that belong together (标签组).

    Args:
        name: unique in a plan.
        labels: in ascending order where the group is ordered.
        exclusive: a contact has at most one of them at a time.
        ordered: labels can be compared: `tag(group).at_least("fond")`.
        open: any other label may come up, too; those of an import, say.
        profile: the tags describe the person, who may have them deleted; False for what
            the brand needs to work, such as the state of an order.
        sensitive: nobody gets such a tag without a separate consent (PIPL article 29),
            and whoever withdraws it loses the tags, their history included.

    Raises:
        DefinitionError: a bare text, an empty label, no label in a group that is not
            open, or an order in a group that is.
        DuplicateNameError: a label is listed twice.

    Source:
        Network Data Security Regulations article 42: the right to have profile tags
        deleted.

    >>> TagGroup("fan_tier", ["passerby", "fond"], ordered=True)["fond"].label
    'fond'
    >>> print(TagGroup("interest", open=True)["猫"])
    interest:猫
    """

    name: str = field(kw_only=False)
    labels: tuple[str, ...] = field(default=(), kw_only=False, converter=_labels_of)
    exclusive: bool = False
    ordered: bool = False
    open: bool = False
    profile: bool = True
    sensitive: bool = False
    _tags: dict[str, Tag] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("TagGroup.name", self.name)
        if not self.labels and not self.open:
            problem = f"group {self.name!r} is empty"
            raise DefinitionError("TagGroup.labels", problem, "list its labels")
        if self.open and self.ordered:
            problem = f"group {self.name!r} is open and ordered"
            remedy = "list all labels of an order: a new one would have no place in it"
            raise DefinitionError("TagGroup.open", problem, remedy)
        seen = set()
        for label in self.labels:
            required_text("TagGroup.labels", label)
            if label in seen:
                raise DuplicateNameError("TagGroup.labels", label)
            seen.add(label)
        tags = {label: self._tag(label) for label in self.labels}
        object.__setattr__(self, "_tags", tags)

    def _tag(self, label: str) -> Tag:
        return Tag(
            self.name,
            label,
            exclusive=self.exclusive,
            profile=self.profile,
            sensitive=self.sensitive,
        )

    def __contains__(self, label: object) -> bool:
        """Whether the label can be one of the group's."""
        return label in self.labels or (self.open and isinstance(label, str))

    def __getitem__(self, label: str) -> Tag:
        if label in self._tags:
            return self._tags[label]
        if label not in self:
            what = f"tag of group {self.name!r}"
            raise UnknownNameError(what, label, self.labels)
        return self._tag(label)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags.values())


def required_tag(what: str, given: object) -> None:
    """Refuse what is no tag: its text, say."""
    if not isinstance(given, Tag):
        problem = f"got {given!r}, expected a tag"
        raise DefinitionError(what, problem, "take it from its group: TIER['fond']")


@frozen(kw_only=True)
class TagFact:
    """A contact had a tag from `since` until `until` (half-open), and who said so."""

    tag: Tag
    since: Instant
    until: Instant | None = None
    source: str = "manual"

    def __attrs_post_init__(self) -> None:
        required_tag("TagFact.tag", self.tag)
        required_instant("TagFact.since", self.since)
        required_life("TagFact", self.since, self.until)

    def holds(self, *, now: Instant) -> bool:
        """Whether the contact has the tag at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


SOURCES = ("manual", "rule", "journey", "conversation", "import")
"""Who says that a contact has a tag; more after a colon: `"rule:likes-makeup"`."""


def tag_source(given: str) -> str:
    """The source of a tag, if it is of one of the `SOURCES`."""
    if given.partition(":")[0] not in SOURCES:
        problem = f"got {given!r}, expected one of {', '.join(SOURCES)}"
        remedy = "write the detail after a colon: 'import:crm'"
        raise DefinitionError("source", problem, remedy)
    return given


TagRow = tuple[int, int, str]
"""Since when and until when (exclusive) a label was held, in microseconds."""

GroupRows = tuple[int, int, str, tuple[TagRow, ...]]
"""The newest row of a tag group, and the older ones behind it, the newest first."""

NO_ROWS: GroupRows = (FOREVER, -FOREVER, "", ())
"""Those of a group of which nothing was ever held."""


def _indexed(history: tuple[TagFact, ...]) -> dict[str, GroupRows]:
    rows: dict[str, list[TagRow]] = {}
    for fact in reversed(history):
        row = fact.since.us, _end(fact), fact.tag.label
        rows.setdefault(fact.tag.group, []).append(row)
    return {group: (*newest, tuple(older)) for group, (newest, *older) in rows.items()}


def _history_of(given: Iterable[TagFact]) -> tuple[TagFact, ...]:
    return all_of("Tags.history", TagFact, given)


@frozen(repr=False)
class Tags:
    """All tags that a contact has or had.

    `rows` is the same history per group, the newest first: what conditions read.
    """

    history: tuple[TagFact, ...] = field(default=(), converter=_history_of)
    rows: dict[str, GroupRows] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "rows", _indexed(self.history))

    def of_group(self, group: str) -> tuple[TagRow, ...]:
        """All that was ever held of a group, the newest first."""
        if group not in self.rows:
            return ()
        since, until, label, older = self.rows[group]
        return (since, until, label), *older

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

    def without(self, gone: Callable[[TagFact], bool]) -> Tags:
        """The history without some facts, as if they had never been known."""
        history = tuple(fact for fact in self.history if not gone(fact))
        return self if len(history) == len(self.history) else Tags(history)

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
