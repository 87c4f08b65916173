"""When a step is due: delays, weekdays, dates, and hours in which a touch may leave."""

from __future__ import annotations

from datetime import date
from typing import Final

import privflow as pf
from differences.example import Example
from differences.life import Life, due, journey, leaves, note, someone
from privflow import attr, event

LEAP: Final = date(2000, 2, 29)
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _window(start: str, end: str, entered: str) -> str:
    """When a message leaves that is due at once, in a window for sending."""
    return leaves(entered, gates=[pf.SendWindow(start, end)])


def _past_date() -> str:
    """Somebody enters on 12 November a stage whose offer was for the 11th."""
    stages = [
        pf.Stage(
            "offer",
            steps=[note("offer", pf.on_date("2026-11-11", "10:00"))],
            then=[pf.To("after", after="1d")],
        ),
        pf.Stage("after", steps=[note("news")]),
    ]
    return Life(journey(stages=stages)).happens("go", "2026-11-12 09:00").sent()


def _two_delays() -> str:
    """The first step waits until the 13th, the second one until the 12th."""
    steps = (
        note("first", pf.on_date("2026-11-13", "10:00")),
        note("second", pf.on_date("2026-11-12", "10:00")),
    )
    return Life(journey(*steps)).happens("go", "2026-11-10 09:00").sent()


def _counted_from(**known: object) -> str:
    """A step a day after an appointment, of somebody who enters at noon on the 20th."""
    step = note("m1", pf.after("1d"), since=attr.appointment)
    life = Life(journey(step), contact=someone(**known))
    return life.happens("go", "2026-10-20T12:00").sent()


def _five_weeks() -> str:
    """A stage that waits 40 days for an answer, and gets it on day 35."""
    stages = [
        pf.Stage(
            "wait",
            then=[
                pf.To("yes", when=event("reply").since_stage().exists()),
                pf.To("no", after="40d"),
            ],
        ),
        pf.Stage("yes", steps=[note("yes")]),
        pf.Stage("no", steps=[note("no")]),
    ]
    life = Life(journey(stages=stages)).happens("go", "2026-10-01 09:00")
    return life.happens("reply", "2026-11-05 09:00").sent()


def _weekday(found: str) -> str:
    """The weekday and the hour of a time."""
    return f"{WEEKDAYS[date.fromisoformat(found[:10]).weekday()]} {found[11:]}"


def _hours_to(schedule: object, anchor: str, zone: str) -> str:
    """How long a schedule keeps somebody waiting."""
    until = pf.instant(due(schedule, anchor, zone).replace(" ", "T"), tz=zone)
    return _length(str(until - pf.instant(anchor, tz=zone)))


def _length(text: str) -> str:
    """How long a delay really is, in hours."""
    length = pf.span(text).us // pf.span("1h").us
    return f"{length} h"


