"""Rows from data frames and back, through narwhals: pandas, polars, PyArrow and others.

Needs the extra `frames`: `pip install 'privflow[frames]'`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, get_args

from privflow.conditions import Truth
from privflow.errors import DefinitionError, MissingExtraError, UnknownNameError, brief
from privflow.facts import Row, is_missing
from privflow.timing import Instant, Span

try:
    import narwhals
except ModuleNotFoundError as error:
    raise MissingExtraError("frames", "narwhals") from error

Backend = Literal["pandas", "polars", "pyarrow"]
_WIDER: Mapping[frozenset[type], Callable[[Any], object]] = MappingProxyType({
    frozenset({int, float}): float,
    frozenset({int, Decimal}): Decimal,
})


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

    Instants become datetimes in UTC, spans timedeltas, truths their words, and tuples
    lists. The whole numbers of a column are floats, or Decimals, where others are.

    Args:
        rows: what a row does not name is missing in its frame.
        columns: in this order; those that any row names if empty.

    Raises:
        UnknownNameError: there is no such backend.
        DefinitionError: the library is not installed, something is no row, or a
            column holds values of several types and the library takes one.
    """
    if backend not in get_args(Backend):
        raise UnknownNameError("backend", str(backend), get_args(Backend))
    listed = [_required_row(row, place) for place, row in enumerate(rows, 1)]
    names = columns or tuple(dict.fromkeys(name for row in listed for name in row))
    found = {name: _column([row.get(name) for row in listed]) for name in names}
    try:
        return narwhals.from_dict(found, backend=backend).to_native()
    except ModuleNotFoundError as error:
        problem, remedy = f"{backend} is not installed", f"pip install {backend}"
        raise DefinitionError("frame_of", problem, remedy) from error
    except (TypeError, ValueError):
        _refuse_mixed(found, backend)
        raise


def _required_row(given: object, place: int) -> Row:
    if not isinstance(given, Mapping):
        problem = f"row {place}: got {brief(given)}, expected a row"
        remedy = "write a dict: {'id': state.contact.id, …}"
        raise DefinitionError("frame_of", problem, remedy)
    return given


def _refuse_mixed(found: Mapping[str, list[Any]], backend: Backend) -> None:
    for name, values in found.items():
        kinds = _kinds(values)
        if len(kinds) > 1:
            told = " and ".join(kind.__name__ for kind in kinds)
            problem = f"column {name!r} holds {told}, and {backend} takes one type"
            remedy = "convert its values, for example all of them with str()"
            raise DefinitionError("frame_of", problem, remedy)


def _kinds(values: Iterable[object]) -> Sequence[type]:
    """The types of what is there, as they come up."""
    return tuple(dict.fromkeys(type(value) for value in values if value is not None))


def _column(values: Iterable[object]) -> list[Any]:
    """The values as the libraries know them, numbers of two types as one."""
    native = [_native(value) for value in values]
    widest = _WIDER.get(frozenset(_kinds(native)))
    if widest is None:
        return native
    return [None if value is None else widest(value) for value in native]


def _native(value: object) -> object:
    """The value as the libraries know it."""
    match value:
        case Instant():
            return value.in_zone("UTC")
        case Span():
            return timedelta(microseconds=value.us)
        case Truth():
            return str(value)
        case tuple():
            return [_native(part) for part in value]
        case _:
            return value
