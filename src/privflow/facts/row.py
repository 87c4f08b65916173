"""Contacts and events from rows of a table: the bad rows told, the good ones taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from attrs import frozen
from typing_extensions import override

from privflow.display import Report, Table
from privflow.errors import (
    DefinitionError,
    DocumentProblem,
    PrivflowError,
    brief,
    did_you_mean,
)
from privflow.facts.contact import Contact
from privflow.facts.event import Event
from privflow.facts.properties import is_missing
from privflow.timing import Instant, instant

Row = Mapping[str, object]
T = TypeVar("T")
_MOST_KINDS = 5
"""Kinds of bad rows that are printed."""


@frozen
class BadRow:
    """A row that could not be taken in.

    Args:
        number: counted from 1, as the rows came.
        error: what is wrong, with the column as its path, and what to do.
    """

    number: int
    error: PrivflowError

    @override
    def __str__(self) -> str:
        return f"row {self.number}: {self.error}"


@frozen(repr=False)
class Batch(Report, Generic[T]):
    """What came of many rows: values of the good ones in order, and the bad ones.

    Printed, and in a notebook, bad rows of one kind are told together: those of one
    table are often bad for one reason.
    """

    good: tuple[T, ...]
    bad: tuple[BadRow, ...]

    @override
    def table(self) -> Table:
        """A row for each kind of bad row: how many, the first, and what to do."""
        rows = [
            (len(kind), kind[0].number, _problem(kind[0].error), kind[0].error.hint)
            for kind in self._kinds()
        ]
        return Table(("rows", "first", "problem", "hint"), rows, title=self._counts())

    @override
    def __repr__(self) -> str:
        return f"<Batch {self._counts()}>"

    @override
    def __str__(self) -> str:
        kinds = self._kinds()
        rest = sum(map(len, kinds[_MOST_KINDS:]))
        more = [f"and {rest} more rows"] if rest else []
        return "\n".join([repr(self), *map(_told, kinds[:_MOST_KINDS]), *more])

    def _counts(self) -> str:
        return f"{len(self.good)} good, {len(self.bad)} bad"

    def _kinds(self) -> list[list[BadRow]]:
        """Bad rows of one place that want the same cure; the largest kind first."""
        kinds: dict[object, list[BadRow]] = defaultdict(list)
        for row in self.bad:
            place, _, _ = _problem(row.error).partition(": ")
            kinds[type(row.error), place, row.error.hint].append(row)
        return sorted(kinds.values(), key=len, reverse=True)


def _problem(error: PrivflowError) -> str:
    return f"{error.path}: {error.message}" if error.path else error.message


def _told(kind: list[BadRow]) -> str:
    first, *others = kind
    return f"{len(kind)} rows, as {first}" if others else str(first)


def contacts_of(
    rows: Iterable[Row],
    *,
    id_column: str,
    zone_column: str | None = None,
) -> Batch[Contact]:
    """One contact for each row; every other column becomes an attribute.

    Of rows with one id the first is taken, and the others are bad rows.

    Args:
        id_column: holds the host's id of the person.
        zone_column: holds the IANA name of their zone, where there is one.

    >>> rows = [{"id": "c-1", "city": "上海"}, {"id": ""}]
    >>> contacts_of(rows, id_column="id").bad[0].number
    2
    """
    taken: set[str] = set()

    def read(row: Row) -> Contact:
        zone = None if zone_column is None else row.get(zone_column)
        own = {id_column, zone_column}
        attributes = {k: v for k, v in row.items() if k not in own}
        contact = Contact(
            _text(row, id_column),
            attributes=attributes,
            timezone=None if is_missing(zone) else str(zone),
        )
        if contact.id in taken:
            problem = f"the id {contact.id!r} stands in an earlier row, too"
            remedy = "keep one row for each person"
            raise DocumentProblem(problem, remedy).at(id_column)
        taken.add(contact.id)
        return contact

    return _read(rows, read)


def events_of(
    rows: Iterable[Row],
    name: str,
    *,
    contact_column: str,
    at_column: str,
    id_column: str | None = None,
    tz: str | None = None,
) -> Batch[Event]:
    """One event for each row; every other column becomes a property.

    Args:
        name: of the events: `"purchase"`.
        contact_column: holds the host's id of the person.
        at_column: holds the instant: text, an aware datetime or an `Instant`.
        id_column: holds the sender's id of the event, where there is one.
        tz: the zone of instants that name none.
    """

    def read(row: Row) -> Event:
        own = {contact_column, at_column, id_column}
        return Event(
            name,
            _text(row, contact_column),
            at=_instant(row, at_column, tz),
            properties={k: v for k, v in row.items() if k not in own},
            id="" if id_column is None else _text(row, id_column),
        )

    return _read(rows, read)


def _rows_of(given: object) -> Iterable[Row]:
    """The rows, if they are many; a frame is turned into rows before."""
    if isinstance(given, Iterable) and not isinstance(given, str | Mapping):
        if not hasattr(given, "columns"):
            return given
        remedy = "write rows_of(frame), from privflow.scale"
    else:
        remedy = "write [it]"
    problem = f"got {brief(type(given).__name__)}, expected rows of dicts"
    raise DefinitionError("rows", problem, remedy)


def _read(rows: Iterable[Row], read: Callable[[Row], T]) -> Batch[T]:
    good: list[T] = []
    bad: list[BadRow] = []
    for number, row in enumerate(_rows_of(rows), start=1):
        try:
            good.append(read(row))
        except PrivflowError as error:
            bad.append(BadRow(number, error))
    return Batch(tuple(good), tuple(bad))


def _present(row: Row, column: str) -> object:
    if is_missing(row.get(column)):
        is_there = column in row
        problem = f"the column {column!r} is {'empty' if is_there else 'missing'}"
        remedy = f"fill in {column!r}" if is_there else did_you_mean(column, [*row])
        raise DocumentProblem(problem, remedy).at(column)
    return row[column]


def _text(row: Row, column: str) -> str:
    """An id; a whole number, as tables often keep ids, becomes its digits."""
    value = _present(row, column)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        problem = f"got {brief(value)}, expected text or a whole number"
        remedy = "read the column as text; pandas does with dtype=str"
        raise DocumentProblem(problem, remedy).at(column)
    return value


def _instant(row: Row, column: str, tz: str | None) -> Instant:
    value = _present(row, column)
    if not isinstance(value, str | datetime | Instant):
        remedy = (
            "use text like '2026-10-20T09:30+08:00', an aware datetime or an Instant"
        )
        problem = f"got {brief(value)}, expected an instant"
        raise DocumentProblem(problem, remedy).at(column)
    try:
        return instant(value, tz=tz)
    except PrivflowError as error:
        raise error.at(column) from None
