"""A block of a diagram: a free node, or a titled frame with its nodes and their edges.

Everything is drawn in the block's own coordinates, so that the layout may put it
anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from privflow.display.card import Card, card_of
from privflow.display.column import LANE_SPACE, Column
from privflow.display.graph import Edge, Group, Node
from privflow.display.port import Port
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

_PADDING = 14.0
_TITLE_COLUMNS, _TITLE_LINES, _TITLE_LINE = 28, 3, 18.0
_LOOP, _LOOP_WIDTH = 24.0, 40.0
_EMPTY_WIDTH, _EMPTY_HEIGHT = 110.0, 12.0


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
    column = Column.of(nodes, inner)
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


def _loops_width(loops: Sequence[Edge]) -> float:
    return sum(_loop_width(label_of(edge.label)) for edge in loops)


def _loop_width(label: Label) -> float:
    return max(_LOOP_WIDTH, label.width + LANE_SPACE)


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
