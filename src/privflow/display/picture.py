"""Draws a diagram as SVG: measures its blocks, has them placed, joins them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from privflow.display.frame import Block, free_block, group_block
from privflow.display.graph import Edge, Group, Node, reading_order
from privflow.display.layout import Layout, Route, arrange
from privflow.display.link import Link, Size
from privflow.display.port import Port
from privflow.display.svg import Point, curve, document, label_of, number, tip

_PORT_SPACE, _PORT_MARGIN = 16.0, 10.0
_SHORT = 6.0  # a line ends inside its tip


def draw(
    nodes: Sequence[Node], edges: Sequence[Edge], groups: Sequence[Group], *, title: str
) -> str:
    """The SVG of a diagram.

    Args:
        nodes: those of a group in their order.
        edges: whose ends are nodes or groups.
        groups: from left to right as far as the edges allow.
        title: stands above the drawing.
    """
    sketch = _sketch(nodes, edges, groups)
    layout = arrange(sketch.sizes, sketch.links, sketch.chained)
    # The places of the other ends, once known, say in which order edges leave.
    sketch = evolve(sketch, links=_spread(sketch, layout))
    layout = arrange(sketch.sizes, sketch.links, sketch.chained)
    size = layout.size
    return document(
        list(_elements(sketch, layout)), size.width, size.height, title=title
    )


@frozen
class _Sketch:
    """Blocks and the edges between different blocks, before anything is placed."""

    blocks: Sequence[Block]
    block_of: Mapping[str, int]
    edges: Sequence[Edge]
    links: Sequence[Link]
    chained: Sequence[int]

    @property
    def sizes(self) -> list[Size]:
        return [Size(block.width, block.height) for block in self.blocks]

    def port(self, name: str) -> Port:
        return self.blocks[self.block_of[name]].ports[name]


def _sketch(
    nodes: Sequence[Node], edges: Sequence[Edge], groups: Sequence[Group]
) -> _Sketch:
    parts = reading_order(nodes, groups)
    block_of: dict[str, int] = {}
    for index, (group, members) in enumerate(parts):
        block_of |= {node.id: index for node in members}
        block_of |= {group.id: index} if group else {}
    inner: list[list[Edge]] = [[] for _ in parts]
    outer: list[Edge] = []
    for edge in edges:
        index = block_of[edge.source]
        (inner[index] if block_of[edge.target] == index else outer).append(edge)
    blocks = [
        group_block(group, members, own) if group else free_block(members[0], own)
        for (group, members), own in zip(parts, inner, strict=True)
    ]
    links: list[Link] = []
    for edge in outer:
        source, target = block_of[edge.source], block_of[edge.target]
        label = label_of(edge.label)
        links.append(
            Link(
                source=source,
                target=target,
                source_y=blocks[source].ports[edge.source].y,
                target_y=blocks[target].ports[edge.target].y,
                label=Size(label.width, label.height),
            )
        )
    return _Sketch(
        blocks=blocks,
        block_of=block_of,
        edges=outer,
        links=links,
        chained=[index for index, (group, _) in enumerate(parts) if group],
    )


def _spread(sketch: _Sketch, layout: Layout) -> list[Link]:
    """The links with their ends apart, in the order in which they run away."""
    ends: dict[tuple[str, bool], list[tuple[float, int, bool]]] = {}
    for index, (edge, route) in enumerate(
        zip(sketch.edges, layout.routes, strict=True)
    ):
        away, near = route.points[1][1], route.points[-2][1]
        ends.setdefault((edge.source, route.backward), []).append((away, index, True))
        ends.setdefault((edge.target, not route.backward), []).append((
            near,
            index,
            False,
        ))
    links = list(sketch.links)
    for (name, _), found in ends.items():
        port = sketch.port(name)
        room = port.card.height - 2 * _PORT_MARGIN
        step = min(_PORT_SPACE, room / (len(found) - 1)) if len(found) > 1 else 0.0
        for place, (_, index, leaves) in enumerate(sorted(found)):
            y = port.y + (place - (len(found) - 1) / 2) * step
            link = links[index]
            links[index] = (
                evolve(link, source_y=y) if leaves else evolve(link, target_y=y)
            )
    return links


# ── Elements ─────────────────────────────────────────────────────────────────


def _elements(sketch: _Sketch, layout: Layout) -> Iterator[str]:
    """Frames below lines, lines below cards, labels above everything."""
    placed = list(zip(sketch.blocks, layout.corners, strict=True))
    routed = list(zip(sketch.edges, layout.routes, strict=True))
    for block, corner in placed:
        yield _moved(block.ground, corner)
    for block, corner in placed:
        yield _moved(block.lines, corner)
    for edge, route in routed:
        yield from _joined(sketch, layout, edge, route)
    for block, corner in placed:
        yield _moved(block.cards, corner)
    for block, corner in placed:
        yield _moved(block.labels, corner)
    for edge, route in routed:
        yield label_of(edge.label).drawn(*route.label)


def _moved(elements: Sequence[str], corner: Point) -> str:
    if not elements:
        return ""
    x, y = map(number, corner)
    return f'<g transform="translate({x} {y})">{"".join(elements)}</g>'


def _joined(sketch: _Sketch, layout: Layout, edge: Edge, route: Route) -> Iterator[str]:
    """The line and the tip of an edge between two blocks."""
    side = -1 if route.backward else 1
    start = _touch(sketch, layout, edge.source, route.points[0][1], side)
    end = _touch(sketch, layout, edge.target, route.points[-1][1], -side)
    points = [start, *route.points, (end[0] - side * _SHORT, end[1])]
    yield curve(points, dashed=edge.dashed)
    yield tip(end, (side, 0))


def _touch(sketch: _Sketch, layout: Layout, name: str, y: float, side: int) -> Point:
    """Where an edge touches the outline of a node or a frame."""
    x0, y0 = layout.corners[sketch.block_of[name]]
    port = sketch.port(name)
    x, y = port.at(side, y - y0 - port.y)
    return x0 + x, y0 + y
