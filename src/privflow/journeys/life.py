"""The life of a step as a table: the code goes by it, and the docs draw it."""

from __future__ import annotations

from collections.abc import Mapping

from privflow.display import Diagram, Edge, Node
from privflow.errors import ProtocolError

OPEN = ("waiting", "deferred")
"""States that lead on to others."""

STEP_LIFE: Mapping[tuple[str, str], str] = {
    ("waiting", "deferred"): "blocked, and the step says wait",
    ("waiting", "sent"): "every gate allows it",
    ("waiting", "skipped"): "its condition does not hold, or it is blocked for good",
    ("waiting", "expired"): "its time is over",
    ("deferred", "deferred"): "still blocked",
    ("deferred", "waiting"): "what it counts from has moved",
    ("deferred", "sent"): "every gate allows it",
    ("deferred", "skipped"): "its condition does not hold, or it is blocked for good",
    ("deferred", "expired"): "its time is over",
    ("sent", "deferred"): "the host held it back: what contacts share was used up",
    ("sent", "skipped"): "held back, and the step does not wait",
    ("sent", "expired"): "held back until its time is over",
}
"""From one state to another, and what leads there; there is nothing else (J2)."""


STATES = tuple(dict.fromkeys(name for change in STEP_LIFE for name in change))
"""Every state that a step can be in."""


def no_change(step: str, old: str, new: str) -> ProtocolError:
    """The error of a change that is not in the table.

    The state was loaded from somewhere else, or this is a bug.
    """
    problem = f"step {step!r} is {old!r}, and cannot become {new!r}"
    return ProtocolError(problem, "what has been decided about a step is final")


def drawn_life() -> Diagram:
    """The table as a diagram."""
    nodes = [
        Node(name, [name], shape="box" if name in OPEN else "round") for name in STATES
    ]
    edges = [Edge(*change, label=label) for change, label in STEP_LIFE.items()]
    return Diagram(nodes, edges, title="the life of a step")
