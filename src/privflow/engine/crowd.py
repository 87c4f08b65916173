"""Many contacts, one after another: what a host does with a table of states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from privflow.engine.command import Outcome
from privflow.engine.engine import Engine
from privflow.engine.intake import Input
from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.errors import DefinitionError, ProtocolError, brief
from privflow.facts import several
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
        DefinitionError: it is a plan, of which there is no engine yet, or one contact
            alone.
        ProtocolError: a pair has no list of inputs, and as `Engine.advance` does.
    """
    _check_engine(engine)
    for count, given in enumerate(several("contacts", contacts), start=1):
        state, inputs = _turned(given)
        outcome = engine.advance(state, *inputs, now=now)
        if progress is not None:
            progress(count, outcome)
        yield outcome


def _check_engine(given: object) -> None:
    if isinstance(given, Plan):
        problem = f"got {brief(given)}, expected an engine"
        raise DefinitionError("advance_many", problem, "pass pf.Engine(plan)")


def _turned(given: ContactState | Turned) -> Turned:
    match given:
        case state, Iterable() as inputs:
            return state, inputs
        case tuple():
            problem = f"got {brief(given)}, expected a state and a list of its inputs"
            raise ProtocolError(problem, "write (state, [event])")
        case _:
            return given, ()
