"""Settles how high every cell stands, so that links are straight where they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from privflow.display.grid import Cell, Grid

_SETTLINGS = 60


def settle(grid: Grid) -> None:
    """Moves every cell towards its neighbours, as far as the cells beside it allow."""
    for column in grid.columns:
        _place(column, {})
    count = len(grid.columns)
    for settling in range(_SETTLINGS):
        order = range(count) if settling % 2 == 0 else range(count - 1, -1, -1)
        for index in order:
            wishes: dict[Cell, list[tuple[float, float]]] = {}
            for thread in grid.threads[index - 1] if index else ():
                wish = thread.left.top + thread.left_y - thread.right_y
                wishes.setdefault(thread.right, []).append((wish, thread.weight))
            for thread in grid.threads[index]:
                wish = thread.right.top + thread.right_y - thread.left_y
                wishes.setdefault(thread.left, []).append((wish, thread.weight))
            _place(grid.columns[index], wishes)


def _place(
    column: Sequence[Cell], wishes: Mapping[Cell, Sequence[tuple[float, float]]]
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


def straighten(grid: Grid) -> None:
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


def _room(column: Sequence[Cell], order: int) -> tuple[float, float]:
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
