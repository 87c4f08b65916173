"""The columns of a diagram: cells, and the threads from one column to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from attrs import Factory, define, frozen

from privflow.display.link import Link, Size

_BLOCK_SPACE, _LABEL_SPACE, _LINE_SPACE = 30.0, 8.0, 18.0
# A piece between a block and a block, a block and a passing cell, two such cells.
_STRAIGHT = (2.0, 1.0, 12.0)


@define(eq=False)
class Cell:
    """A block, a label or a passing link in one column."""

    width: float
    height: float
    space: float
    order: int = 0
    top: float = 0.0

    @property
    def middle(self) -> float:
        """Half-way between its top and its bottom."""
        return self.top + self.height / 2


@frozen(eq=False)
class Thread:
    """A piece of a link between two neighbouring columns."""

    left: Cell
    left_y: float
    right: Cell
    right_y: float
    weight: float

    def left_place(self) -> float:
        """Where it leaves among the cells of the left column, for the ordering."""
        return self.left.order + _share(self.left_y, self.left.height)

    def right_place(self) -> float:
        """Where it arrives among the cells of the right column."""
        return self.right.order + _share(self.right_y, self.right.height)


@define(eq=False)
class Grid:
    """Columns of cells, and the threads between each column and the next one."""

    columns: list[list[Cell]]
    threads: list[list[Thread]]
    blocks: list[Cell]
    paths: dict[int, list[Cell]] = Factory(dict)
    labels: dict[int, Cell] = Factory(dict)


def _share(y: float, height: float) -> float:
    """A place inside a cell as a small part of one step of the order."""
    return 0.8 * (y / height - 0.5) if height else 0.0


def grid_of(
    blocks: Sequence[Size],
    links: Sequence[Link],
    backward: Sequence[bool],
    ranks: Sequence[int],
) -> Grid:
    """Columns for all ranks, and one between two ranks where labels stand."""
    gaps = {
        _label_gap(link, ranks, back=back)
        for link, back in zip(links, backward, strict=True)
        if link.label.height
    }
    ranked = max(ranks, default=-1) + 1
    halves = [half for half in range(2 * ranked) if half % 2 == 0 or half // 2 in gaps]
    column_of = {half: index for index, half in enumerate(halves)}
    cells = [Cell(size.width, size.height, _BLOCK_SPACE) for size in blocks]
    grid = Grid([[] for _ in halves], [[] for _ in halves], cells)
    for cell, rank in zip(cells, ranks, strict=True):
        grid.columns[column_of[2 * rank]].append(cell)
    for index in _by_pair(links):
        link, back = links[index], backward[index]
        ends = (link.target, link.source) if back else (link.source, link.target)
        first, last = (column_of[2 * ranks[end]] for end in ends)
        labelled = column_of.get(2 * _label_gap(link, ranks, back=back) + 1, first + 1)
        path = [cells[ends[0]]]
        for column in range(first + 1, last):
            shown = column == labelled and link.label.height
            cell = (
                Cell(link.label.width, link.label.height, _LABEL_SPACE)
                if shown
                else Cell(0, 0, _LINE_SPACE)
            )
            grid.columns[column].append(cell)
            path.append(cell)
        path.append(cells[ends[1]])
        grid.paths[index] = path
        grid.labels[index] = path[labelled - first]
        _add_threads(grid, path, first, link, back=back)
    return grid


def _by_pair(links: Sequence[Link]) -> list[int]:
    """The links in their order, but those between the same two blocks together."""
    first: dict[frozenset[int], int] = {}
    for index, link in enumerate(links):
        first.setdefault(frozenset((link.source, link.target)), index)
    pairs = [frozenset((link.source, link.target)) for link in links]
    return sorted(range(len(links)), key=lambda index: first[pairs[index]])


def _label_gap(link: Link, ranks: Sequence[int], *, back: bool) -> int:
    """The gap, counted by the rank before it, next to where the link begins."""
    return ranks[link.source] - 1 if back else ranks[link.source]


def _add_threads(
    grid: Grid, path: Sequence[Cell], first: int, link: Link, *, back: bool
) -> None:
    """The pieces of one link; the straighter a piece should be, the heavier it is."""
    left_end, right_end = (
        (link.target_y, link.source_y) if back else (link.source_y, link.target_y)
    )
    last = len(path) - 2
    for index, (left, right) in enumerate(pairwise(path)):
        thread = Thread(
            left=left,
            left_y=left_end if index == 0 else left.height / 2,
            right=right,
            right_y=right_end if index == last else right.height / 2,
            weight=_STRAIGHT[(index > 0) + (index < last)],
        )
        grid.threads[first + index].append(thread)