EXAMPLES = [
    Example(
        "posthog-48-hours",
        "PostHog",
        "RUN",
        theirs="24 h",
        ours="48 h",
        found=lambda: _length("48h"),
    ),
    Example(
        "posthog-168-hours",
        "PostHog",
        "S",
        theirs="24 h",
        ours="168 h",
        found=lambda: _length("168h"),
    ),
    Example(
        "posthog-90-days",
        "PostHog",
        "RUN",
        theirs="720 h",
        ours="2160 h",
        found=lambda: _length("90d"),
    ),
    Example(
        "braze-a-day-at-a-time",
        "Braze",
        "D",
        theirs="2026-10-22 14:00",
        ours="2026-10-21 14:00",
        found=lambda: due(pf.day(1, "14:00"), "2026-10-20T14:01", "America/New_York"),
    ),
    Example(
        "braze-a-day-at-a-time-before",
        "Braze",
        "D",
        theirs="2026-10-21 14:00",
        ours="2026-10-21 14:00",
        found=lambda: due(pf.day(1, "14:00"), "2026-10-20T14:01", "America/New_York"),
    ),
    Example(
        "braze-a-day-is-24-hours",
        "Braze",
        "D",
        theirs="2026-11-01 19:00",
        ours="2026-11-01 19:00",
        found=lambda: due(pf.after("1d"), "2026-10-31T20:00", "America/New_York"),
    ),
    Example(
        "braze-a-calendar-day",
        "Braze",
        "D",
        theirs="2026-10-21 00:00",
        ours="2026-10-21 00:00",
        found=lambda: due(pf.day(1, "00:00"), "2026-10-20T21:00", "America/New_York"),
    ),
    Example(
        "braze-a-date-that-is-over",
        "Braze",
        "D",
        theirs="nothing",
        ours="news 2026-11-13 09:00",
        found=_past_date,
    ),
    Example(
        "braze-a-later-delay-that-ends-first",
        "Braze",
        "D",
        theirs="first 2026-11-13 10:00",
        ours="second 2026-11-12 10:00, first 2026-11-13 10:00",
        found=_two_delays,
    ),
    Example(
        "braze-friday-after-the-hour",
        "Braze",
        "D",
        theirs="the author must say",
        ours="2026-10-30 20:00",
        found=lambda: due(
            pf.weekly("fri", "20:00"), "2026-10-23T21:00", "Europe/London"
        ),
    ),
    Example(
        "braze-born-on-a-leap-day",
        "Braze",
        "d",
        theirs="2027-03-01 10:00",
        ours="2027-02-28 10:00",
        found=lambda: due(
            pf.around(attr.birthday, at="10:00"),
            "2027-01-01T00:00",
            "America/New_York",
            birthday=LEAP,
        ),
    ),
    Example(
        "braze-born-on-a-leap-day-if-asked",
        "Braze",
        "d",
        theirs="2027-03-01 10:00",
        ours="2027-03-01 10:00",
        found=lambda: due(
            pf.around(attr.birthday, at="10:00", leap="mar1"),
            "2027-01-01T00:00",
            "America/New_York",
            birthday=LEAP,
        ),
    ),
    Example(
        "braze-a-date-written-as-text",
        "Braze",
        "D",
        theirs="2026-11-03 10:00",
        ours="never",
        found=lambda: due(
            pf.around(attr.birthday, at="10:00"),
            "2026-10-20T12:00",
            "Asia/Shanghai",
            birthday="1995-11-03",
        ),
    ),
    Example(
        "braze-a-date-that-is-an-instant",
        "Braze",
        "D",
        theirs="2026-11-02 10:00",
        ours="2026-11-03 10:00",
        found=lambda: due(
            pf.around(attr.birthday, at="10:00"),
            "2026-10-20T12:00",
            "Asia/Shanghai",
            birthday=pf.instant("1995-11-02T20:00Z"),
        ),
    ),
    Example(
        "braze-31-days-of-waiting",
        "Braze",
        "D",
        theirs="31 days at most",
        ours="yes 2026-11-05 09:00",
        found=_five_weeks,
    ),
    Example(
        "dittofeed-a-weekday-in-shanghai",
        "Dittofeed",
        "RUN",
        theirs="Thu 07:00",
        ours="Wed 07:00",
        found=lambda: _weekday(
            due(pf.weekly("wed", "07:00"), "2026-10-19T12:00", "Asia/Shanghai")
        ),
    ),
    Example(
        "dittofeed-a-weekday-in-tokyo",
        "Dittofeed",
        "RUN",
        theirs="44 h",
        ours="20 h",
        found=lambda: _hours_to(
            pf.weekly("thu", "05:00"), "2026-10-21T09:00", "Asia/Tokyo"
        ),
    ),
    Example(
        "dittofeed-over-the-change-of-the-clock",
        "Dittofeed",
        "RUN",
        theirs="2026-03-08 10:00",
        ours="2026-03-08 09:00",
        found=lambda: due(pf.day(1, "09:00"), "2026-03-07T12:00", "America/New_York"),
    ),
    Example(
        "dittofeed-a-date-that-is-missing",
        "Dittofeed",
        "RUN",
        theirs="m1 2026-10-20 12:00",
        ours="nothing",
        found=_counted_from,
    ),
    Example(
        "dittofeed-a-date-that-is-over",
        "Dittofeed",
        "RUN",
        theirs="m1 2026-10-20 12:00",
        ours="nothing",
        found=lambda: _counted_from(appointment=date(2026, 10, 19)),
    ),
    Example(
        "dittofeed-a-date-that-is-to-come",
        "Dittofeed",
        "S",
        theirs="m1 2026-10-26 00:00",
        ours="m1 2026-10-26 00:00",
        found=lambda: _counted_from(appointment=date(2026, 10, 25)),
    ),
    Example(
        "parcelvoy-20-minutes-late",
        "Parcelvoy",
        "S",
        theirs="2026-10-20 09:20",
        ours="2026-10-21 09:00",
        found=lambda: due(pf.day(0, "09:00"), "2026-10-20T09:20", "Europe/London"),
    ),
    Example(
        "parcelvoy-40-minutes-late",
        "Parcelvoy",
        "S",
        theirs="2026-10-21 09:00",
        ours="2026-10-21 09:00",
        found=lambda: due(pf.day(0, "09:00"), "2026-10-20T09:40", "Europe/London"),
    ),
    Example(
        "parcelvoy-tomorrow-over-the-change-of-the-clock",
        "Parcelvoy",
        "S",
        theirs="2026-03-29 10:00",
        ours="2026-03-29 09:00",
        found=lambda: due(pf.day(0, "09:00"), "2026-03-28T09:40", "Europe/London"),
    ),
    Example(
        "parcelvoy-a-date",
        "Parcelvoy",
        "S",
        theirs="2026-10-20 12:00",
        ours="2026-11-11 10:00",
        found=lambda: due(
            pf.on_date("2026-11-11", "10:00"), "2026-10-20T12:00", "Europe/London"
        ),
    ),
    Example(
        "posthog-any-day-any-time",
        "PostHog",
        "RUN",
        theirs="m1 2026-10-21 00:00",
        ours="m1 2026-10-20 12:00",
        found=lambda: leaves("2026-10-20T12:00"),
    ),
    Example(
        "posthog-a-window-over-midnight-at-2330",
        "PostHog",
        "RUN",
        theirs="m1 2026-10-21 23:00",
        ours="m1 2026-10-20 23:30",
        found=lambda: _window("23:00", "01:00", "2026-10-20T23:30"),
    ),
    Example(
        "posthog-a-window-over-midnight-at-0030",
        "PostHog",
        "RUN",
        theirs="m1 2026-10-20 23:00",
        ours="m1 2026-10-20 00:30",
        found=lambda: _window("23:00", "01:00", "2026-10-20T00:30"),
    ),
    Example(
        "posthog-a-window-over-midnight-at-2200",
        "PostHog",
        "S",
        theirs="m1 2026-10-20 23:00",
        ours="m1 2026-10-20 23:00",
        found=lambda: _window("23:00", "01:00", "2026-10-20T22:00"),
    ),
]
