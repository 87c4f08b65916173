"""Reads the orders, and says what is wrong with every row that it cannot use."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from attrs import field, frozen

import privflow as pf
from month.dates import END, YEARS_MOVED, at_local, between

COLUMNS: Final = ("customer_id", "order_date", "revenue")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YUAN: Final = re.compile(r"[0-9]{1,9}")
_MOST_SHOWN: Final = 40


@frozen
class Order:
    """A paid order: whole yuan, at an instant of the simulated years."""

    line: int
    customer: str
    at: pf.Instant
    yuan: int

    @property
    def event(self) -> pf.Event:
        """The order as an event of the customer's timeline."""
        return pf.Event(
            "purchase",
            self.customer,
            at=self.at,
            properties={"amount": self.yuan},
            id=f"order:{self.line}",
        )


@frozen
class BadRow:
    """A row that was left out: where, why, and what to do about it."""

    line: int
    field: str
    problem: str
    hint: str


@frozen(kw_only=True)
class Orders:
    """What was read: the usable orders, oldest first, and the rows left out."""

    rows: tuple[Order, ...] = field(kw_only=False)
    bad: tuple[BadRow, ...] = field(default=(), kw_only=False)


class _Unusable(Exception):  # noqa: N818 - caught below, nobody else sees it
    def __init__(self, name: str, problem: str, hint: str) -> None:
        super().__init__(name, problem, hint)
        self.parts = (name, problem, hint)


def read_orders(path: Path) -> Orders:
    """The orders of a CSV file; a broken row is reported and the next one is read."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return orders_of(lines)


def orders_of(lines: Iterable[str]) -> Orders:
    """The orders in the lines of a CSV, the heading first.

    Each line is read for itself, so that a quote which is never closed spoils its own
    row and not all the rows behind it.
    """
    rows: list[Order] = []
    bad: list[BadRow] = []
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    first, heading = next(numbered, (1, ""))
    try:
        _check_heading(heading)
    except _Unusable as unusable:
        return Orders((), (BadRow(first, *unusable.parts),))
    for number, line in numbered:
        try:
            rows.append(_order(number, _cells(line)))
        except _Unusable as unusable:
            bad.append(BadRow(number, *unusable.parts))
    return Orders(tuple(sorted(rows, key=lambda o: (o.at, o.line))), tuple(bad))


def _cells(line: str) -> list[str]:
    if "\ufffd" in line:
        raise _Unusable("row", "is not UTF-8", "save the file as UTF-8")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error as error:
        hint = "close every quote, and double a quote inside a name"
        raise _Unusable("row", f"cannot be read: {error}", hint) from None


def _check_heading(line: str) -> None:
    found = [cell.strip() for cell in _cells(line)] if line else []
    if tuple(found) != COLUMNS:
        expected = ",".join(COLUMNS)
        problem = f"is {_shown(','.join(found))}, expected {expected!r}"
        raise _Unusable("heading", problem, "name the columns so; nothing was read")


def _order(number: int, cells: list[str]) -> Order:
    if len(cells) != len(COLUMNS):
        problem = f"has {len(cells)} fields, expected {len(COLUMNS)}"
        raise _Unusable("row", problem, "put a name with a comma into quotes")
    customer, day_text, yuan_text = (cell.strip() for cell in cells)
    if not customer:
        hint = "fill in who ordered: an order of nobody cannot be followed"
        raise _Unusable("customer_id", "is empty", hint)
    yuan = _yuan(yuan_text)
    key = f"{customer}|{day_text}|{yuan}"
    # The data knows days only; people order between 9 in the morning and 23:30.
    at = at_local(_day(day_text), between(9 * 60, 23.5 * 60, "order", key))
    if at >= END:
        problem = f"is {day_text}, after the simulated month"
        raise _Unusable("order_date", problem, "end the file with December 2006")
    return Order(number, customer, at, yuan)


def _day(text: str) -> date:
    hint = "write a day that exists as YYYY-MM-DD"
    if not _DATE.fullmatch(text):
        raise _Unusable("order_date", f"is {_shown(text)}", hint)
    try:
        day = date.fromisoformat(text)
        return day.replace(year=day.year + YEARS_MOVED)
    except ValueError:
        raise _Unusable("order_date", f"is {_shown(text)}", hint) from None


def _yuan(text: str) -> int:
    if not _YUAN.fullmatch(text):
        hint = "write whole yuan, without sign, comma or currency"
        raise _Unusable("revenue", f"is {_shown(text)}", hint)
    if not int(text):
        raise _Unusable("revenue", "is 0", "leave out what was not paid for")
    return int(text)


def _shown(text: str) -> str:
    short = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
    return repr(short) if text else "empty"
