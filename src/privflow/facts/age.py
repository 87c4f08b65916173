"""How old somebody is, by the calendar and by what is known of them."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from datetime import date

from attrs import frozen

from privflow.facts.number import is_number
from privflow.facts.properties import Value
from privflow.timing import Instant, local_date

_FEBRUARY = 2
ADULT = 18
"""Civil Code article 17; whoever is younger is a minor."""
CHILD = 14
"""PIPL articles 28 and 31: whoever is younger needs a guardian's consent."""


def anniversary(known: date, year: int) -> date:
    """The day of a year on which a date returns: 29 February on the 28th (T6)."""
    leap_day = (known.month, known.day) == (_FEBRUARY, 29)
    return known.replace(
        year=year, day=28 if leap_day and not isleap(year) else known.day
    )


def age_on(known: date, today: date) -> int | None:
    """Whole years from a date until today; None before it."""
    if today < known:
        return None
    return today.year - known.year - (today < anniversary(known, today.year))


@frozen(kw_only=True)
class AgeFacts:
    """Which attributes tell how old a contact is (年龄依据).

    Args:
        birthday: of a date.
        age: of a number of years.
        minor: of a flag: True says that they are under 18, whatever else is known.
    """

    birthday: str = "birthday"
    age: str = "age"
    minor: str = "minor"

    def years(
        self, attributes: Mapping[str, Value], *, now: Instant, timezone: str
    ) -> float | None:
        """How old they are at most; None where nothing is known.

        Of facts that contradict each other, the youngest age counts.
        """
        born, told = attributes.get(self.birthday), attributes.get(self.age)
        is_minor = attributes.get(self.minor) is True
        if born is None and told is None and not is_minor:
            return None
        found: list[float] = []
        if isinstance(born, Instant):
            born = local_date(timezone, born.us)
        if isinstance(born, date):
            years = age_on(born, local_date(timezone, now.us))
            found += [] if years is None else [years]
        if is_number(told) and told >= 0:
            found.append(float(told))
        if is_minor:
            found.append(ADULT - 1)
        return min(found, default=None)
