"""What the closed state of a step has in common with those of other contacts."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from attrs import frozen

from privflow.journeys.step_state import StepState

_MOST: Final = 16_384
"""How many marks are shared; more just take more memory."""

INSTANTS: Final = ("due_at", "since", "again_at", "opens_at", "decided_at")
"""The instants of a state in their order; each has the bit of its place in `has`."""

WHEN_DUE: Final = 1 << 5
"""The bit of a state that was decided at the instant at which it was due."""

_DUE, _SINCE, _AGAIN, _OPENS, _DECIDED = (1 << place for place in range(5))
_EVERY_INSTANT: Final = WHEN_DUE - 1
_ID: Final = 1 << 6
_LINES: Final = 1 << 7


@frozen(eq=False)
class Mark:
    """What a state has in common with those of other contacts; one value for all.

    Args:
        has: which parts it has, as bits.
        width: how many instants; so with `ids` of touches, and with `lines`.
    """

    step: str
    occurrence: int
    status: str
    reason: str
    stage: str
    held: tuple[str, ...]
    has: int
    width: int
    ids: int
    lines: int


Said = tuple[str, int, str, str, str, tuple[str, ...]]


@lru_cache(maxsize=_MOST)
def _shared(said: Said, has: int) -> Mark:
    width = (has & _EVERY_INSTANT).bit_count()
    ids, lines = has & _ID != 0, has & _LINES != 0
    return Mark(*said, has, width, int(ids), int(lines))


@lru_cache(maxsize=_MOST)
def of_stage(mark: Mark, stage: str) -> Mark:
    """The mark of the same state, as that of a step of a stage that is over."""
    said = (mark.step, mark.occurrence, mark.status, mark.reason, stage, mark.held)
    return _shared(said, mark.has)


def marked(state: StepState) -> tuple[Mark, list[int]]:
    """The mark of a closed state, and its instants in microseconds."""
    times, has = [], 0
    due_at, decided_at = state.due_at, state.decided_at
    if due_at is not None:
        times.append(due_at.us)
        has = _DUE
    if state.since is not None:
        times.append(state.since.us)
        has |= _SINCE
    if state.again_at is not None:
        times.append(state.again_at.us)
        has |= _AGAIN
    if state.opens_at is not None:
        times.append(state.opens_at.us)
        has |= _OPENS
    if decided_at is not None:
        if due_at is not None and decided_at.us == due_at.us:
            has |= WHEN_DUE
        else:
            times.append(decided_at.us)
            has |= _DECIDED
    has |= (_ID if state.touch_id else 0) | (_LINES if state.lines else 0)
    said = (
        state.step,
        state.occurrence,
        state.status,
        state.reason,
        state.stage,
        state.held,
    )
    return _shared(said, has), times
