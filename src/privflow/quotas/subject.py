"""Whose limit it is: the contact's own, or one that contacts share (Q2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from privflow.errors import DefinitionError
from privflow.touches import Touch, Traits, one_of

SUBJECTS: Final = (
    "contact",
    "staff",
    "group",
    "account",
    "device",
    "campaign",
    "plan",
)
"""What a limit can be of each; `plan` is everybody together."""

CONTACT: Final = ("contact",)

Group = tuple[str, ...]


def each_of(given: str | Iterable[str]) -> tuple[str, ...]:
    """The subjects in alphabetical order."""
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        one_of("TouchQuota.each", name, SUBJECTS)
    if not names or len(set(names)) < len(names):
        problem = f"got {given!r}, expected subjects, each one once"
        raise DefinitionError("TouchQuota.each", problem, "write each='staff'")
    if "plan" in names and len(names) > 1:
        problem = f"got {given!r}: the plan has everybody in it"
        raise DefinitionError("TouchQuota.each", problem, "write each='plan'")
    return CONTACT if names == CONTACT else tuple(sorted(names))


def group_of(each: tuple[str, ...], touch: Touch | Traits) -> Group | None:
    """The values of the subjects other than contact and plan; None where one lacks."""
    values = [touch.subjects.get(name) for name in each if name not in _OWN]
    return None if None in values else tuple(map(str, values))


_OWN = frozenset({"contact", "plan"})


def subject_text(each: tuple[str, ...], group: Group) -> str:
    """The subject in one form for one meaning: `campaign=618,staff=zhang`."""
    if each == ("plan",):
        return "plan"
    return ",".join(f"{n}={_plain(v)}" for n, v in zip(each, group, strict=True))


def _plain(value: str) -> str:
    """The value, such that no two subjects can read alike."""
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")
