"""Quiet hours: over midnight, at their edges, and what is judged when they end."""

from __future__ import annotations

import privflow as pf
from differences.example import Example
from differences.life import Life, journey, leaves, note
from privflow import event

NIGHT = pf.QuietHours("22:00", "06:00")
LATE = pf.SendWindow("22:00", "06:00")


def _leaves_at(text: str, zone: str = "Asia/Shanghai") -> str:
    """When a message leaves that is due at a time, past quiet hours from 22 to 6."""
    return leaves(text, zone=zone, gates=[NIGHT])


def _summer_and_winter() -> str:
    """Quiet until 06:00 in New York, a month before and after the clock goes back."""
    zone = "America/New_York"
    nights = ("2026-10-01T05:30", "2026-12-01T05:30")
    return " and ".join(_leaves_at(night, zone)[-5:] for night in nights)


def _bought_in_the_night() -> str:
    """A message is held at 05:30; at 05:45 its reader buys, which is the goal."""
    goal = event("purchase").since_entry().exists()
    life = Life(journey(note("m1"), goal=goal), gates=[NIGHT])
    return (
        life
        .happens("go", "2026-10-20T05:30")
        .happens("purchase", "2026-10-20T05:45")
        .sent()
    )


def _gave_up() -> str:
    """A window that stays shut for longer than a message may wait."""
    monday = pf.SendWindow("09:00", "10:00", days=["mon"])
    step = note("m1", on_blocked=pf.Defer(until_at_most="72h"))
    life = Life(journey(step), gates=[monday])
    return life.happens("go", "2026-10-20T12:00").sent()


EXAMPLES = [
    Example(
        "braze-quiet-at-0530",
        "Braze",
        "d",
        theirs="m1 2026-10-20 06:00",
        ours="m1 2026-10-20 06:00",
        found=lambda: _leaves_at("2026-10-20T05:30"),
    ),
    Example(
        "braze-the-nearest-edge",
        "Braze",
        "d",
        theirs="m1 2026-10-20 22:00",
        ours="m1 2026-10-21 06:00",
        found=lambda: _leaves_at("2026-10-20T23:00"),
    ),
    Example(
        "braze-an-exception-while-held",
        "Braze",
        "d",
        theirs="m1 2026-10-20 06:00",
        ours="nothing",
        found=_bought_in_the_night,
    ),
    Example(
        "braze-given-up-after-72-hours",
        "Braze",
        "D",
        theirs="nothing",
        ours="nothing",
        found=_gave_up,
    ),
    Example(
        "mautic-2200-to-0600-by-night",
        "Mautic",
        "S",
        theirs="m1 2026-10-21 06:00",
        ours="m1 2026-10-20 23:00",
        found=lambda: leaves("2026-10-20T23:00", gates=[LATE]),
    ),
    Example(
        "mautic-2200-to-0600-by-day",
        "Mautic",
        "S",
        theirs="m1 2026-10-20 12:00",
        ours="m1 2026-10-20 22:00",
        found=lambda: leaves("2026-10-20T12:00", gates=[LATE]),
    ),
    Example(
        "laudspeaker-half-an-hour-after-midnight",
        "Laudspeaker",
        "RUN",
        theirs="m1 2026-10-20 00:30",
        ours="m1 2026-10-20 06:00",
        found=lambda: _leaves_at("2026-10-20T00:30", "UTC"),
    ),
    Example(
        "laudspeaker-the-first-minute",
        "Laudspeaker",
        "RUN",
        theirs="m1 2026-10-20 22:00",
        ours="m1 2026-10-21 06:00",
        found=lambda: _leaves_at("2026-10-20T22:00", "UTC"),
    ),
    Example(
        "laudspeaker-summer-and-winter",
        "Laudspeaker",
        "S",
        theirs="06:00 and 05:30",
        ours="06:00 and 06:00",
        found=_summer_and_winter,
    ),
]
