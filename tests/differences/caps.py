"""How often somebody may be written to: frequency caps, and what happens at one."""

from __future__ import annotations

import privflow as pf
from differences.example import Example
from differences.life import Life, journey, leaves, note
from privflow import event

SHANGHAI = "Asia/Shanghai"


def _cap(limit: int, per: object, **about: object) -> pf.TouchQuota:
    return pf.TouchQuota("cap", limit, per=per, **about)


def _capped(quota: object, *times: str, **parts: object) -> str:
    """When messages leave that are due at some times, under one quota."""
    return leaves(*times, quotas=[quota], **parts)


def _skipping(number: int, schedule: object) -> pf.SOPStep:
    step = {"labels": ["newsletter"], "on_blocked": pf.Skip()}
    return note(f"m{number}", schedule, **step)


def _ending(number: int, schedule: object) -> pf.SOPStep:
    return note(f"m{number}", schedule, on_blocked=pf.End())


def _waiting_an_hour(number: int, schedule: object) -> pf.SOPStep:
    return note(f"m{number}", schedule, on_blocked=pf.Defer(until_at_most="1h"))


def _newsletter(number: int, schedule: object) -> pf.SOPStep:
    return note(f"m{number}", schedule, labels=["newsletter"])


def _in_the_morning(per: object) -> str:
    """One a day; others are due at midnight in Shanghai, and at midnight UTC."""
    times = ("2026-10-20T10:00", "2026-10-21T00:00", "2026-10-21T08:00")
    return _capped(_cap(1, per), *times, each=_skipping)


def _in_a_day(quota: object, count: int) -> str:
    """How many of some messages of one minute each get through in one day."""
    start = pf.instant("2026-10-20T09:00", tz=SHANGHAI)
    times = [(start + pf.span(f"{n}m")).isoformat(SHANGHAI)[:19] for n in range(count)]
    sent = _capped(quota, *times, each=_skipping)
    return f"{sent.count(',') + 1} of {count}"


def _changed_window() -> str:
    """A message at 10:00 under 16 hours, which become 24; the next is due at 03:00."""
    first = note("m1")
    second = note("m2", pf.after("17h"), on_blocked=pf.Skip())
    life = Life(journey(first, second), quotas=[_cap(1, pf.rolling("16h"))])
    life.happens("go", "2026-10-20T10:00").until("2026-10-20T12:00")
    return life.follows(
        journey(first, second), quotas=[_cap(1, pf.rolling("24h"))]
    ).sent()


def _relabelled(before: list[str], after: list[str]) -> str:
    """One promotion a week; what the first message was labelled changes after it."""
    second = note("m2", pf.after("1d"), labels=["promotion"], on_blocked=pf.Skip())
    quotas = [_cap(1, pf.rolling("7d"), label="promotion")]
    life = Life(journey(note("m1", labels=before), second), quotas=quotas)
    life.happens("go", "2026-10-20T10:00").until("2026-10-20T12:00")
    life.follows(journey(note("m1", labels=after), second), quotas=quotas)
    return life.sent()


def _reported(status: str, **rest: object) -> str:
    """One a day; the platform reports about the first, and the next is due at 14:00."""
    second = note("m2", pf.after("4h"), on_blocked=pf.Skip())
    life = Life(journey(note("m1"), second), quotas=[_cap(1, pf.calendar("day"))])
    life.happens("go", "2026-10-20T10:00").hears(status, "2026-10-20T10:01", **rest)
    return life.sent()


def _two_channels() -> str:
    """How many messages leave for one step that names two channels."""
    step = note("m1", via=["sms", "wecom.message"])
    life = Life(journey(step), quotas=[_cap(1, pf.calendar("day"))])
    return life.happens("go", "2026-10-20T10:00").sent()


def _two_journeys(priority: str) -> str:
    """Two journeys come to the same minute, and there is one place."""
    go = event("go")
    plan = [
        journey(note("first", on_blocked=pf.Skip()), name="a", enter_on=go),
        journey(
            note("second", on_blocked=pf.Skip(), priority=priority),
            name="b",
            enter_on=go,
        ),
    ]
    life = Life(*plan, quotas=[_cap(1, pf.calendar("day"))])
    return life.happens("go", "2026-10-20T10:00").sent()


def _place_kept() -> str:
    """Four of five are used, and the fifth place is for what matters more."""
    quota = pf.TouchQuota("cap", 5, per=pf.calendar("month"), keep={"high": 1})
    times = [f"2026-10-{day:02}T10:00" for day in range(1, 6)]
    return _capped(quota, *times, each=_skipping)


