"""Shares of contacts, in whole ten-thousandths: what splits and control groups are.

A share is a range of places; `share_of` gives each contact a place that stays (J5).
"""

from __future__ import annotations

from privflow.conditions import share_of
from privflow.errors import DefinitionError

WHOLE = 10_000
"""As fine as places are."""


def place_of(seed: str, contact_id: str) -> int:
    """Where a contact falls, from 0 to 9999."""
    return round(share_of(seed, contact_id) * WHOLE)


def part_of(share: float | None) -> int:
    """A share in ten-thousandths; 0 for none."""
    return 0 if share is None else round(share * WHOLE)


def maybe_share(given: object) -> float | None:
    """The share, or None where none is given."""
    return None if given is None else share(given, least=1)


def control_share(given: object) -> float:
    """The share of a control group, from 0 on."""
    return share(given, least=0)


def share(given: object, *, least: int) -> float:
    """The number, if it is a share of which places can make something.

    Args:
        least: in ten-thousandths.

    Raises:
        DefinitionError: it is none.
    """
    if isinstance(given, int | float) and not isinstance(given, bool):
        found = float(given)
        if 0 <= found <= 1 and round(found * WHOLE) >= least:
            return found
    problem = f"got {given!r}, expected a number from {least / WHOLE:g} to 1"
    raise DefinitionError("share", problem, "write 0.1 for a tenth")
