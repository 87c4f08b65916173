"""Ranks the blocks of a diagram from left to right, with circles cut open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from privflow.display.link import Link


def backward_of(count: int, links: Sequence[Link]) -> list[bool]:
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


def chain(
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


def ranks_of(
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
