"""A journey as a diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from privflow.display import Diagram, Edge, Group, Node
from privflow.journeys.stage import Stage, To
from privflow.journeys.step import SOPStep


def drawn(
    name: str, stages: Sequence[Stage], ends: Sequence[tuple[str, str]]
) -> Diagram:
    """The diagram: entry, stages with their steps, ways between them, exits.

    Args:
        ends: `"enter"`, `"goal"` and `"exit"`, each with what it says.
    """
    said = dict(ends)
    first = stages[0].name
    nodes = [Node("enter", ["enter", said["enter"]], shape="round")]
    nodes += [node for stage in stages for node in _steps(stage)]
    edges = [Edge("enter", f"stage:{first}")]
    edges += [edge for stage in stages for edge in _ways(stage)]
    for role in ("goal", "exit"):
        if role in said:
            nodes.append(Node(role, [role, said[role]], shape="round"))
    return Diagram(
        nodes,
        edges,
        title=name,
        groups=[Group(f"stage:{stage.name}", stage.name) for stage in stages],
    )


def _steps(stage: Stage) -> Iterator[Node]:
    if not stage.steps:
        yield Node(f"empty:{stage.name}", ["no steps"], group=f"stage:{stage.name}")
    for step in stage.steps:
        yield Node(f"step:{step.name}", _lines(step), group=f"stage:{stage.name}")


def _lines(step: SOPStep) -> list[str]:
    since = "" if step.since is None else f" since {step.since}"
    lines = [step.name, f"{step.schedule}{since}", " › ".join(step.via)]  # noqa: RUF001 - an arrow for people
    if step.when is not None:
        lines.append(f"if {step.when}")
    return lines


def _ways(stage: Stage) -> Iterator[Edge]:
    names = [f"step:{step.name}" for step in stage.steps]
    yield from (Edge(*pair) for pair in pairwise(names))
    for to in stage.then:
        yield Edge(f"stage:{stage.name}", f"stage:{to.stage}", label=_when(to))


def _when(to: To) -> str:
    when = "" if to.when is None else str(to.when)
    after = "" if to.after is None else f"after {to.after}"
    share = "" if to.share is None else f"{to.share:.4g} of all"
    return " and ".join(part for part in (share, when, after) if part)
