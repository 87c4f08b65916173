"""How the definition of a quota reads in Python."""

from __future__ import annotations

from attrs import NOTHING, Attribute, AttrsInstance, fields

from privflow.facts import Properties


def written(value: AttrsInstance) -> str:
    """The call that makes the value; what was left at its default is left out."""
    parts = []
    for field in sorted(fields(type(value)), key=_place):
        part = getattr(value, field.name)
        if not field.init or part == field.default:
            continue
        shown = dict.__repr__(part) if isinstance(part, Properties) else repr(part)
        parts.append(f"{field.name}={shown}" if field.kw_only else shown)
    return f"{type(value).__name__}({', '.join(parts)})"


def _place(field: Attribute[object]) -> tuple[bool, bool]:
    """Without a name first, then what must be given, each as it was declared."""
    return bool(field.kw_only), field.default is not NOTHING
