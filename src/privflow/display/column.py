"""The nodes inside a frame, below each other, with the edges between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import evolve, field, frozen

from privflow.display.card import Card, card_of
from privflow.display.graph import Edge, Node
from privflow.display.port import Port
from privflow.display.svg import Label, corners, label_of, tip

_GAP, _LINK_GAP = 10.0, 26.0
_LANE, LANE_SPACE = 22.0, 8.0
"""The least width of a lane, and the space around it."""


@frozen
class _Lane:
    """An edge that runs beside the nodes, since it does not join neighbours."""

    edge: Edge
    label: Label
    x: float


@frozen
class Column:
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
    def of(cls, nodes: Sequence[Node], edges: Sequence[Edge]) -> Column:
        """The column of the nodes of a frame and of the edges that join them."""
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

    def moved(self, x: float, y: float) -> Column:
        """The column elsewhere, by its top left corner."""
        return evolve(self, x=x, y=y)

    def ports(self) -> dict[str, Port]:
        """Where edges may touch the cards, by node."""
        return {
            key: Port(
                self.x + self.card_width / 2,
                self.y + self.tops[key] + card.height / 2,
                card,
            )
            for key, card in self.boxes.items()
        }

    def cards(self) -> list[str]:
        """The cards as elements."""
        return [
            card.drawn(
                self.x + (self.card_width - card.width) / 2,
                self.y + self.tops[key],
                card.width,
            )
            for key, card in self.boxes.items()
        ]

    def lines(self) -> list[str]:
        """The edges between the cards as elements."""
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
        """What is written at the edges, as elements."""
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
        top = min(*ends, middle - tall) - LANE_SPACE
        bottom = max(*ends, middle + tall) + LANE_SPACE
        index = _free_lane(taken, top, bottom)
        if index == len(taken):
            taken.append([])
            rooms.append(0.0)
        taken[index].append((top, bottom))
        rooms[index] = max(rooms[index], _LANE, label.width + LANE_SPACE)
        chosen.append((edge, label, index))
    centres = [
        sum(rooms[:index]) + room / 2 + LANE_SPACE for index, room in enumerate(rooms)
    ]
    room = sum(rooms) + LANE_SPACE if rooms else 0.0
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
