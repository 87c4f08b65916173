"""A diagram of nodes, edges and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable
from privflow.display.escape import clean, escape_mermaid, fenced, one_line
from privflow.display.graph import Edge, Group, Node, reading_order
from privflow.display.stylesheet import fragment
from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError

_END = "node or group"
_BRACKETS = {"box": ('["', '"]'), "round": ('(["', '"])'), "diamond": ('{"', '"}')}


def _nodes(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(nodes)


def _edges(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(edges)


def _groups(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(groups)


@frozen(kw_only=True, str=False)
class Diagram(Drawable):
    """Nodes joined by edges, drawn from left to right; groups stand in their order.

    Args:
        nodes: those of one group are drawn below each other, in this order.
        edges: between nodes or groups; circles and loops are welcome.
        title: stands above the drawing.
        groups: frames around the nodes that name them.

    Raises:
        DuplicateNameError: two nodes or groups share an id.
        UnknownNameError: an edge or a node names what is not there.
        DefinitionError: an edge joins a group with a node inside it.

    >>> from privflow.display import Diagram, Edge, Node
    >>> print(Diagram([Node("a", ["new"]), Node("b", ["known"])], [Edge("a", "b")]))
    new
      → known
    known
    """

    nodes: tuple[Node, ...] = field(converter=_nodes, kw_only=False)
    edges: tuple[Edge, ...] = field(converter=_edges, kw_only=False)
    title: str = ""
    groups: tuple[Group, ...] = field(default=(), converter=_groups)

    def __attrs_post_init__(self) -> None:
        known: set[str] = set()
        frames = [group.id for group in self.groups]
        for name in [*frames, *(node.id for node in self.nodes)]:
            if name in known:
                raise DuplicateNameError("Diagram", name)
            known.add(name)
        for node in self.nodes:
            if node.group and node.group not in frames:
                raise UnknownNameError("group", node.group, frames)
        group_of = {node.id: node.group for node in self.nodes}
        for edge in self.edges:
            for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
                if end not in known:
                    raise UnknownNameError(_END, end, sorted(known))
                if end in group_of and group_of[end] == other:
                    problem = f"{end!r} is joined with {other!r}, which it is part of"
                    remedy = "let the edge begin and end at nodes"
                    raise DefinitionError("Diagram.edges", problem, remedy)

    @override
    def to_text(self) -> str:
        """Nodes under the headings of their groups, each with where it leads."""
        blocks = [[one_line(self.title)]] if self.title else []
        names = self._names()
        for group, members in reading_order(self.nodes, self.groups):
            indent = "  " if group else ""
            block: list[str] = []
            if group:
                block.append(f"[{names[group.id]}]")
                block += self._leads(group.id, "", names)
            for node in members:
                block.append(f"{indent}{_told(node)}")
                block += self._leads(node.id, indent, names)
            blocks.append(block)
        return "\n".join(line.rstrip() for block in blocks for line in block)

    @override
    def to_markdown(self) -> str:
        """A fenced Mermaid block, which GitHub and GitLab draw."""
        return fenced(self.to_mermaid(), "mermaid")

    def to_mermaid(self) -> str:
        """A Mermaid flowchart."""
        lines = ["flowchart LR"]
        if self.title:
            lines = ["---", f'title: "{_yaml(self.title)}"', "---", *lines]
        numbers = {node.id: f"n{index}" for index, node in enumerate(self.nodes)}
        for index, group in enumerate(self.groups):
            numbers[group.id] = f"g{index}"
        for group_, members in reading_order(self.nodes, self.groups):
            indent = "    " if group_ else "  "
            if group_:
                label = _mermaid(group_.label)
                lines += [f'  subgraph {numbers[group_.id]}["{label}"]']
                lines += ["    direction TB"]
            for node in members:
                left, right = _BRACKETS[node.shape]
                text = _mermaid("\n".join(node.lines))
                lines.append(f"{indent}{numbers[node.id]}{left}{text}{right}")
            if group_:
                lines.append("  end")
        for edge in self.edges:
            source, target = self._drawn_ends(edge)
            arrow = "-.->" if edge.dashed else "-->"
            label = f'|"{_mermaid(edge.label)}"|' if edge.label.strip() else ""
            lines.append(f"  {numbers[source]} {arrow}{label} {numbers[target]}")
        return "\n".join(lines)

    def to_svg(self) -> str:
        """A drawing of its own."""
        # What lays out a picture is long to import, and who only decides never draws.
        from privflow.display.picture import draw  # noqa: PLC0415 - see above

        return draw(self.nodes, self.edges, self.groups, title=self.title)

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """The drawing, which scrolls sideways where the screen is small."""
        return fragment(self.to_svg(), styled=styled, kind="diagram")

    def _drawn_ends(self, edge: Edge) -> tuple[str, str]:
        """The ends for Mermaid, which cannot draw the loop of a whole group."""
        inside = [node.id for node in self.nodes if node.group == edge.source]
        if edge.source == edge.target and inside:
            return inside[-1], inside[0]
        return edge.source, edge.target

    def _names(self) -> dict[str, str]:
        nodes = {node.id: one_line((*node.lines, "")[0]) for node in self.nodes}
        return nodes | {group.id: one_line(group.label) for group in self.groups}

    def _leads(self, source: str, indent: str, names: dict[str, str]) -> Iterator[str]:
        for edge in self.edges:
            if edge.source == source:
                label = f": {one_line(edge.label)}" if edge.label.strip() else ""
                arrow = "⇢" if edge.dashed else "→"
                yield f"{indent}  {arrow} {names[edge.target]}{label}"


def _told(node: Node) -> str:
    return " · ".join(one_line(line) for line in node.lines)


def _mermaid(text: str) -> str:
    """A quoted label, which Mermaid wants to hold something."""
    return escape_mermaid(text) if text.strip() else " "


def _yaml(text: str) -> str:
    """Text inside a quoted YAML value."""
    return clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
