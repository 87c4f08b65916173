"""Hooks of what is the same in many documents: worked out once, and copied.

All of a touch but its id and its contact is the same for everybody who gets it, and so
is what gates say of a touch that they let through. Lines that say until when, hardly
anybody else is told.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

from cattrs import Converter
from cattrs.dispatch import StructureHook, TargetType, UnstructureHook

from privflow.journeys import GateLine
from privflow.touches import Touch, touch_of

_MOST = 4_096
"""Values kept of each kind; when there are more, all are let go."""

_NO_REFERENCES = 2
"""The version of marshal in which equal plain data are equal bytes."""

Lines = tuple[GateLine, ...]


class _Kept(dict[Any, Any]):
    """Values that were worked out before."""

    def keeping(self, key: object, value: Any) -> Any:  # noqa: ANN401 - of any kind
        """The value, which is known from now on."""
        if len(self) >= _MOST:
            self.clear()
        self[key] = value
        return value


def _copied(plain: bytes) -> Any:  # noqa: ANN401 - plain data
    return marshal.loads(plain)  # noqa: S302 - bytes that this process has made


# ── Lines ────────────────────────────────────────────────────────────────────


def _lines_out(anew: UnstructureHook) -> UnstructureHook:
    known = _Kept()

    def write(lines: Any) -> object:  # noqa: ANN401 - whatever stands in the field
        found = known.get(id(lines))
        if found is None:
            plain = anew(lines)
            if not _are_common(plain):
                return plain
            # kept with the lines, so that no others can have their identity
            found = known.keeping(id(lines), (lines, _bytes_of(plain)))
        return _copied(found[1])

    return write


def _lines_in(anew: StructureHook) -> StructureHook:
    known = _Kept()

    def read(raw: Any, kind: TargetType) -> object:  # noqa: ANN401 - of a document
        key = _key_of(raw)
        found = known.get(key)
        if found is None:
            found = anew(raw, kind)
            if key and _are_common(raw):
                known.keeping(key, found)
        return found

    return read


def _are_common(plain: list[dict[str, object]]) -> bool:
    return not any("until" in line for line in plain)


# ── Touches ──────────────────────────────────────────────────────────────────


def _touch_out(anew: UnstructureHook) -> UnstructureHook:
    known = _Kept()

    def write(touch: Any) -> object:  # noqa: ANN401 - whatever stands in the field
        if touch.__class__ is not Touch:
            return anew(touch)
        traits = touch.traits
        found = known.get(id(traits))
        if found is None:
            plain = anew(touch)
            own = {name: plain.pop(name) for name in _OWN}
            known.keeping(id(traits), (traits, _bytes_of(plain)))
            return own | plain
        if touch.id.__class__ is not str or touch.contact_id.__class__ is not str:
            return anew(touch)
        own = {"id": touch.id, "contact_id": touch.contact_id}
        own.update(_copied(found[1]))
        return own

    return write


def _touch_in(anew: StructureHook) -> StructureHook:
    known = _Kept()

    def read(raw: Any, kind: TargetType) -> object:  # noqa: ANN401 - of a document
        own = [raw.get(name) for name in _OWN] if isinstance(raw, dict) else [None]
        if any(part.__class__ is not str for part in own):
            return anew(raw, kind)
        key = _key_of({name: raw[name] for name in raw if name not in _OWN})
        traits = known.get(key)
        if traits is not None:
            return touch_of(raw["id"], raw["contact_id"], traits)
        touch = anew(raw, kind)
        if key:
            known.keeping(key, touch.traits)
        return touch

    return read


_OWN = ("id", "contact_id")


# ── Both ─────────────────────────────────────────────────────────────────────


def _bytes_of(plain: Any) -> bytes:  # noqa: ANN401 - plain data
    return marshal.dumps(plain, _NO_REFERENCES)


def _key_of(raw: object) -> bytes:
    """Bytes that no other plain data have; none for what is no plain data."""
    try:
        return _bytes_of(raw)
    except ValueError:
        return b""


def register_repeated(converter: Converter) -> None:
    """Register touches, and what the gates told a step."""
    for kind, hook_out, hook_in in (
        (Lines, _lines_out, _lines_in),
        (Touch, _touch_out, _touch_in),
    ):
        write = hook_out(converter.get_unstructure_hook(kind))
        read = hook_in(converter.get_structure_hook(kind))
        is_it = _is(kind)
        converter.register_unstructure_hook_func(is_it, write)
        converter.register_structure_hook_func(is_it, read)


def _is(kind: object) -> Callable[[TargetType], bool]:
    return lambda other: bool(other == kind)
