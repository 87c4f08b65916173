"""Windows: which past still counts now. Each is half-open and moves with time."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from attrs import field, frozen
from attrs.converters import optional
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.span import Span, span
from privflow.timing.zone import DAY, change_near, to_local, zone_name


@runtime_checkable
class Window(Protocol):
    """What counts now: a stretch of time that ends with, or holds, the present."""

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        """Start and end in microseconds: `t` counts now when start <= t < end.

        Args:
            now_us: the present.
            tz: the zone to count in, when the window names none of its own.
        """
        ...

    def leaves_at(self, at_us: int, tz: str) -> int:
        """The first microsecond at which what happened at `at_us` counts no more."""
        ...


@frozen(repr=False)
class Rolling:
    """The last stretch of time (滚动窗口): what is exactly that old is out.

    >>> Rolling("7d").leaves_at(0, "UTC") == 7 * 86_400_000_000
    True
    """

    span: Span = field(converter=span)

    def __attrs_post_init__(self) -> None:
        if not self.span.us:
            raise DefinitionError("rolling", "got '0s', an empty window", "write '7d'")

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:  # noqa: ARG002  Window
        """All that happened after now - span, up to and including now."""
        return now_us - self.span.us + 1, now_us + 1

    def leaves_at(self, at_us: int, tz: str) -> int:  # noqa: ARG002  Window
        """One span later."""
        return at_us + self.span.us

    @override
    def __str__(self) -> str:
        return f"{self.span} rolling"

    @override
    def __repr__(self) -> str:
        return f"rolling('{self.span}')"


def in_zone(tz: str | None) -> str:
    """The end of a window's sentence; empty for the zone of the contact."""
    return f" in {tz}" if tz else ""


@frozen(repr=False)
class Aligned:
    """The slot of the wall clock that holds now (整点窗口), counted from midnight.

    The marks of the clock follow the rules of local time: a mark in a gap moves
    forward by the gap, and in a fold the first one counts.

    Args:
        span: the length of a slot; it must divide 24 h.
        tz: the zone of the clock; without one, the zone of the contact.

    >>> Aligned("1h", tz="Asia/Kathmandu").bounds(0, "UTC") == (
    ...     -30 * 60_000_000,
    ...     30 * 60_000_000,
    ... )
    True
    """

    span: Span = field(converter=span)
    tz: str | None = field(default=None, converter=optional(zone_name), kw_only=True)

    def __attrs_post_init__(self) -> None:
        size = self.span.us
        if not size or DAY % size:
            problem = f"got '{self.span}', which does not divide a day"
            raise DefinitionError("aligned", problem, "write '15m', '1h' or '6h'")

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        """The slot that holds now, from its mark to the next one."""
        zone, size = self.tz or tz, self.span.us
        change = change_near(zone, now_us // DAY)
        if change is None:
            start = now_us - to_local(zone, now_us) % size
            return start, start + size
        return _slot(now_us, size, *change)

    def leaves_at(self, at_us: int, tz: str) -> int:
        """The next mark of the clock."""
        return self.bounds(at_us, tz)[1]

    @override
    def __str__(self) -> str:
        return f"{self.span} by the clock{in_zone(self.tz)}"

    @override
    def __repr__(self) -> str:
        zone = f", tz={self.tz!r}" if self.tz else ""
        return f"aligned('{self.span}'{zone})"


def _slot(
    now_us: int, size: int, turn: int, before: int, after: int
) -> tuple[int, int]:
    """The slot around now near a change of offset.

    Args:
        now_us: the present.
        size: the length of a slot.
        turn: the local time at which the gap or the fold is over.
        before: the offset that marks below `turn` are read with.
        after: the offset that marks from `turn` on are read with.
    """
    first_after = -(-turn // size) * size
    last_before = first_after - size
    early = (now_us + before) // size * size
    late = (now_us + after) // size * size
    starts = [min(early, last_before) - before]
    ends = [max(late + size, first_after) - after]
    if late >= first_after:
        starts.append(late - after)
    if early + size <= last_before:
        ends.append(early + size - before)
    return max(starts), min(ends)


def rolling(length: str | Span) -> Rolling:
    """The window of the last `length`, such as `rolling("7d")`.

    >>> rolling("7d")
    rolling('7d')
    """
    return Rolling(span(length))


def aligned(length: str | Span, *, tz: str | None = None) -> Aligned:
    """The window of the wall-clock slot that holds now, such as `aligned("1h")`.

    Raises:
        DefinitionError: when the length does not divide a day.

    >>> aligned("1h", tz="Asia/Shanghai")
    aligned('1h', tz='Asia/Shanghai')
    """
    return Aligned(span(length), tz=tz)
