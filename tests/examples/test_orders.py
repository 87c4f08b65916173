"""Broken and hostile orders: reported or escaped, and never the end of the run."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path

import pytest

ORDERS = Path(__file__).parents[2] / "examples" / "data" / "orders.csv"
SCRIPT = "01_month_of_touches.py"
HEADING = "customer_id,order_date,revenue\n"
GOOD = "Ann,2006-11-05,120\n"


@pytest.mark.parametrize(
    ("line", "field", "problem"),
    [
        ("Ann,2006-13-01,10", "order_date", "is '2006-13-01'"),
        ("Ann,2006-02-29,10", "order_date", "is '2006-02-29'"),
        ("Ann,20061101,10", "order_date", "is '20061101'"),
        ("Ann,2006-W44-3,10", "order_date", "is '2006-W44-3'"),
        ("Ann,２００６-11-01,10", "order_date", "is '２００６-11-01'"),
        ("Ann,9999-11-01,10", "order_date", "is '9999-11-01'"),
        ("Ann,,10", "order_date", "is empty"),
        ("Ann,2007-01-01,10", "order_date", "after the simulated month"),
        ("Ann,2006-11-01,12.50", "revenue", "is '12.50'"),
        ("Ann,2006-11-01,-5", "revenue", "is '-5'"),
        ("Ann,2006-11-01,1e3", "revenue", "is '1e3'"),
        ("Ann,2006-11-01,NaN", "revenue", "is 'NaN'"),
        ("Ann,2006-11-01,9999999999", "revenue", "is '9999999999'"),
        ("Ann,2006-11-01,", "revenue", "is empty"),
        ("Ann,2006-11-01,0", "revenue", "is 0"),
        ("  ,2006-11-01,10", "customer_id", "is empty"),
        ("Ann,2006-11-01", "row", "has 2 fields, expected 3"),
        ("Ann,2006-11-01,10,20", "row", "has 4 fields, expected 3"),
        ('"Ann,2006-11-01,10', "row", "cannot be read"),
        ("An\ufffdn,2006-11-01,10", "row", "is not UTF-8"),
    ],
)
def test_a_bad_row_is_told_with_line_field_problem_and_hint(
    orders_of, line, field, problem
):
    read = orders_of([HEADING, GOOD, f"{line}\n", GOOD])
    [bad] = read.bad
    assert (bad.line, bad.field) == (3, field)
    assert problem in bad.problem
    assert bad.hint
    assert [order.line for order in read.rows] == [2, 4]


def test_a_long_value_is_shortened_where_it_is_told(orders_of):
    [bad] = orders_of([HEADING, f"Ann,{'9' * 10_000},10\n"]).bad
    assert len(bad.problem) < 60


@pytest.mark.parametrize(
    "lines", [[], ["\n"], ["customer,date,revenue\n", GOOD], [GOOD]]
)
def test_without_its_heading_nothing_is_read_and_that_is_told(orders_of, lines):
    read = orders_of(lines)
    assert read.rows == ()
    assert [bad.field for bad in read.bad] == ["heading"]
    assert "customer_id,order_date,revenue" in read.bad[0].problem


def test_blank_lines_are_passed_over_and_line_numbers_stay_right(orders_of):
    read = orders_of(["\n", HEADING, "\n", GOOD, "  \n", "Ann,x,1\n"])
    assert [order.line for order in read.rows] == [4]
    assert [bad.line for bad in read.bad] == [6]


def test_the_dates_move_by_twenty_years_and_leap_days_stay(orders_of):
    read = orders_of([HEADING, "Ann,2004-02-29,7\n", "Ann,2001-10-29,8\n"])
    days = [order.at.isoformat("Asia/Shanghai")[:10] for order in read.rows]
    assert days == ["2021-10-29", "2024-02-29"]


def test_the_time_of_day_does_not_depend_on_the_other_rows(orders_of):
    [alone] = orders_of([HEADING, GOOD]).rows
    [behind] = orders_of([HEADING, "broken\n", GOOD]).rows
    assert alone.at == behind.at


# ── The whole run ────────────────────────────────────────────────────────────

NAME = "\x1b[31m<script>alert('{}')</script>\" onload=\"x|`"
BROKEN = [
    ["<img src=x onerror=alert(1)>", "<b>never</b>", "10"],
    ["Ann", "2006-11-01", "<svg onload=alert(2)>"],
]


@pytest.fixture(scope="module")
def hostile(run, tmp_path_factory):
    """A run on some recorded orders under hostile names, with two broken rows."""
    folder = tmp_path_factory.mktemp("hostile")
    with ORDERS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    customers = sorted({row[0] for row in rows[1:]})[::4]
    renamed = {customer: NAME.format(customer) for customer in customers}
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(BROKEN)
        writer.writerows([renamed[r[0]], *r[1:]] for r in rows if r[0] in renamed)
    return run(SCRIPT, folder / "out", "--orders", str(path))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(name for name, _ in attrs)}


def test_a_broken_row_does_not_stop_the_run(hostile):
    assert len(hostile.names["orders"].bad) == 2
    assert len(hostile.names["orders"].rows) > 1_000
    assert "<b>never</b>" in hostile.stdout
    assert hostile.names["month"].given


def test_hostile_names_end_up_escaped_in_the_report(hostile):
    tags = Tags()
    tags.feed(hostile.report)
    tags.close()
    assert tags.found.isdisjoint({"script", "img", "b", "onload", "onerror"})
    assert "&lt;b&gt;never&lt;/b&gt;" in hostile.report
    assert hostile.report.count("&lt;script&gt;alert(") == 3  # the three whys


def test_hostile_names_cannot_drive_the_terminal(hostile):
    assert "\x1b" not in hostile.stdout
    assert "\x1b" not in hostile.report


def test_a_file_without_one_usable_row_still_makes_a_report(run, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(b"\xff\xfe\x00nothing")
    empty = run(SCRIPT, tmp_path / "out", "--orders", str(path))
    assert [bad.field for bad in empty.names["orders"].bad] == ["row"]
    assert "nobody this month" in empty.stdout
    assert empty.report.endswith("</html>\n")


def test_a_missing_file_is_told_in_one_sentence(run, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        run(SCRIPT, tmp_path, "--orders", str(tmp_path / "none.csv"))
    assert stopped.value.code == 2
