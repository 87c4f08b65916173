"""A block of a diagram: a free node, or a titled frame with its nodes and their edges.

Everything is drawn in the block's own coordinates, so that the layout may put it
anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import evolve, field, frozen

from privflow.display.card import Card, card_of
from privflow.display.graph import Edge, Group, Node
from privflow.display.svg import (
    Label,
    corners,
    folded,
    label_of,
    number,
    text,
    text_width,
    tip,
)

_PADDING, _GAP, _LINK_GAP = 14.0, 10.0, 26.0
_TITLE_COLUMNS, _TITLE_LINES, _TITLE_LINE = 28, 3, 18.0
_LANE, _LANE_SPACE = 22.0, 8.0
_LOOP, _LOOP_WIDTH = 24.0, 40.0
_EMPTY_WIDTH, _EMPTY_HEIGHT = 110.0, 12.0


@frozen
class Port:
    """Where edges may touch a node or frame, from the block's top left corner."""

    x: float
    y: float
    card: Card

    def at(self, side: int, offset: float) -> tuple[float, float]:
        """A point of the outline: side -1 is the left one, 1 the right one."""
        return self.x + side * self.card.reach(offset), self.y + offset


@frozen
class Block:
    """What the layout places: a size, ports, and three layers of elements."""

    width: float
    height: float
    ports: Mapping[str, Port]
    ground: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def free_block(node: Node, loops: Sequence[Edge]) -> Block:
    """A node outside all groups, with its edges to itself below it."""
    card = card_of(node)
    width = max(card.width, _loops_width(loops))
    left = (width - card.width) / 2
    port = Port(width / 2, card.height / 2, card)
    block = Block(
        width,
        card.height,
        {node.id: port},
        cards=(card.drawn(left, 0, card.width),),
    )
    return _with_loops(block, port, loops)


def group_block(group: Group, nodes: Sequence[Node], edges: Sequence[Edge]) -> Block:
    """A frame around its nodes, which stand below each other.

    Args:
        group: whose title stands at the top.
        nodes: of this group.
        edges: that begin and end inside this group, or at the group itself.
    """
    loops = [edge for edge in edges if edge.source == group.id]
    inner = [edge for edge in edges if edge.source != group.id]
    column = _Column.of(nodes, inner)
    title = folded(group.label, _TITLE_COLUMNS, _TITLE_LINES)
    top = _PADDING + len(title) * _TITLE_LINE + (4 if title else 0)
    wide = max([text_width(line, scale=1.08) for line in title], default=0.0)
    inside = max(column.width, wide, 0.0 if nodes else _EMPTY_WIDTH)
    frame = Card(
        shape="box",
        heads=(),
        rest=(),
        full=group.label,
        width=inside + 2 * _PADDING,
        height=top + max(column.height, _EMPTY_HEIGHT) + _PADDING,
    )
    width = max(frame.width, _loops_width(loops))
    left = (width - frame.width) / 2
    column = column.moved(left + _PADDING + (inside - column.width) / 2, top)
    port = Port(width / 2, frame.height / 2, frame)
    outline = (
        f'<rect class="pd-frame" x="{number(left)}" y="0" '
        f'width="{number(frame.width)}" height="{number(frame.height)}" rx="10"/>'
    )
    heading = [
        text(left + _PADDING, _PADDING + 12 + index * _TITLE_LINE, line, "pd-strong")
        for index, line in enumerate(title)
    ]
    block = Block(
        width,
        frame.height,
        {**column.ports(), group.id: port},
        ground=(outline, *heading),
        lines=tuple(column.lines()),
        cards=tuple(column.cards()),
        labels=tuple(column.labels()),
    )
    return _with_loops(block, port, loops)


# ── Edges from a block to itself ─────────────────────────────────────────────


def _loops_width(loops: Sequence[Edge]) -> float:
    return sum(_loop_width(label_of(edge.label)) for edge in loops)


def _loop_width(label: Label) -> float:
    return max(_LOOP_WIDTH, label.width + _LANE_SPACE)


def _with_loops(block: Block, port: Port, loops: Sequence[Edge]) -> Block:
    """The block with a bow below it for each edge from itself to itself."""
    lines: list[str] = []
    labels: list[str] = []
    left = port.x - _loops_width(loops) / 2
    height = block.height
    for edge in loops:
        label = label_of(edge.label)
        centre = left + _loop_width(label) / 2
        left += _loop_width(label)
        one, two = centre - _LOOP_WIDTH / 4, centre + _LOOP_WIDTH / 4
        end = port.y + port.card.depth(two - port.x)
        bottom = port.y + port.card.height / 2 + _LOOP
        lines += [
            corners(
                [
                    (one, port.y + port.card.depth(one - port.x)),
                    (one, bottom),
                    (two, bottom),
                    (two, end + 6),
                ],
                dashed=edge.dashed,
            ),
            tip((two, end), (0, -1)),
        ]
        labels.append(label.drawn(centre, bottom + 4 + label.height / 2))
        height = max(height, bottom + 4 + label.height)
    return evolve(
        block,
        height=height,
        lines=(*block.lines, *lines),
        labels=(*block.labels, *labels),
    )


# ── The nodes inside a frame ─────────────────────────────────────────────────


@frozen
class _Lane:
    """An edge that runs beside the nodes, since it does not join neighbours."""

    edge: Edge
    label: Label
    x: float


