"""Rows from data frames and back, through narwhals: pandas, polars, PyArrow and others.

Needs the extra `frames`: `pip install 'privflow[frames]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from privflow.errors import MissingExtraError
from privflow.facts import Row

try:
    import narwhals
except ModuleNotFoundError as error:
    raise MissingExtraError("frames", "narwhals") from error

Backend = Literal["pandas", "polars", "pyarrow"]


def rows_of(frame: Any) -> Iterator[Row]:  # noqa: ANN401 - a frame of any library
    """The rows of a data frame as dicts of plain Python values.

    A missing value of the frame is None. Time stamps of pandas are datetimes.

    >>> import polars
    >>> list(rows_of(polars.DataFrame({"id": ["c-1"], "age": [31]})))
    [{'id': 'c-1', 'age': 31}]
    """
    eager = narwhals.from_native(frame, eager_only=True)
    for row in eager.iter_rows(named=True):
        yield {name: narwhals.to_py_scalar(value) for name, value in row.items()}


def frame_of(
    rows: Iterable[Row], backend: Backend, *, columns: Sequence[str] = ()
) -> Any:  # noqa: ANN401 - as above
    """The rows as a native frame of a library.

    Args:
        rows: what a row does not name is missing in its frame.
        columns: in this order; those of the first row if empty.
    """
    listed = list(rows)
    names = columns or (tuple(listed[0]) if listed else ())
    found = {name: [row.get(name) for row in listed] for name in names}
    return narwhals.from_dict(found, backend=backend).to_native()
