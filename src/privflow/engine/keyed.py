"""A contact as one of several visits of a journey sees them (J4)."""

from __future__ import annotations

from functools import lru_cache

from privflow.facts import Choice, Contact, Properties, Series, Timeline

_MOST_CHOICES = 4_096


class KeyView:
    """The contact without the events that belong to another key.

    Args:
        whole: everything that the contact has lived through.
        name: the property that tells keys apart; events without it are everybody's.
        key: whose events are meant.
    """

    contact: Contact

    def __init__(self, whole: Timeline, name: str, key: str) -> None:
        self.whole, self.timeline = whole, Timeline()
        own = ((e, _own(series, name, key)) for e, series in whole.series.items())
        self.timeline.series = {event: series for event, series in own if series.size}


def _own(series: Series, name: str, key: str) -> Series:
    return series.chosen(_choice(name, key)) if name in series.columns else series


@lru_cache(_MOST_CHOICES)
def _choice(name: str, key: str) -> Choice:
    """One choice for each key, so that a series keeps what it found for it."""

    def matches(fields: Properties) -> bool:
        value = fields.get(name)
        return value is None or str(value) == key

    return Choice(matches)
