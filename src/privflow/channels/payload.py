"""A reader for the JSON that platforms send, safe by refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Final, Never

from privflow.channels.quote import quoted
from privflow.errors import PayloadError

MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest document, in bytes of UTF-8: a page of a thousand messages fits."""
MAX_DEPTH: Final = 16
"""How deep arrays and objects may nest."""
MAX_VALUES: Final = 200_000
"""How many values a document may hold."""

_LONG: Final = 10**18
_DROP: Final = "drop the request and check who can reach the callback address"


def read_json(payload: str | bytes, *, channel: str = "json") -> object:
    """The value of a JSON document, or a refusal.

    Args:
        payload: UTF-8, at most `MAX_BYTES`.
        channel: named in the refusal.

    Raises:
        PayloadError: it is malformed, truncated, too large, too deep, of another
            encoding, names a field twice, or holds NaN, a number beyond all measure or
            a lone surrogate.

    >>> read_json('{"event": "im_receive_msg", "content": {"text": "在吗"}}')
    {'event': 'im_receive_msg', 'content': {'text': '在吗'}}
    """
    text = _decoded(payload, channel)

    def refuse(problem: str) -> Never:
        raise PayloadError(channel, problem, _DROP)

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            refuse("got an object that names a field twice")
        return found

    def constant(name: str) -> Never:
        refuse(f"got {name}, which is no JSON")

    try:
        value: object = json.loads(
            text, object_pairs_hook=once, parse_constant=constant
        )
    except RecursionError:
        refuse(f"got values nested deeper than {MAX_DEPTH}")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        refuse(f"got malformed JSON at {where}: {error.msg}")
    except ValueError:
        refuse("got a number of too many digits")
    _check(value, channel)
    return value


def read_object(payload: str | bytes, *, channel: str) -> Mapping[str, object]:
    """The object of a JSON document.

    Raises:
        PayloadError: as `read_json`, and for a document that is no object.
    """
    value = read_json(payload, channel=channel)
    if not isinstance(value, dict):
        problem = f"got {quoted(value)}, expected a JSON object"
        raise PayloadError(channel, problem, _DROP)
    return value


def plain_fields(given: object) -> dict[str, object]:
    """The fields of an object that an event can keep, under the platform's names.

    Nested and empty ones are left out, and so is a number without end; one of more
    digits than an id has becomes its text.

    >>> plain_fields({"id": 7, "user": {"name": "林"}, "note": ""})
    {'id': 7}
    """
    if not isinstance(given, dict):
        return {}
    return {
        name: str(value) if _is_long(value) else value
        for name, value in given.items()
        if name and _is_plain(value)
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) or (isinstance(value, str) and bool(value))


def _is_long(value: object) -> bool:
    return isinstance(value, int) and abs(value) >= _LONG


def required_payload(payload: object, *, channel: str) -> None:
    """Refuse what is no body of a request: parsed JSON, say, or nothing at all."""
    if not isinstance(payload, str | bytes):
        problem = f"got a value of type {type(payload).__name__}, expected a body"
        raise PayloadError(channel, problem, "pass the body as it came, text or bytes")


def _decoded(payload: str | bytes, channel: str) -> str:
    required_payload(payload, channel=channel)
    if len(payload) > MAX_BYTES:
        problem = f"got a document larger than {MAX_BYTES} bytes"
        raise PayloadError(channel, problem, _DROP)
    try:
        if isinstance(payload, str):
            payload.encode("utf-8")
            return payload
        return payload.decode("utf-8")
    except UnicodeError as error:
        problem = f"got a document that is not UTF-8: {error}"
        remedy = "pass the body as it came, as bytes or decoded from UTF-8"
        raise PayloadError(channel, problem, remedy) from None


def _check(value: object, channel: str) -> None:
    """Walks the value level by level, so that nothing can be too deep to look at."""
    level: list[object] = [value]
    count, depth = 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MAX_DEPTH or count > MAX_VALUES:
            problem = f"got more than {MAX_VALUES} values or {MAX_DEPTH} levels"
            raise PayloadError(channel, problem, _DROP)
        level = [part for found in level for part in _parts(found, channel)]


def _parts(value: object, channel: str) -> list[object]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            problem = "got a text with a lone surrogate"
            raise PayloadError(channel, problem, _DROP) from None
    return []
