"""Places the blocks of a diagram in ranks from left to right, and routes its links.

The usual four steps: links that close a circle are turned around, the longest path
ranks the blocks, sweeps untangle each column, and heights are settled by isotonic
regression. Labels and passing links are cells of the columns like the blocks, so
nothing is drawn over anything. No step has a random or hash order: the same diagram
always looks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from privflow.display.grid import Grid, grid_of
from privflow.display.height import settle, straighten
from privflow.display.link import Link, Size
from privflow.display.rank import backward_of, chain, ranks_of
from privflow.display.untangling import untangle

_COLUMN_GAP, _LABEL_GAP = 64.0, 30.0
_STEEP = 0.12  # how much a gap widens with the height its links climb
_MOST_GAP = 130.0
_SNAP = 7.0


@frozen
class Route:
    """The way of a link between its blocks.

    Args:
        backward: it runs from right to left.
        points: from the source's column to the target's column.
        label: the centre of the label.
    """

    backward: bool
    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


@frozen
class Layout:
    """Where everything stands; all coordinates are 0 or more.

    Args:
        corners: the top left corner of each block.
        routes: of each link.
        size: of the whole.
    """

    corners: tuple[tuple[float, float], ...]
    routes: tuple[Route, ...]
    size: Size


def arrange(
    blocks: Sequence[Size], links: Sequence[Link], chained: Iterable[int] = ()
) -> Layout:
    """The layout of blocks and links.

    Args:
        blocks: sizes, in reading order.
        links: between different blocks.
        chained: blocks behind which every later block without links stands.
    """
    backward = backward_of(len(blocks), links)
    pairs = [
        (link.target, link.source) if back else (link.source, link.target)
        for link, back in zip(links, backward, strict=True)
    ]
    ranks = ranks_of(len(blocks), pairs, chain(len(blocks), pairs, chained))
    grid = grid_of(blocks, links, backward, ranks)
    untangle(grid)
    settle(grid)
    straighten(grid)
    return _measured(grid, links, backward)


def _measured(grid: Grid, links: Sequence[Link], backward: Sequence[bool]) -> Layout:
    """The grid in pixels from 0."""
    everything = [cell for column in grid.columns for cell in column]
    top = min((cell.top for cell in everything), default=0.0)
    bottom = max((cell.top + cell.height for cell in everything), default=0.0)
    lefts, rights = _edges_of_columns(grid)
    column_of = {
        cell: index for index, column in enumerate(grid.columns) for cell in column
    }
    corners = [
        (
            (lefts[column_of[cell]] + rights[column_of[cell]] - cell.width) / 2,
            cell.top - top,
        )
        for cell in grid.blocks
    ]
    routes: list[Route] = []
    for number, (link, back) in enumerate(zip(links, backward, strict=True)):
        path, label = grid.paths[number], grid.labels[number]
        left, right = path[0], path[-1]
        ys = (link.target_y, link.source_y) if back else (link.source_y, link.target_y)
        points = [(rights[column_of[left]], left.top + ys[0] - top)]
        for cell in path[1:-1]:
            index = column_of[cell]
            points += [(x, cell.middle - top) for x in (lefts[index], rights[index])]
        points.append((lefts[column_of[right]], right.top + ys[1] - top))
        points = _levelled(points)
        index = column_of[label]
        centre = ((lefts[index] + rights[index]) / 2, label.middle - top)
        routes.append(
            Route(back, tuple(reversed(points)) if back else tuple(points), centre)
        )
    size = Size(max(rights, default=0.0), bottom - top)
    return Layout(tuple(corners), tuple(routes), size)


def _levelled(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points with both ends moved by a few pixels where that spares a bend."""
    (x0, y0), *_, (x1, y1) = points
    after = points[1][1] if len(points) > 2 else (y0 + y1) / 2  # noqa: PLR2004  # ends
    before = points[-2][1] if len(points) > 2 else after  # noqa: PLR2004  # ends
    first = after if abs(after - y0) <= _SNAP else y0
    last = before if abs(before - y1) <= _SNAP else y1
    return [(x0, first), *points[1:-1], (x1, last)]


def _edges_of_columns(grid: Grid) -> tuple[list[float], list[float]]:
    """The left and the right edge of each column."""
    lefts: list[float] = []
    rights: list[float] = []
    x = 0.0
    for index, column in enumerate(grid.columns):
        lefts.append(x)
        x += max((cell.width for cell in column), default=0.0)
        rights.append(x)
        blocks = set(map(id, grid.blocks))
        near = [*column, *(grid.columns[index + 1 : index + 2] or [[]])[0]]
        labels = any(id(cell) not in blocks and cell.width for cell in near)
        climbs = [
            abs(t.left.top + t.left_y - t.right.top - t.right_y)
            for t in grid.threads[index]
        ]
        base = _LABEL_GAP if labels else _COLUMN_GAP
        x += min(base + _STEEP * max(climbs, default=0.0), _MOST_GAP)
    return lefts, rights
