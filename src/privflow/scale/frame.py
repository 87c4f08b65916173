"""Rows from data frames and back, through narwhals: pandas, polars, PyArrow and others.

Needs the extra `frames`: `pip install 'privflow[frames]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from privflow.errors import DefinitionError, MissingExtraError, UnknownNameError, brief
from privflow.facts import Row, is_missing
from privflow.timing import Instant

try:
    import narwhals
except ModuleNotFoundError as error:
    raise MissingExtraError("frames", "narwhals") from error

Backend = Literal["pandas", "polars", "pyarrow"]


def rows_of(frame: Any) -> Iterator[Row]:  # noqa: ANN401 - a frame of any library
    """The rows of a data frame as dicts of plain Python values.

    A missing value of the frame is None, NaN and NaT included. Time stamps of pandas
    are datetimes, and a column of lists has lists, whatever holds them there.

    Raises:
        DefinitionError: it is no frame, or one that has not been collected yet.

    >>> import polars
    >>> list(rows_of(polars.DataFrame({"id": ["c-1"], "likes": [["tea", "run"]]})))
    [{'id': 'c-1', 'likes': ['tea', 'run']}]
    """
    try:
        eager = narwhals.from_native(frame, eager_only=True)
    except TypeError:
        problem = f"got {brief(type(frame).__name__)}, expected a data frame"
        remedy = "collect a lazy frame first; rows of dicts need no rows_of"
        raise DefinitionError("rows_of", problem, remedy) from None
    return _rows(eager)


def _rows(eager: Any) -> Iterator[Row]:  # noqa: ANN401 - as above
    for row in eager.iter_rows(named=True):
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    """The value without its library; what no fact can be is left for the reader."""
    match value:
        case str() | bytes() | Mapping():
            return value
        case Iterable():
            return [_plain(part) for part in value]
        case _:
            return _scalar(value)


def _scalar(value: object) -> object:
    try:
        plain = narwhals.to_py_scalar(value)
    except ValueError:
        return value
    return None if is_missing(plain) else plain


def frame_of(
    rows: Iterable[Row], backend: Backend, *, columns: Sequence[str] = ()
) -> Any:  # noqa: ANN401 - as above
    """The rows as a native frame of a library.

    Instants become datetimes in UTC, and tuples lists.

    Args:
        rows: what a row does not name is missing in its frame.
        columns: in this order; those that any row names if empty.

    Raises:
        UnknownNameError: there is no such backend.
        DefinitionError: the library is not installed.
    """
    if backend not in get_args(Backend):
        raise UnknownNameError("backend", str(backend), get_args(Backend))
    listed = list(rows)
    names = columns or tuple(dict.fromkeys(name for row in listed for name in row))
    found = {name: [_native(row.get(name)) for row in listed] for name in names}
    try:
        return narwhals.from_dict(found, backend=backend).to_native()
    except ModuleNotFoundError as error:
        problem, remedy = f"{backend} is not installed", f"pip install {backend}"
        raise DefinitionError("frame_of", problem, remedy) from error


def _native(value: object) -> object:
    """The value as the libraries know it."""
    match value:
        case Instant():
            return value.in_zone("UTC")
        case tuple():
            return [_native(part) for part in value]
        case _:
            return value
