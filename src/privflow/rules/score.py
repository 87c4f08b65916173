"""Scores that fade, and the tiers that they earn."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import Tag, TagGroup, required_text, tuple_of
from privflow.rules.fading import NANOS, fades_below
from privflow.rules.memory import Points, RuleMemory, in_points
from privflow.timing import Instant, Span, span

MOST_POINTS = 10**12


def whole_points(what: str, given: object) -> int:
    """The points, if they are a whole number that is not too large."""
    if isinstance(given, bool) or not isinstance(given, int):
        remedy = "count in whole points; smaller steps need larger thresholds"
        raise DefinitionError(what, f"got {given!r}, expected a whole number", remedy)
    if abs(given) > MOST_POINTS:
        problem = f"got {given!r}, expected at most {MOST_POINTS}"
        raise DefinitionError(what, problem, "count in larger steps")
    return given


def _thresholds(given: Iterable[int]) -> tuple[int, ...]:
    return tuple_of("thresholds of Tiers", given)


def _half_life(given: Span | str | None) -> Span | None:
    found = None if given is None else span(given)
    if found is not None and not found.us:
        what, problem = "ScoreDefinition.half_life", "got no time at all"
        raise DefinitionError(what, problem, "leave it out where nothing fades")
    return found


@frozen(kw_only=True)
class Tiers:
    """Which label of an ordered tag group a score earns (分层), with hysteresis.

    The first label is that of everybody who ever got points. A label is gained where
    the score reaches its `up`, and lost where it falls below its `down`: in between,
    people stay what they are.

    Args:
        group: exclusive and ordered; the score alone decides about its labels.
        up: points at which each label but the first is gained, in ascending order.
        down: points below which each of these is lost; `up` where it is left out.

    Raises:
        DefinitionError: the group has no order, or the thresholds do not fit.
    """

    group: TagGroup = field(kw_only=False)
    up: tuple[int, ...] = field(converter=_thresholds)
    down: tuple[int, ...] = field(default=(), converter=_thresholds)

    def __attrs_post_init__(self) -> None:
        _check_group(self.group)
        group = self.group
        object.__setattr__(self, "down", self.down or self.up)
        _check_thresholds("Tiers.up", group, self.up)
        _check_thresholds("Tiers.down", group, self.down)
        if any(down > up for down, up in zip(self.down, self.up, strict=True)):
            problem = f"got down={self.down} above up={self.up}"
            remedy = "lose a label no earlier than it can be gained"
            raise DefinitionError("Tiers.down", problem, remedy)

    def tier(self, nanos: int, before: str) -> str:
        """The label that a score earns whoever had another one before."""
        labels = self.group.labels
        level = labels.index(before) if before in labels else 0
        while level < len(self.up) and nanos >= self.up[level] * NANOS:
            level += 1
        while level and nanos < self.down[level - 1] * NANOS:
            level -= 1
        return labels[level]

    def tag(self, label: str) -> Tag:
        """The tag of a label."""
        return self.group[label]


def _check_group(given: object) -> None:
    if isinstance(given, TagGroup) and given.exclusive and given.ordered:
        return
    problem = f"got {given!r}, expected an exclusive and ordered tag group"
    remedy = "write TagGroup(name, labels, exclusive=True, ordered=True)"
    raise DefinitionError("Tiers.group", problem, remedy)


def _check_thresholds(what: str, group: TagGroup, given: Iterable[object]) -> None:
    numbers = [whole_points(what, number) for number in given]
    wanted = len(group.labels) - 1
    if len(numbers) != wanted:
        problem = f"got {len(numbers)} thresholds for {len(group.labels)} labels"
        remedy = f"list {wanted}: one for each label but the first"
        raise DefinitionError(what, problem, remedy)
    if any(left >= right for left, right in pairwise((0, *numbers))):
        problem = f"got {numbers}, expected rising numbers above 0"
        raise DefinitionError(what, problem, "list the lowest threshold first")


@frozen(kw_only=True)
class ScoreDefinition:
    """A score that rules add to (积分、亲密度): how it fades, what it earns.

    Points fade one by one: after one half-life half of each is left. It is reckoned in
    whole billionths, alike on every machine.

    Args:
        name: `Score(name, 5)` adds to it.
        half_life: of every point; points last for ever if None.
        tiers: the labels that it earns.

    >>> intimacy = ScoreDefinition("intimacy", half_life="30d")
    >>> intimacy.value(RuleMemory(), now=Instant(0))
    Decimal('0')
    """

    name: str = field(kw_only=False)
    half_life: Span | None = field(default=None, converter=_half_life)
    tiers: Tiers | None = None

    def __attrs_post_init__(self) -> None:
        required_text("ScoreDefinition.name", self.name)

    def value(self, memory: RuleMemory, *, now: Instant) -> Decimal:
        """The points of a contact at an instant.

        Args:
            memory: `state.rule_memory`.
        """
        points = memory.score(self.name)
        nanos = 0 if points is None else points.left(self.half_life, now=now)
        return in_points(nanos)

    def added(
        self, before: Points | None, points: int, *, since: Instant, now: Instant
    ) -> Points:
        """The entry of the score after points have been added, or taken away.

        Args:
            since: when they were earned: they have faded from then on.
        """
        fresh = Points(self.name, points * NANOS, since)
        nanos = fresh.left(self.half_life, now=now)
        tier = ""
        if before is not None:
            nanos += before.left(self.half_life, now=now)
            tier = before.tier
        return Points(self.name, nanos, now, tier)

    def falls_at(self, points: Points) -> int | None:
        """When time alone takes the tier away, in microseconds; None for never."""
        tiers, half_life = self.tiers, self.half_life
        if tiers is None or half_life is None or points.tier not in tiers.group.labels:
            return None
        level = tiers.group.labels.index(points.tier)
        floor = tiers.down[level - 1] * NANOS if level else 0
        if not level or points.nanos < floor:
            return None
        return points.at.us + fades_below(points.nanos, floor, half_life.us)
