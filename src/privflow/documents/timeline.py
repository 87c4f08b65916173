"""The form of a timeline: for each event name its rows, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from privflow.documents.collection import list_form, mapping_form
from privflow.documents.form import Form
from privflow.documents.problem import Problems, place, refuse
from privflow.facts import EMPTY, Properties, Timeline
from privflow.timing import Instant


@frozen
class Row:
    """One event, whose name is said once for all events of it."""

    at: Instant
    key: str
    properties: Properties = EMPTY


def timeline_form(of_row: Form) -> Form:
    """The form of a timeline.

    Args:
        of_row: the form of a `Row`.
    """
    names = mapping_form(list_form(of_row))

    def write(timeline: object) -> object:
        if not isinstance(timeline, Timeline):
            refuse("a timeline", timeline)
        rows = {name: _rows(timeline, name) for name in timeline.series}
        return names.write(rows)

    return Form(write, lambda raw: _with_rows(names.read(raw)))


def _rows(timeline: Timeline, name: str) -> tuple[Row, ...]:
    return tuple(Row(*parts) for parts in timeline.rows(name))


def _with_rows(rows: Mapping[str, tuple[Row, ...]]) -> Timeline:
    problems = Problems()
    timeline = Timeline()
    for name, index, row in _each(rows):
        longer = timeline.with_row(name, row.at, row.key, row.properties)
        if longer is timeline:
            remedy = "remove one of them, or give each a key of its own"
            step = f"{place(name)}[{index}]"
            problems.add_text(step, "another row has the same at and key", remedy)
        timeline = longer
    problems.check("Timeline")
    return timeline


def _each(rows: Mapping[str, tuple[Row, ...]]) -> Iterator[tuple[str, int, Row]]:
    for name in rows:
        for index, row in enumerate(rows[name]):
            yield name, index, row
