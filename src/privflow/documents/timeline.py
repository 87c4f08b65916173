"""A timeline in a document: for each event name its rows, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import frozen

from privflow.documents.problem import place
from privflow.errors import DocumentError, DocumentProblem, PrivflowError
from privflow.facts import EMPTY, Properties, Timeline
from privflow.timing import Instant


@frozen
class Row:
    """One event, whose name is said once for all events of it."""

    called: ClassVar[str] = "a row"

    at: Instant
    key: str
    properties: Properties = EMPTY


Rows = Mapping[str, tuple[Row, ...]]


def rows_of(timeline: Timeline) -> Rows:
    """The rows of each name."""
    return {
        name: tuple(Row(*parts) for parts in timeline.rows(name))
        for name in timeline.series
    }


def timeline_of(rows: Rows) -> Timeline:
    """The timeline with these rows.

    Raises:
        DocumentError: rows that say the same event again.
    """
    problems: list[PrivflowError] = []
    timeline = Timeline()
    each = ((name, *numbered) for name in rows for numbered in enumerate(rows[name]))
    for name, index, row in each:
        longer = timeline.with_row(name, row.at, row.key, row.properties)
        if longer is timeline:
            text = "another row has the same at and key"
            remedy = "remove one of them, or give each a key of its own"
            path = place(name) + place(index)
            problems.append(DocumentProblem(text, remedy).at(path))
        timeline = longer
    if problems:
        raise DocumentError("Timeline", problems)
    return timeline
