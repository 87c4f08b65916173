"""A table of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Real

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable
from privflow.display.escape import escape, escape_markdown, one_line
from privflow.display.stylesheet import fragment
from privflow.display.width import columns as columns_of
from privflow.display.width import pad
from privflow.errors import DefinitionError, brief

_MOST_ROWS = 200
_ONE_EACH = "give one cell for each column"


def _names(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(columns)


def _rows(rows: Iterable[Sequence[object]]) -> tuple[tuple[object, ...], ...]:
    if hasattr(rows, "columns"):  # a frame goes through its columns, or its rows
        problem = f"got {brief(type(rows).__name__)}, expected rows of cells"
        remedy = "write frame.values.tolist() for pandas, frame.rows() for polars"
        raise DefinitionError("Table.rows", problem, remedy)
    return tuple(tuple(row) for row in rows)


@frozen(kw_only=True, str=False)
class Table(Drawable):
    """Rows of cells under named columns.

    Args:
        columns: the headings.
        rows: cells are shown by `str()`; a column of numbers is right-aligned.
        title: stands above the table.

    Raises:
        DefinitionError: a row has more or fewer cells than there are columns, or the
            rows are a data frame.

    >>> print(Table(["city", "count"], [["上海", 12], ["Paris", 7]]))
    city   count
    ─────  ─────
    上海      12
    Paris      7
    """

    columns: tuple[str, ...] = field(converter=_names, kw_only=False)
    rows: tuple[tuple[object, ...], ...] = field(converter=_rows, kw_only=False)
    title: str = ""

    def __attrs_post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                where = f"Table.rows: row {number}"
                got = f"got {len(row)} cells, expected {len(self.columns)}"
                raise DefinitionError(where, got, _ONE_EACH)

    @override
    def to_text(self) -> str:
        """Columns side by side; East-Asian wide characters count for two."""
        texts = [[one_line(str(cell)) for cell in row] for row in self.rows]
        heads = [one_line(name) for name in self.columns]
        widths = [
            max(map(columns_of, column)) for column in zip(heads, *texts, strict=True)
        ]
        rule = ["─" * width for width in widths]
        numeric = self._numeric()
        lines = [
            "  ".join(
                pad(cell, width, right=right)
                for cell, width, right in zip(row, widths, numeric, strict=True)
            ).rstrip()
            for row in [heads, rule, *texts]
        ]
        return "\n".join([one_line(self.title), *lines] if self.title else lines)

    @override
    def to_markdown(self) -> str:
        """A table of pipes under a bold title."""
        rule = ["---:" if numeric else "---" for numeric in self._numeric()]
        lines = [
            _pipes(map(escape_markdown, self.columns)),
            _pipes(rule),
            *(_pipes(escape_markdown(str(cell)) for cell in row) for row in self.rows),
        ]
        title = [f"**{escape_markdown(self.title)}**", ""] if self.title else []
        return "\n".join([*title, *lines])

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """A table of at most 200 rows, and how many more there are."""
        numeric = self._numeric()
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        head = _html_row("th", self.columns, numeric)
        body = "".join(_html_row("td", row, numeric) for row in self.rows[:_MOST_ROWS])
        rest = len(self.rows) - _MOST_ROWS
        more = f'<p class="pd-more">and {rest} more</p>' if rest > 0 else ""
        table = (
            f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>{more}"
        )
        return fragment(table, styled=styled)

    def _numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers and nothing else but empty cells."""
        return tuple(
            _are_numbers([row[index] for row in self.rows])
            for index in range(len(self.columns))
        )


def _are_numbers(cells: Sequence[object]) -> bool:
    told = [cell for cell in cells if cell is not None and cell != ""]
    return bool(told) and all(
        isinstance(cell, Real | Decimal) and not isinstance(cell, bool) for cell in told
    )


def _pipes(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _html_row(tag: str, cells: Sequence[object], numeric: Sequence[bool]) -> str:
    names = (' class="pd-number"' if right else "" for right in numeric)
    inner = "".join(
        f"<{tag}{name}>{escape(str(cell))}</{tag}>"
        for cell, name in zip(cells, names, strict=True)
    )
    return f"<tr>{inner}</tr>"
