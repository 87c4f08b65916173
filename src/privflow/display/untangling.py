"""Orders the cells within their columns, so that few links cross."""

from __future__ import annotations

from collections.abc import Sequence

from privflow.display.grid import Cell, Grid

_SWEEPS = 12


def untangle(grid: Grid) -> None:
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


def _orders(grid: Grid) -> list[list[Cell]]:
    return [list(column) for column in grid.columns]


def _number(grid: Grid) -> None:
    for column in grid.columns:
        _number_column(column)


def _number_column(column: Sequence[Cell]) -> None:
    for order, cell in enumerate(column):
        cell.order = order


def _sweep(grid: Grid, *, forward: bool) -> None:
    """Sorts each column by the mean place of its neighbours on one side."""
    count = len(grid.columns)
    for index in range(1, count) if forward else range(count - 2, -1, -1):
        threads = grid.threads[index - 1 if forward else index]
        places: dict[Cell, list[float]] = {}
        for thread in threads:
            cell = thread.right if forward else thread.left
            place = thread.left_place() if forward else thread.right_place()
            places.setdefault(cell, []).append(place)
        means: dict[Cell, float] = {
            cell: sum(found) / len(found) for cell, found in places.items()
        }
        column = grid.columns[index]
        means |= {cell: cell.order for cell in column if cell not in means}
        column.sort(key=means.__getitem__)
        _number_column(column)


def _crossings(grid: Grid) -> int:
    total = 0
    for threads in grid.threads:
        ends = sorted((t.left_place(), t.right_place()) for t in threads)
        rights = [right for _, right in ends]
        total += sum(
            one > two for index, one in enumerate(rights) for two in rights[index + 1 :]
        )
    return total
