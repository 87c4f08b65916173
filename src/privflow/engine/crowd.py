"""Many contacts, one after another: what a host does with a table of states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from privflow.engine.command import Outcome
from privflow.engine.engine import Engine
from privflow.engine.intake import Input
from privflow.engine.state import ContactState
from privflow.timing import Instant

Turned = tuple[ContactState, Iterable[Input]]
"""A contact and what happened to them; nothing, for a wake."""

Progress = Callable[[int, Outcome], object]


def advance_many(
    engine: Engine,
    contacts: Iterable[ContactState | Turned],
    *,
    now: Instant,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """The outcome of each contact, in their order, as they are asked for.

    Shape:
        One contact is held at a time, however many there are: read states from a file
        or a cursor, and write outcomes as they come. What raises for one contact raises
        there; those before it have been handed out.

    Args:
        contacts: states to be woken, or pairs of a state and its inputs.
        progress: called after each contact with how many there have been.

    Raises:
        ProtocolError: as `Engine.advance` does.
    """
    for count, given in enumerate(contacts, start=1):
        state, inputs = given if isinstance(given, tuple) else (given, ())
        outcome = engine.advance(state, *inputs, now=now)
        if progress is not None:
            progress(count, outcome)
        yield outcome
