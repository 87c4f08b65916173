"""Many values as JSON lines: one document a line, read and written as they come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from privflow.documents.document import dump, load
from privflow.errors import DefinitionError, DocumentError, DocumentProblem, brief


def dump_lines(values: Iterable[object]) -> Iterator[str]:
    r"""One line of JSON for each value, each with its line break.

    Raises:
        DocumentError: a value is, or holds, something that no document can hold.

    >>> from privflow.timing import span
    >>> list(dump_lines([span("30d")]))
    ['{"schema": 1, "type": "Span", "value": "30d"}\n']
    """
    for value in values:
        yield json.dumps(dump(value), ensure_ascii=False) + "\n"


def load_lines(lines: Iterable[str]) -> Iterator[Any]:
    """The value of each line; empty lines are passed over.

    Shape:
        One line is held at a time: pass an open file.

    Raises:
        DefinitionError: a text stands where its lines should.
        DocumentError: every problem of a line, which it names; those before it have
            been handed out.

    >>> list(load_lines(['{"schema": 1, "type": "Span", "value": "30d"}', ""]))
    [span('30d')]
    """
    if isinstance(lines, str):
        remedy = "pass an open file: open(path, encoding='utf-8')"
        raise DefinitionError("load_lines", f"got {brief(lines)}, a text", remedy)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _loaded(line, f"line {number}")


def _loaded(line: str, what: str) -> object:
    try:
        return load(json.loads(line))
    except DocumentError as error:
        what = f"{what}, {error.what}"
        raise DocumentError(what, error.problems) from None
    except (ValueError, RecursionError) as error:
        problem = DocumentProblem(f"is no JSON: {error}", "write one document a line")
        raise DocumentError(what, [problem]) from None
