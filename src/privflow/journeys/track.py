"""How far the steps of a stage have come; what is over is packed.

Theory of operation
-------------------
1. A track is a sequence of `StepState`. Open ones are kept as they are: the engine
   looks at them again and again. Closed ones are packed, and made when somebody reads.
2. What a closed state has in common with those of other contacts, its name, status,
   reason and which parts it has at all, is one value for all of them: its mark.
3. The instants, touch ids and lines of all closed states stand in one column each, in
   order. The mark tells how many of each are a state's own, so that absent ones take no
   room. Equal states have equal marks, and so equal columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final, final, overload

from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import Unchanging, required_instant
from privflow.journeys.life import OPEN
from privflow.journeys.mark import INSTANTS, WHEN_DUE, Mark, marked, of_stage
from privflow.journeys.step_state import GateLine, StepState, in_stage, made_state
from privflow.timing import Instant
from privflow.touches import Ids, id_at, ids_of, joined, spelled, with_id_at

_PARTS: Final = ("open", "_row", "_times", "_ids", "_lines")
_BITS: Final = tuple(1 << place for place in range(len(INSTANTS)))

Row = tuple[Mark | StepState, ...]
Lines = tuple[tuple[GateLine, ...], ...]


class _Open:
    """A track while it is written, which is faster before it is one."""

    __slots__ = _PARTS
    open: tuple[StepState, ...]
    _row: Row
    _times: array[int]
    _ids: Ids
    _lines: Lines


@final
class Track(_Open, Unchanging):
    """How far the steps of a stage have come (步骤进度), in its order.

    Its `open` are the states of the steps that may still be sent.

    Args:
        states: of the steps.

    Raises:
        DefinitionError: something that is no `StepState`, or has no instant where one
            belongs.

    >>> [state.step for state in Track([StepState("hello", due_at=None)])]
    ['hello']
    """

    __slots__ = ()
    _never = "a track never changes: with_state() makes a new one"

    def __init__(self, states: Iterable[StepState] = ()) -> None:
        made = packed(_checked(index, state) for index, state in enumerate(states))
        for name in _PARTS:
            object.__setattr__(self, name, getattr(made, name))

    # ── What the engine asks ─────────────────────────────────────────────────

    def touches(self) -> Iterator[tuple[str, str]]:
        """The step and the id of each touch that was sent."""
        ids = iter(spelled(self._ids))
        for entry in self._row:
            if isinstance(entry, StepState):
                touch_id = entry.touch_id
            else:
                touch_id = next(ids) if entry.ids else ""
            if touch_id:
                yield entry.step, touch_id

    def find(self, step: str) -> StepState | None:
        """How far a step has come."""
        names = [entry.step for entry in self._row]
        return self[names.index(step)] if step in names else None

    def with_state(self, new: StepState) -> Track:
        """The track with another state of a step; itself where it has no such step."""
        row, step = self._row, new.step
        place = at_open = first = at_id = at_lines = 0
        for old in row:
            if old.step == step:
                break
            place += 1
            if isinstance(old, StepState):
                at_open += 1
            else:
                first += old.width
                at_id += old.ids
                at_lines += old.lines
        else:
            return self
        if isinstance(old, Mark):
            return packed([*self[:place], new, *self[place + 1 :]])
        before, after = self.open[:at_open], self.open[at_open + 1 :]
        entries, times, ids, lines = list(row), self._times, self._ids, self._lines
        if new.status in OPEN:
            entries[place] = new
            return _made(tuple(entries), (*before, new, *after), times, ids, lines)
        mark, own = marked(new)
        entries[place], added = mark, array("q", own)
        if times:
            added = times[:first] + added + times[first:]
        if mark.ids:
            ids = with_id_at(ids, at_id, new.touch_id)
        if mark.lines:
            lines = (*lines[:at_lines], new.lines, *lines[at_lines:])
        return _made(tuple(entries), before + after, added, ids, lines)

    def of_stage(self, stage: str) -> Track:
        """The states, as those of the steps of a stage that is over."""
        row: list[Mark | StepState] = []
        opened: list[StepState] = []
        for entry in self._row:
            if isinstance(entry, Mark):
                row.append(of_stage(entry, stage))
            else:
                state = in_stage(entry, stage)
                row.append(state)
                opened.append(state)
        return _made(tuple(row), tuple(opened), self._times, self._ids, self._lines)

    def followed_by(self, later: Track) -> Track:
        """The states of both, one after another."""
        if not self._row:
            return later
        return _made(
            self._row + later._row,
            self.open + later.open,
            self._times + later._times,
            joined(self._ids, later._ids),
            self._lines + later._lines,
        )

    def without(self, steps: Container[str]) -> Track:
        """The states of other steps alone."""
        for entry in self._row:
            if entry.step in steps:
                return packed(state for state in self if state.step not in steps)
        return self

    @property
    def names(self) -> AbstractSet[str]:
        """Those of the steps."""
        return {entry.step for entry in self._row}

    # ── A sequence ───────────────────────────────────────────────────────────

    def __iter__(self) -> Iterator[StepState]:
        first = ids = lines = 0
        for entry in self._row:
            if isinstance(entry, StepState):
                yield entry
            else:
                yield self._state(entry, first, ids, lines)
                first += entry.width
                ids += entry.ids
                lines += entry.lines

    def __reversed__(self) -> Iterator[StepState]:
        return reversed(tuple(self))

    def __len__(self) -> int:
        return len(self._row)

    @overload
    def __getitem__(self, place: int) -> StepState: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[StepState, ...]: ...
    def __getitem__(self, place: int | slice) -> StepState | tuple[StepState, ...]:
        return tuple(self)[place]

    def _state(self, mark: Mark, first: int, ids: int, lines: int) -> StepState:
        """The state of a mark, from the places of its parts in their columns."""
        has, last = mark.has, first + mark.width
        found = map(Instant, self._times[first:last])
        due_at, since, again_at, opens_at, decided_at = (
            next(found) if has & bit else None for bit in _BITS
        )
        return made_state(
            mark.step,
            due_at,
            since,
            mark.occurrence,
            mark.status,
            mark.reason,
            again_at,
            opens_at,
            due_at if has & WHEN_DUE else decided_at,
            id_at(self._ids, ids) if mark.ids else "",
            self._lines[lines] if mark.lines else (),
            mark.stage,
            mark.held,
        )

    # ── A value ──────────────────────────────────────────────────────────────

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return tuple(self) == other
        if not isinstance(other, Track):
            return NotImplemented
        if self is other:
            return True
        if len(self) != len(other) or self._times != other._times:
            return False
        return tuple(self) == tuple(other)

    @override
    def __hash__(self) -> int:
        return hash(tuple(self))

    @override
    def __repr__(self) -> str:
        return f"Track({list(self)!r})" if self._row else "Track()"

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Track, (tuple(self),)


def _checked(index: int, state: object) -> StepState:
    """The state, if a track can hold it."""
    what = f"Track[{index}]"
    if state.__class__ is not StepState:
        raise DefinitionError(what, f"got {state!r}", "hand over StepState alone")
    for name in INSTANTS:
        at = getattr(state, name)
        if at is not None:
            required_instant(f"{what}.{name}", at)
    return state


def _made(
    row: Row,
    opened: tuple[StepState, ...],
    times: array[int],
    ids: Ids,
    lines: Lines,
) -> Track:
    track = _Open()
    track.open = opened
    track._row, track._times = row, times  # noqa: SLF001 - its own maker
    track._ids, track._lines = ids, lines  # noqa: SLF001 - same
    track.__class__ = Track
    return track  # type: ignore[return-value]  # it is one since a line ago


_NO_TIMES: Final = array("q")


def packed(states: Iterable[StepState]) -> Track:
    """The track of states that are known to be right."""
    whole = tuple(states)
    row: list[Mark | StepState] = []
    opened: list[StepState] = []
    times: list[int] = []
    touch_ids: list[str] = []
    lines: list[tuple[GateLine, ...]] = []
    for state in whole:
        if state.status in OPEN:
            row.append(state)
            opened.append(state)
            continue
        mark, own = marked(state)
        row.append(mark)
        times += own
        if mark.ids:
            touch_ids.append(state.touch_id)
        if mark.lines:
            lines.append(state.lines)
    if len(opened) == len(whole):
        return _made(whole, whole, _NO_TIMES, b"", ())
    columns = array("q", times), ids_of(touch_ids), tuple(lines)
    return _made(tuple(row), tuple(opened), *columns)


NO_STEPS: Final = packed(())


def track_of(given: Iterable[StepState]) -> Track:
    """The track of some steps; itself, or made of their states."""
    return given if isinstance(given, Track) else Track(given)
