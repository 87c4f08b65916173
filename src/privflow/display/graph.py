"""The parts of a diagram: nodes, the edges between them, and groups of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from privflow.errors import UnknownNameError

SHAPES = ("box", "round", "diamond")


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    return (lines,) if isinstance(lines, str) else tuple(lines)


@frozen(kw_only=True)
class Node:
    """A box of a diagram.

    Args:
        id: names it for edges; never drawn.
        lines: its text; the first line is the heading.
        shape: `"box"`, `"round"` for a way in or out, `"diamond"` for a question.
        group: the id of the group around it, or nothing.
    """

    id: str = field(kw_only=False)
    lines: tuple[str, ...] = field(converter=_lines, kw_only=False)
    shape: str = "box"
    group: str = ""

    def __attrs_post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise UnknownNameError("shape", self.shape, SHAPES)


@frozen(kw_only=True)
class Edge:
    """An arrow of a diagram.

    Args:
        source: the id of a node or of a group.
        target: the id of a node or of a group; may be the source itself.
        label: may hold line breaks.
        dashed: draws it weaker.
    """

    source: str = field(kw_only=False)
    target: str = field(kw_only=False)
    label: str = ""
    dashed: bool = False


@frozen
class Group:
    """A titled frame around some nodes of a diagram.

    Args:
        id: names it for nodes and edges; never drawn.
        label: its title.
    """

    id: str
    label: str


def reading_order(
    nodes: Sequence[Node], groups: Sequence[Group]
) -> list[tuple[Group | None, list[Node]]]:
    """Groups in their order with their nodes, and each free node at its place.

    A free node stands behind the groups of all nodes that come before it.
    """
    members: dict[str, list[Node]] = {group.id: [] for group in groups}
    for node in nodes:
        if node.group:
            members[node.group].append(node)
    blocks: list[tuple[Group | None, list[Node]]] = []
    waiting = list(groups)
    for node in nodes:
        if not node.group:
            blocks.append((None, [node]))
        while any(group.id == node.group for group in waiting):
            group = waiting.pop(0)
            blocks.append((group, members[group.id]))
    return blocks + [(group, members[group.id]) for group in waiting]