def _held() -> str:
    """What becomes of a second message on a day of one."""
    steps = (note("m1"), note("m2", pf.after("4h")))
    life = Life(journey(*steps), quotas=[_cap(1, pf.calendar("day"))])
    life.happens("go", "2026-10-20T10:00").until("2026-10-20T20:00")
    why = life.engine.why(life.state, journey="j", step="m2", now=life.state.at)
    return "held" if why.decision == "deferred" else why.decision


def _a_higher_one_to_come(**about: object) -> str:
    """Two a day: messages at 10:00 and 11:00, and one of higher priority at 14:00."""
    steps = (
        note("m1"),
        note("m2", pf.after("1h")),
        note("m3", pf.after("4h"), priority="high"),
    )
    life = Life(journey(*steps), quotas=[_cap(2, pf.calendar("day"), **about)])
    return (
        life.happens("go", "2026-10-20T10:00").until("2026-10-20T20:00").sent_so_far()
    )


def _names(sent: str) -> str:
    """Which messages went out, without their times."""
    *names, last = [line.split()[0] for line in sent.split(", ")]
    return f"{', '.join(names)} and {last}"


BOTH_AT_10 = "m1 2026-10-20 10:00, m2 2026-10-20 14:00"
FIRST = "m1 2026-10-20 10:00"