@frozen
class _Column:
    """Cards below each other, straight edges between neighbours, lanes for the rest."""

    nodes: Sequence[Node]
    boxes: Mapping[str, Card]
    tops: Mapping[str, float]
    straight: Mapping[str, Edge]
    lanes: Sequence[_Lane]
    card_width: float
    width: float
    height: float
    x: float = field(default=0.0)
    y: float = field(default=0.0)

    @classmethod
    def of(cls, nodes: Sequence[Node], edges: Sequence[Edge]) -> _Column:
        after = {one.id: two.id for one, two in pairwise(nodes)}
        straight: dict[str, Edge] = {}
        around: list[Edge] = []
        for edge in edges:
            if after.get(edge.source) == edge.target and edge.source not in straight:
                straight[edge.source] = edge
            else:
                around.append(edge)
        boxes = {node.id: card_of(node) for node in nodes}
        card_width = max((card.width for card in boxes.values()), default=0.0)
        tops: dict[str, float] = {}
        bottom = 0.0
        for node in nodes:
            tops[node.id] = bottom
            bottom += boxes[node.id].height + _gap(straight.get(node.id))
        height = bottom - (_GAP if nodes else 0.0)
        middles = {key: top + boxes[key].height / 2 for key, top in tops.items()}
        lanes, room = _lanes(around, middles)
        return cls(
            nodes=nodes,
            boxes={
                key: evolve(card, width=card_width) if card.shape == "box" else card
                for key, card in boxes.items()
            },
            tops=tops,
            straight=straight,
            lanes=[evolve(lane, x=card_width + lane.x) for lane in lanes],
            card_width=card_width,
            width=card_width + room,
            height=height,
        )

    def moved(self, x: float, y: float) -> _Column:
        return evolve(self, x=x, y=y)

    def ports(self) -> dict[str, Port]:
        return {
            key: Port(
                self.x + self.card_width / 2,
                self.y + self.tops[key] + card.height / 2,
                card,
            )
            for key, card in self.boxes.items()
        }

    def cards(self) -> list[str]:
        return [
            card.drawn(
                self.x + (self.card_width - card.width) / 2,
                self.y + self.tops[key],
                card.width,
            )
            for key, card in self.boxes.items()
        ]

    def lines(self) -> list[str]:
        ports = self.ports()
        drawn: list[str] = []
        for edge in self.straight.values():
            start, end = _upright(ports[edge.source], ports[edge.target])
            drawn += [
                corners([start, (end[0], end[1] - 6)], dashed=edge.dashed),
                tip(end, (0, 1)),
            ]
        for lane in self.lanes:
            start, end = _beside(ports[lane.edge.source], ports[lane.edge.target])
            x = self.x + lane.x
            bends = [start, (x, start[1]), (x, end[1]), (end[0] + 6, end[1])]
            drawn += [corners(bends, dashed=lane.edge.dashed), tip(end, (-1, 0))]
        return drawn

    def labels(self) -> list[str]:
        ports = self.ports()
        drawn: list[str] = []
        for edge in self.straight.values():
            start, end = _upright(ports[edge.source], ports[edge.target])
            middle = (start[1] + end[1] - 4) / 2
            drawn.append(label_of(edge.label).drawn(start[0], middle, "pd-panel"))
        for lane in self.lanes:
            start, end = _beside(ports[lane.edge.source], ports[lane.edge.target])
            middle = (start[1] + end[1]) / 2
            drawn.append(lane.label.drawn(self.x + lane.x, middle, "pd-panel"))
        return [label for label in drawn if label]


def _lanes(
    edges: Sequence[Edge], middles: Mapping[str, float]
) -> tuple[list[_Lane], float]:
    """A lane for each edge, short ones near the cards, and the room that all need.

    Edges that are not beside each other share a lane.
    """
    taken: list[list[tuple[float, float]]] = []
    rooms: list[float] = []
    chosen: list[tuple[Edge, Label, int]] = []
    for edge in sorted(edges, key=lambda edge: _length(edge, middles)):
        label = label_of(edge.label)
        ends = middles[edge.source], middles[edge.target]
        middle, tall = sum(ends) / 2, label.height / 2
        top = min(*ends, middle - tall) - _LANE_SPACE
        bottom = max(*ends, middle + tall) + _LANE_SPACE
        index = _free_lane(taken, top, bottom)
        if index == len(taken):
            taken.append([])
            rooms.append(0.0)
        taken[index].append((top, bottom))
        rooms[index] = max(rooms[index], _LANE, label.width + _LANE_SPACE)
        chosen.append((edge, label, index))
    centres = [
        sum(rooms[:index]) + room / 2 + _LANE_SPACE for index, room in enumerate(rooms)
    ]
    room = sum(rooms) + _LANE_SPACE if rooms else 0.0
    return [_Lane(edge, label, centres[at]) for edge, label, at in chosen], room


def _free_lane(
    taken: Sequence[Sequence[tuple[float, float]]], top: float, bottom: float
) -> int:
    """The first lane with nothing between two heights, perhaps a new one."""
    for index, spans in enumerate(taken):
        if all(bottom < start or end < top for start, end in spans):
            return index
    return len(taken)


def _length(edge: Edge, middles: Mapping[str, float]) -> float:
    return abs(middles[edge.source] - middles[edge.target])


def _gap(edge: Edge | None) -> float:
    """The space below a card, in which the edge to the next one is drawn."""
    if edge is None:
        return _GAP
    label = label_of(edge.label)
    return label.height + _LINK_GAP if label.lines else _LINK_GAP


def _upright(
    source: Port, target: Port
) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the bottom of one card to the top of the next."""
    return (
        (source.x, source.y + source.card.height / 2),
        (target.x, target.y - target.card.height / 2),
    )


def _beside(
    source: Port, target: Port
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points of the right sides, out of the way of edges to other blocks."""
    sign = -1 if source.y >= target.y else 1
    return (
        source.at(1, sign * source.card.height / 4),
        target.at(1, -sign * target.card.height / 4),
    )
