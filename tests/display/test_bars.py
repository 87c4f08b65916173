from __future__ import annotations

import pytest

from privflow.display import Bars


@pytest.mark.parametrize("rows", [[], [("a", 0)], [("a", 5)]])
def test_no_row_and_one_row_are_drawn(rows):
    bars = Bars(rows)
    assert bars.to_text().count("█") == (40 if rows and rows[0][1] else 0)
    assert bars.to_svg().count('class="pd-bar"') == len(rows)
    assert bars.to_html().count("<tr>") == len(rows)
    assert bars.to_markdown()


@pytest.mark.parametrize(
    ("amount", "told"),
    [(3, "3"), (3.0, "3"), (0.5, "0.50"), (10**20, "1" + "0" * 20), (1 / 3, "0.33")],
)
def test_whole_amounts_are_told_in_full_and_others_with_two_decimals(amount, told):
    assert str(Bars([("a", amount)])).endswith(f" {told}")


def test_parts_of_a_block_show_parts_of_an_amount():
    lines = str(Bars([("a", 320), ("b", 1), ("c", 12)])).split("\n")
    assert lines[1] == "b  ▏ 1"
    assert lines[2] == "c  █▌ 12"


def test_title_and_unit_are_shown():
    bars = Bars([("a", 1)], title="T", unit="sent")
    assert str(bars).startswith("T\na")
    assert str(bars).endswith("1 sent")
    assert bars.to_markdown().startswith("**T**")
    assert "<caption>T</caption>" in bars.to_html()
    assert "<title>T</title>" in bars.to_svg()
