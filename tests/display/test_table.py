from __future__ import annotations

from decimal import Decimal

import pytest

from privflow.display import Table


def test_wide_characters_keep_the_columns_in_line():
    table = Table(["名", "x"], [["上海", "a"], ["b", "c"]])
    assert table.to_text().split("\n") == ["名    x", "────  ─", "上海  a", "b     c"]


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ([1, 2.5], True),
        ([Decimal(1), ""], True),
        ([1, None], True),
        ([True, False], False),
        (["1"], False),
        ([1, "x"], False),
        ([""], False),
        ([], False),
    ],
)
def test_a_column_is_right_aligned_if_all_its_cells_are_numbers(cells, right):
    table = Table(["n"], [[cell] for cell in cells])
    assert ("---:" in table.to_markdown()) == right
    assert ('class="pd-number"' in table.to_html()) == right


def test_html_shows_two_hundred_rows_and_counts_the_rest():
    assert "more" not in Table(["n"], [[i] for i in range(200)]).to_html(styled=False)
    html = Table(["n"], [[i] for i in range(203)]).to_html(styled=False)
    assert html.count("<tr>") == 201
    assert "and 3 more" in html


def test_a_table_without_columns_or_rows_is_drawn():
    assert not Table([], []).to_text().strip()
    assert Table(["a"], []).to_text() == "a\n─"


def test_the_title_stands_above():
    table = Table(["a"], [], title="T")
    assert table.to_text().startswith("T\n")
    assert table.to_markdown().startswith("**T**\n\n")
    assert "<caption>T</caption>" in table.to_html()
