"""Places the blocks of a diagram in ranks from left to right, and routes its links.

The usual four steps: links that close a circle are turned around, the longest path
ranks the blocks, sweeps untangle each column, and heights are settled by isotonic
regression. Labels and passing links are cells of the columns like the blocks, so
nothing is drawn over anything. No step has a random or hash order: the same diagram
always looks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf

from attrs import Factory, define, frozen

_COLUMN_GAP, _LABEL_GAP = 64.0, 30.0
_STEEP = 0.12  # how much a gap widens with the height its links climb
_MOST_GAP = 130.0
_BLOCK_SPACE, _LABEL_SPACE, _LINE_SPACE = 30.0, 8.0, 18.0
# A piece between a block and a block, a block and a passing cell, two such cells.
_STRAIGHT = (2.0, 1.0, 12.0)
_SNAP = 7.0
_SWEEPS, _SETTLINGS = 12, 60


@frozen
class Size:
    """Width and height in pixels."""

    width: float
    height: float


@frozen
class Link:
    """An edge between two different blocks.

    Args:
        source: the index of a block.
        target: the index of another block.
        source_y: where it leaves, below the top of the source.
        target_y: where it arrives, below the top of the target.
        label: the room that its label needs.
    """

    source: int
    target: int
    source_y: float
    target_y: float
    label: Size


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


@define(eq=False)
class _Cell:
    """A block, a label or a passing link in one column."""

    width: float
    height: float
    space: float
    order: int = 0
    top: float = 0.0

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@frozen(eq=False)
class _Thread:
    """A piece of a link between two neighbouring columns."""

    left: _Cell
    left_y: float
    right: _Cell
    right_y: float
    weight: float

    def left_place(self) -> float:
        """Where it leaves among the cells of the left column, for the ordering."""
        return self.left.order + _share(self.left_y, self.left.height)

    def right_place(self) -> float:
        return self.right.order + _share(self.right_y, self.right.height)


@define(eq=False)
class _Grid:
    """Columns of cells, and the threads between each column and the next one."""

    columns: list[list[_Cell]]
    threads: list[list[_Thread]]
    blocks: list[_Cell]
    paths: dict[int, list[_Cell]] = Factory(dict)
    labels: dict[int, _Cell] = Factory(dict)


def arrange(
    blocks: Sequence[Size], links: Sequence[Link], chained: Iterable[int] = ()
) -> Layout:
    """The layout of blocks and links.

    Args:
        blocks: sizes, in reading order.
        links: between different blocks.
        chained: blocks behind which every later block without links stands.
    """
    backward = _backward(len(blocks), links)
    pairs = [
        (link.target, link.source) if back else (link.source, link.target)
        for link, back in zip(links, backward, strict=True)
    ]
    ranks = _ranks(len(blocks), pairs, _chain(len(blocks), pairs, chained))
    grid = _grid(blocks, links, backward, ranks)
    _untangle(grid)
    _settle(grid)
    _straighten(grid)
    return _measured(grid, links, backward)


# ── Ranks ────────────────────────────────────────────────────────────────────


def _backward(count: int, links: Sequence[Link]) -> list[bool]:
    """The links to be turned around: up the reading order, and part of a circle."""
    onward: dict[int, list[int]] = {index: [] for index in range(count)}
    for link in links:
        onward[link.source].append(link.target)
    reached = {link.target: _reached(link.target, onward) for link in links}
    return [
        link.target < link.source and link.source in reached[link.target]
        for link in links
    ]


def _reached(start: int, onward: Mapping[int, Sequence[int]]) -> set[int]:
    found, stack = {start}, [start]
    while stack:
        for target in onward[stack.pop()]:
            if target not in found:
                found.add(target)
                stack.append(target)
    return found


def _chain(
    count: int, pairs: Sequence[tuple[int, int]], chained: Iterable[int]
) -> list[tuple[int, int]]:
    """Pairs that put a block without links behind the chained ones before it."""
    linked = {index for pair in pairs for index in pair}
    order = list(chained)
    return [
        (before, block)
        for block in range(count)
        if block not in linked
        for before in order
        if before < block
    ]


def _ranks(
    count: int, pairs: Sequence[tuple[int, int]], extra: Sequence[tuple[int, int]]
) -> list[int]:
    """The longest way to each block; a block without a way in waits for the next."""
    ranks = [0] * count
    everything = [*pairs, *extra]
    changed = True
    while changed:
        changed = False
        for source, target in everything:
            if ranks[target] <= ranks[source]:
                ranks[target] = ranks[source] + 1
                changed = True
    entered = {target for _, target in everything}
    for block in range(count):
        following = [ranks[target] for source, target in pairs if source == block]
        if block not in entered and following:
            ranks[block] = min(following) - 1
    return ranks


# ── Cells and threads ────────────────────────────────────────────────────────


def _grid(
    blocks: Sequence[Size],
    links: Sequence[Link],
    backward: Sequence[bool],
    ranks: Sequence[int],
) -> _Grid:
    """Columns for all ranks, and one between two ranks where labels stand."""
    gaps = {
        _label_gap(link, ranks, back=back)
        for link, back in zip(links, backward, strict=True)
        if link.label.height
    }
    ranked = max(ranks, default=-1) + 1
    halves = [half for half in range(2 * ranked) if half % 2 == 0 or half // 2 in gaps]
    column_of = {half: index for index, half in enumerate(halves)}
    cells = [_Cell(size.width, size.height, _BLOCK_SPACE) for size in blocks]
    grid = _Grid([[] for _ in halves], [[] for _ in halves], cells)
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
                _Cell(link.label.width, link.label.height, _LABEL_SPACE)
                if shown
                else _Cell(0, 0, _LINE_SPACE)
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
    grid: _Grid, path: Sequence[_Cell], first: int, link: Link, *, back: bool
) -> None:
    """The pieces of one link; the straighter a piece should be, the heavier it is."""
    left_end, right_end = (
        (link.target_y, link.source_y) if back else (link.source_y, link.target_y)
    )
    last = len(path) - 2
    for index, (left, right) in enumerate(pairwise(path)):
        thread = _Thread(
            left=left,
            left_y=left_end if index == 0 else left.height / 2,
            right=right,
            right_y=right_end if index == last else right.height / 2,
            weight=_STRAIGHT[(index > 0) + (index < last)],
        )
        grid.threads[first + index].append(thread)


# ── Order within the columns ─────────────────────────────────────────────────


def _untangle(grid: _Grid) -> None:
    """Sweeps over the columns, and keeps the order with the fewest crossings."""
    _number(grid)
    best, fewest = _orders(grid), _crossings(grid)
    for sweep in range(_SWEEPS):
        _sweep(grid, forward=sweep % 2 == 0)
        crossings = _crossings(grid)
        if crossings < fewest:
            best, fewest = _orders(grid), crossings
    grid.columns[:] = best
    _number(grid)


def _orders(grid: _Grid) -> list[list[_Cell]]:
    return [list(column) for column in grid.columns]


def _number(grid: _Grid) -> None:
    for column in grid.columns:
        _number_column(column)


def _number_column(column: Sequence[_Cell]) -> None:
    for order, cell in enumerate(column):
        cell.order = order


def _sweep(grid: _Grid, *, forward: bool) -> None:
    """Sorts each column by the mean place of its neighbours on one side."""
    count = len(grid.columns)
    for index in range(1, count) if forward else range(count - 2, -1, -1):
        threads = grid.threads[index - 1 if forward else index]
        places: dict[_Cell, list[float]] = {}
        for thread in threads:
            cell = thread.right if forward else thread.left
            place = thread.left_place() if forward else thread.right_place()
            places.setdefault(cell, []).append(place)
        means: dict[_Cell, float] = {
            cell: sum(found) / len(found) for cell, found in places.items()
        }
        column = grid.columns[index]
        means |= {cell: cell.order for cell in column if cell not in means}
        column.sort(key=means.__getitem__)
        _number_column(column)


def _crossings(grid: _Grid) -> int:
    total = 0
    for threads in grid.threads:
        ends = sorted((t.left_place(), t.right_place()) for t in threads)
        rights = [right for _, right in ends]
        total += sum(
            one > two for index, one in enumerate(rights) for two in rights[index + 1 :]
        )
    return total


def _share(y: float, height: float) -> float:
    """A place inside a cell as a small part of one step of the order."""
    return 0.8 * (y / height - 0.5) if height else 0.0


# ── Heights ──────────────────────────────────────────────────────────────────


def _settle(grid: _Grid) -> None:
    """Moves every cell towards its neighbours, as far as the cells beside it allow."""
    for column in grid.columns:
        _place(column, {})
    count = len(grid.columns)
    for settling in range(_SETTLINGS):
        order = range(count) if settling % 2 == 0 else range(count - 1, -1, -1)
        for index in order:
            wishes: dict[_Cell, list[tuple[float, float]]] = {}
            for thread in grid.threads[index - 1] if index else ():
                wish = thread.left.top + thread.left_y - thread.right_y
                wishes.setdefault(thread.right, []).append((wish, thread.weight))
            for thread in grid.threads[index]:
                wish = thread.right.top + thread.right_y - thread.left_y
                wishes.setdefault(thread.left, []).append((wish, thread.weight))
            _place(grid.columns[index], wishes)


def _place(
    column: Sequence[_Cell], wishes: Mapping[_Cell, Sequence[tuple[float, float]]]
) -> None:
    """Puts the cells of a column where they wish to be, in order and apart."""
    stacked = 0.0
    runs: list[tuple[float, float, int]] = []  # mean, weight, how many cells
    offsets: list[float] = []
    for before, cell in zip([None, *column], column, strict=False):
        if before is not None:
            stacked += before.height + max(before.space, cell.space)
        offsets.append(stacked)
        wished = wishes.get(cell, ())
        weight = sum(each for _, each in wished)
        wish = sum(to * each for to, each in wished) / weight if weight else cell.top
        run = (wish - stacked, weight or 0.01, 1)
        while runs and runs[-1][0] > run[0]:
            mean, heavy, cells = runs.pop()
            both = heavy + run[1]
            run = ((mean * heavy + run[0] * run[1]) / both, both, cells + run[2])
        runs.append(run)
    means = [mean for mean, _, cells in runs for _ in range(cells)]
    for cell, offset, mean in zip(column, offsets, means, strict=True):
        cell.top = mean + offset


def _straighten(grid: _Grid) -> None:
    """Puts the cells of one link on one level where every column has room for it."""
    place = {cell: (column, cell.order) for column in grid.columns for cell in column}
    for path in [*grid.paths.values(), *grid.paths.values()]:
        inner = path[1:-1]
        if not inner:
            continue
        rooms = [_room(*place[cell]) for cell in inner]
        low, high = max(low for low, _ in rooms), min(high for _, high in rooms)
        if low <= high:
            mean = sum(cell.middle for cell in inner) / len(inner)
            level = min(max(mean, low), high)
            for cell in inner:
                cell.top = level - cell.height / 2


def _room(column: Sequence[_Cell], order: int) -> tuple[float, float]:
    """How high and how low the middle of a cell may be among its neighbours."""
    cell, half = column[order], column[order].height / 2
    low, high = -inf, inf
    if order:
        above = column[order - 1]
        low = above.top + above.height + max(above.space, cell.space) + half
    if order + 1 < len(column):
        below = column[order + 1]
        high = below.top - max(below.space, cell.space) - half
    return low, high


# ── Coordinates ──────────────────────────────────────────────────────────────


def _measured(grid: _Grid, links: Sequence[Link], backward: Sequence[bool]) -> Layout:
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


def _edges_of_columns(grid: _Grid) -> tuple[list[float], list[float]]:
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
