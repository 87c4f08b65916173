"""What rules remember of one contact: scores, firings, conditions that hold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import evolve, field, frozen

from privflow.rules.fading import NANOS, faded
from privflow.timing import Instant, Span


@frozen
class Points:
    """A score as it stood at an instant (积分): from then on it fades.

    Args:
        nanos: billionths of a point.
        at: when it was that much.
        tier: the label that it had earned by then; empty where it has no tiers.
    """

    score: str
    nanos: int
    at: Instant
    tier: str = ""

    def left(self, half_life: Span | None, *, now: Instant) -> int:
        """Billionths of a point that are left at an instant, none before `at`."""
        if half_life is None or now <= self.at:
            return self.nanos
        return faded(self.nanos, now.us - self.at.us, half_life.us)


@frozen(kw_only=True)
class RuleMemory:
    """What rules know of a contact from earlier inputs (规则记忆).

    Args:
        scores: one entry for each score that the contact ever got points of.
        fired: when rules with a limit have fired, oldest first.
        holding: the rule tags whose condition held when it was looked at last.
    """

    scores: tuple[Points, ...] = field(default=(), converter=tuple[Points, ...])
    fired: tuple[tuple[str, Instant], ...] = ()
    holding: tuple[str, ...] = ()

    def score(self, name: str) -> Points | None:
        """The entry of a score."""
        return next((p for p in self.scores if p.score == name), None)

    def scoring(self, points: Points) -> RuleMemory:
        """The memory with another entry for a score."""
        others = (p for p in self.scores if p.score != points.score)
        scores = sorted((*others, points), key=lambda p: p.score)
        return evolve(self, scores=scores)

    def firing(self, rule: str, at: Instant, *, keep: Span | None) -> RuleMemory:
        """The memory after a rule with a limit has fired.

        Args:
            keep: firings of the same rule that are older are forgotten.
        """
        oldest = None if keep is None else at.us - keep.us
        kept = (
            (name, when)
            for name, when in self.fired
            if name != rule or oldest is None or when.us > oldest
        )
        fired = sorted((*kept, (rule, at)), key=lambda item: (item[1], item[0]))
        return evolve(self, fired=tuple(fired))

    def firings(self, rule: str) -> Iterable[Instant]:
        """When a rule with a limit has fired, as far as it still matters."""
        return (at for name, at in self.fired if name == rule)


NO_MEMORY = RuleMemory()


def in_points(nanos: int) -> Decimal:
    """Billionths as points, exactly.

    >>> in_points(2_500_000_000)
    Decimal('2.5')
    """
    whole, rest = divmod(abs(nanos), NANOS)
    sign = "-" if nanos < 0 else ""
    digits = f"{rest:09}".rstrip("0")
    return Decimal(f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}")
