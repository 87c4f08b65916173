"""A value whose words are a table."""

from __future__ import annotations

from abc import abstractmethod

from typing_extensions import override

from privflow.display.drawable import Drawn, render
from privflow.display.table import Table


class Report(Drawn):
    """Something that is shown as a table: printed, in any format, and in a notebook.

    >>> class Sizes(Report):
    ...     def table(self):
    ...         return Table(["segment", "size"], [["vip", 2]])
    >>> print(Sizes())
    segment  size
    ───────  ────
    vip         2
    """

    __slots__ = ()

    @abstractmethod
    def table(self) -> Table:
        """What is shown."""

    @override
    def drawing(self) -> Table:
        return self.table()

    @override
    def __str__(self) -> str:
        return render(self.table(), "text")
