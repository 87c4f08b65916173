"""Many texts looked for in one pass over another text.

Source:
    Aho and Corasick, "Efficient string matching", CACM 18 (1975).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

_ROOT = 0


class Automaton:
    """Finds which of its texts occur in another, in time linear in that one's length.

    Args:
        texts: none of them empty; each is known by its place from then on.

    >>> sorted(Automaton(["he", "she", "hers"]).found_in("ushers"))
    [0, 1, 2]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._nexts: list[dict[str, int]] = [{}]
        self._ends: list[int] = [-1]
        for place, text in enumerate(texts):
            self._ends[self._grown(text)] = place
        self._falls = [_ROOT] * len(self._nexts)
        self._shorter = [_ROOT] * len(self._nexts)
        self._link()

    def _grown(self, text: str) -> int:
        """The node at the end of a text, with the nodes that lead there."""
        node = _ROOT
        for letter in text:
            after = self._nexts[node].get(letter)
            if after is None:
                after = self._nexts[node][letter] = len(self._nexts)
                self._nexts.append({})
                self._ends.append(-1)
            node = after
        return node

    def _link(self) -> None:
        """Say of each node where to go on if nothing follows, and what ends there.

        `_shorter` leads to the longest text that ends at the same letter, so that one
        text within another costs nothing until both are found.
        """
        waiting = deque(self._nexts[_ROOT].values())
        while waiting:
            node = waiting.popleft()
            fall = self._falls[node]
            ends_there = self._ends[fall] >= 0
            self._shorter[node] = fall if ends_there else self._shorter[fall]
            for letter, after in self._nexts[node].items():
                self._falls[after] = self._step(fall, letter)
                waiting.append(after)

    def _step(self, node: int, letter: str) -> int:
        nexts, falls = self._nexts, self._falls
        while (after := nexts[node].get(letter, _ROOT)) == _ROOT and node != _ROOT:
            node = falls[node]
        return after

    def found_in(self, text: str) -> set[int]:
        """The places of all texts that occur in a text."""
        nexts, falls = self._nexts, self._falls
        shorter, ends = self._shorter, self._ends
        found: set[int] = set()
        node = _ROOT
        for letter in text:
            after = nexts[node].get(letter, _ROOT)
            while after == _ROOT and node != _ROOT:
                node = falls[node]
                after = nexts[node].get(letter, _ROOT)
            node = after
            if node == _ROOT:
                continue
            end = node if ends[node] >= 0 else shorter[node]
            while end != _ROOT and ends[end] not in found:
                found.add(ends[end])
                end = shorter[end]
        return found