EXAMPLES = [
    Example(
        "braze-one-a-day-at-2300-and-at-0000",
        "Braze",
        "D",
        theirs="m1 2026-10-20 23:00, m2 2026-10-21 00:00",
        ours="m1 2026-10-20 23:00, m2 2026-10-21 00:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("day")),
            "2026-10-20T23:00",
            "2026-10-21T00:00",
            zone="America/New_York",
        ),
    ),
    Example(
        "braze-one-in-two-days",
        "Braze",
        "D",
        theirs="m1 2026-10-19 09:00, m2 2026-10-21 00:00",
        ours="m1 2026-10-19 09:00, m2 2026-10-21 00:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("day", count=2)),
            "2026-10-19T09:00",
            "2026-10-20T10:00",
        ),
    ),
    Example(
        "braze-one-in-60-days",
        "Braze",
        "D",
        theirs="30 days at most",
        ours="m1 2026-10-01 10:00, m2 2026-11-30 10:00",
        found=lambda: _capped(
            _cap(1, pf.rolling("60d")), "2026-10-01T10:00", "2026-11-15T10:00"
        ),
    ),
    Example(
        "braze-a-cap-lets-the-step-go",
        "Braze",
        "D",
        theirs=FIRST,
        ours="m1 2026-10-20 10:00, m2 2026-10-21 00:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("day")), "2026-10-20T10:00", "2026-10-20T14:00"
        ),
    ),
    Example(
        "braze-a-cap-lets-the-step-go-if-asked",
        "Braze",
        "D",
        theirs=FIRST,
        ours=FIRST,
        found=lambda: _capped(
            _cap(1, pf.calendar("day")),
            "2026-10-20T10:00",
            "2026-10-20T14:00",
            each=_skipping,
        ),
    ),
    Example(
        "braze-what-was-aborted",
        "Braze",
        "D",
        theirs=BOTH_AT_10,
        ours=BOTH_AT_10,
        found=lambda: _reported("cancelled"),
    ),
    Example(
        "braze-one-message-on-two-channels",
        "Braze",
        "D",
        theirs="one on each channel",
        ours=FIRST,
        found=_two_channels,
    ),
    Example(
        "braze-the-strictest-rule",
        "Braze",
        "D",
        theirs="m1 2026-10-19 10:00, m2 2026-10-20 10:00",
        ours="m1 2026-10-19 10:00, m2 2026-10-20 10:00",
        found=lambda: leaves(
            "2026-10-19T10:00",
            "2026-10-20T10:00",
            "2026-10-21T10:00",
            each=_skipping,
            quotas=[
                pf.TouchQuota("day", 1, per=pf.calendar("day")),
                pf.TouchQuota("week", 2, per=pf.calendar("week")),
            ],
        ),
    ),
    Example(
        "braze-more-than-100-in-a-window",
        "Braze",
        "D",
        theirs="may be wrong above 100",
        ours="120 of 130",
        found=lambda: _in_a_day(_cap(120, pf.calendar("day"), label="newsletter"), 130),
    ),
    Example(
        "braze-a-tag-that-is-taken-away",
        "Braze",
        "D",
        theirs="m1 2026-10-20 10:00, m2 2026-10-21 10:00",
        ours=FIRST,
        found=lambda: _relabelled(["promotion"], []),
    ),
    Example(
        "braze-a-tag-that-is-given-later",
        "Braze",
        "D",
        theirs=FIRST,
        ours="m1 2026-10-20 10:00, m2 2026-10-21 10:00",
        found=lambda: _relabelled([], ["promotion"]),
    ),
    Example(
        "braze-24-hours-and-half-an-hour-of-delay",
        "Braze",
        "D",
        theirs="m1 2026-10-20 08:30",
        ours="m1 2026-10-20 08:30",
        found=lambda: _capped(
            _cap(1, pf.rolling("24h")),
            "2026-10-20T08:30",
            "2026-10-21T08:00",
            each=_skipping,
        ),
    ),
    Example(
        "braze-a-day-and-half-an-hour-of-delay",
        "Braze",
        "D",
        theirs="m1 2026-10-20 08:30",
        ours="m1 2026-10-20 08:30, m2 2026-10-21 08:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("day")),
            "2026-10-20T08:30",
            "2026-10-21T08:00",
            each=_skipping,
        ),
    ),
    Example(
        "customerio-to-the-second",
        "Customer.io",
        "d",
        theirs="m1 2026-10-20 10:00, m3 2026-10-21 10:00",
        ours="m1 2026-10-20 10:00, m3 2026-10-21 10:00",
        found=lambda: _capped(
            _cap(1, pf.rolling("1d")),
            "2026-10-20T10:00:00",
            "2026-10-21T09:59:59",
            "2026-10-21T10:00:01",
            each=_skipping,
        ),
    ),
    Example(
        "customerio-tried-again-for-an-hour",
        "Customer.io",
        "d",
        theirs=FIRST,
        ours=FIRST,
        found=lambda: _capped(
            _cap(1, pf.rolling("1d")),
            "2026-10-20T10:00",
            "2026-10-20T14:00",
            each=_waiting_an_hour,
        ),
    ),
    Example(
        "ajo-a-day-ends-at-midnight-utc",
        "Adobe Journey Optimizer",
        "d",
        theirs="m1 2026-10-20 10:00, m3 2026-10-21 08:00",
        ours="m1 2026-10-20 10:00, m2 2026-10-21 00:00",
        found=lambda: _in_the_morning(pf.calendar("day")),
    ),
    Example(
        "ajo-a-day-ends-at-midnight-utc-if-asked",
        "Adobe Journey Optimizer",
        "d",
        theirs="m1 2026-10-20 10:00, m3 2026-10-21 08:00",
        ours="m1 2026-10-20 10:00, m3 2026-10-21 08:00",
        found=lambda: _in_the_morning(pf.calendar("day", tz="UTC")),
    ),
    Example(
        "ajo-two-at-the-same-time",
        "Adobe Journey Optimizer",
        "d",
        theirs="both may be counted too late",
        ours="first 2026-10-20 10:00",
        found=lambda: _two_journeys("normal"),
    ),
    Example(
        "ajo-the-higher-priority",
        "Adobe Journey Optimizer",
        "d",
        theirs="second 2026-10-20 10:00",
        ours="second 2026-10-20 10:00",
        found=lambda: _two_journeys("high"),
    ),
    Example(
        "ajo-four-of-five-are-used",
        "Adobe Journey Optimizer",
        "d",
        theirs="m1, m2, m3 and m4",
        ours="m1, m2, m3 and m4",
        found=lambda: _names(_place_kept()),
    ),
    Example(
        "iterable-a-week-begins-on-sunday",
        "Iterable",
        "d",
        theirs="m1 2026-10-24 10:00, m2 2026-10-25 00:00",
        ours="m1 2026-10-24 10:00, m2 2026-10-25 00:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("week", first_day="sun", tz=SHANGHAI)),
            "2026-10-24T10:00",
            "2026-10-25T00:00",
            each=_skipping,
        ),
    ),
    Example(
        "iterable-a-month-begins-on-its-first",
        "Iterable",
        "d",
        theirs="m1 2026-10-31 10:00, m2 2026-11-01 00:00",
        ours="m1 2026-10-31 10:00, m2 2026-11-01 00:00",
        found=lambda: _capped(
            _cap(1, pf.calendar("month", tz=SHANGHAI)),
            "2026-10-31T10:00",
            "2026-11-01T00:00",
            each=_skipping,
        ),
    ),
    Example(
        "iterable-the-limit-of-a-type-beats-that-of-a-channel",
        "Iterable",
        "d",
        theirs=BOTH_AT_10,
        ours="m1 2026-10-20 10:00, m2 2026-10-21 00:00",
        found=lambda: leaves(
            "2026-10-20T10:00",
            "2026-10-20T14:00",
            each=_newsletter,
            quotas=[
                pf.TouchQuota("sms", 1, per=pf.calendar("day"), channel="sms"),
                pf.TouchQuota("news", 2, per=pf.calendar("day"), label="newsletter"),
            ],
        ),
    ),
    Example(
        "iterable-what-bounced",
        "Iterable",
        "d",
        theirs=FIRST,
        ours=BOTH_AT_10,
        found=lambda: _reported("failed", reason="invalid"),
    ),
    Example(
        "klaviyo-a-window-that-was-changed",
        "Klaviyo",
        "d",
        theirs="m1 2026-10-20 10:00, m2 2026-10-21 03:00",
        ours=FIRST,
        found=_changed_window,
    ),
    Example(
        "klaviyo-what-was-attempted",
        "Klaviyo",
        "d",
        theirs=FIRST,
        ours=FIRST,
        found=lambda: _reported("unknown"),
    ),
    Example(
        "moengage-15-minutes-after-of-30",
        "MoEngage",
        "d",
        theirs=FIRST,
        ours="m1 2026-10-20 10:00, m2 2026-10-20 10:30",
        found=lambda: _capped(
            pf.MinimumGap("gap", "30m"), "2026-10-20T10:00", "2026-10-20T10:15"
        ),
    ),
    Example(
        "moengage-15-minutes-after-of-30-if-asked",
        "MoEngage",
        "d",
        theirs=FIRST,
        ours=FIRST,
        found=lambda: _capped(
            pf.MinimumGap("gap", "30m"),
            "2026-10-20T10:00",
            "2026-10-20T10:15",
            each=_skipping,
        ),
    ),
    Example(
        "clevertap-a-gap-of-ten-days",
        "CleverTap",
        "d",
        theirs="7 days at most",
        ours="m1 2026-10-01 10:00, m2 2026-10-11 10:00",
        found=lambda: _capped(
            pf.MinimumGap("gap", "10d"), "2026-10-01T10:00", "2026-10-04T10:00"
        ),
    ),
    Example(
        "onesignal-until-the-oldest-ages-out",
        "OneSignal",
        "d",
        theirs="m1 2026-10-20 10:00, m2 2026-10-20 10:20, m4 2026-10-20 11:01",
        ours="m1 2026-10-20 10:00, m2 2026-10-20 10:20, m4 2026-10-20 11:01",
        found=lambda: _capped(
            _cap(2, pf.rolling("1h")),
            "2026-10-20T10:00",
            "2026-10-20T10:20",
            "2026-10-20T10:59",
            "2026-10-20T11:01",
            each=_skipping,
        ),
    ),
    Example(
        "infobip-held-at-the-cap",
        "Infobip",
        "d",
        theirs="held",
        ours="held",
        found=_held,
    ),
    Example(
        "infobip-a-higher-priority-is-to-come",
        "Infobip",
        "d",
        theirs="m1 2026-10-20 10:00, m3 2026-10-20 14:00",
        ours="m1 2026-10-20 10:00, m2 2026-10-20 11:00",
        found=_a_higher_one_to_come,
    ),
    Example(
        "infobip-a-higher-priority-is-to-come-if-asked",
        "Infobip",
        "d",
        theirs="m1 2026-10-20 10:00, m3 2026-10-20 14:00",
        ours="m1 2026-10-20 10:00, m3 2026-10-20 14:00",
        found=lambda: _a_higher_one_to_come(keep={"high": 1}),
    ),
    Example(
        "mautic-a-day-later-or-when-there-is-room",
        "Mautic",
        "S",
        theirs="m1 2026-10-20 09:00, m2 2026-10-21 20:00",
        ours="m1 2026-10-20 09:00, m2 2026-10-21 09:00",
        found=lambda: _capped(
            _cap(1, pf.rolling("1d")), "2026-10-20T09:00", "2026-10-20T20:00"
        ),
    ),
    Example(
        "mautic-two-in-one-batch",
        "Mautic",
        "S",
        theirs="m1 2026-10-20 10:00, m2 2026-10-20 10:00",
        ours=FIRST,
        found=lambda: _capped(
            _cap(1, pf.rolling("1d")),
            "2026-10-20T10:00",
            "2026-10-20T10:00",
            each=_skipping,
        ),
    ),
    Example(
        "novu-the-rest-is-skipped",
        "Novu",
        "d",
        theirs=FIRST,
        ours="m1 2026-10-20 10:00, m2 2026-10-20 11:00, m3 2026-10-20 12:00",
        found=lambda: _capped(
            _cap(1, pf.rolling("1h")),
            "2026-10-20T10:00",
            "2026-10-20T10:10",
            "2026-10-20T12:00",
        ),
    ),
    Example(
        "novu-the-rest-is-skipped-if-asked",
        "Novu",
        "d",
        theirs=FIRST,
        ours=FIRST,
        found=lambda: _capped(
            _cap(1, pf.rolling("1h")),
            "2026-10-20T10:00",
            "2026-10-20T10:10",
            "2026-10-20T12:00",
            each=_ending,
        ),
    ),
]
