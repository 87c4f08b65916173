"""Who belongs to a segment: windows, counts, what is missing, and shares."""

from __future__ import annotations

from hashlib import md5

import privflow as pf
from differences.example import Example
from differences.life import Life, happened, journey, note, someone
from privflow import attr, bucket, event, member, tag

NOW = pf.instant("2026-04-17T01:00Z")
PEOPLE = [someone(f"c-{number}") for number in range(1_000)]


def _answer(condition: pf.Condition, state: pf.ContactState) -> str:
    return condition.judge(state, now=NOW).value.name.lower()


def _first_that_counts(condition: pf.Condition, *times: str) -> str:
    """The earliest of some times at which a purchase counts now."""
    for text in times:
        if condition.holds(happened("purchase", text), NOW):
            return text.replace("T", " ")
    return "none"


def _knowing(**attributes: object) -> pf.ContactState:
    return pf.ContactState(someone(**attributes))


def _never_bought(*events: str) -> str:
    """What "no purchase" says of somebody with some events."""
    state = pf.ContactState(someone()).observing(
        pf.Event(name, "c-1", at=NOW - pf.span("1d"), id=f"e-{number}")
        for number, name in enumerate(events)
    )
    return _answer(event("purchase").count() == 0, state)


def _asked_three_times() -> str:
    """Whether "no purchase" comes back for a buyer, however often one asks."""
    state = happened("purchase", "2026-04-16T00:00")
    answers = {_answer(event("purchase").count() == 0, state) for _ in range(3)}
    return ", ".join(answers)


def _a_tenth(salt: str) -> set[str]:
    """The people in the first tenth of a split."""
    condition = bucket(salt) < 0.1
    return {p.id for p in PEOPLE if condition.holds(pf.ContactState(p), NOW)}


def _a_tenth_by_name(name: str) -> set[str]:
    """The people in a tenth, by a hash of their id and the name of the segment."""
    share = {
        p.id: int.from_bytes(
            md5(f"{p.id}{name}".encode(), usedforsecurity=False).digest()[:8], "big"
        )
        for p in PEOPLE
    }
    return {person for person, place in share.items() if place < 2**64 // 10}


def _after_renaming() -> str:
    """How many of a tenth are still in it when its segment has another name."""
    before, after = (
        pf.Segment(name, bucket("autumn") < 0.1) for name in ("test", "test-2026")
    )
    states = [pf.ContactState(person) for person in PEOPLE]
    inside = [state for state in states if before.contains(state, now=NOW)]
    stay = sum(after.contains(state, now=NOW) for state in inside)
    return f"{stay} of {len(inside)}"


def _theirs_after_renaming() -> str:
    before, after = _a_tenth_by_name("test"), _a_tenth_by_name("test-2026")
    return f"{len(before & after)} of {len(before)}"


def _in_both_tenths() -> str:
    """Whether who is in the first tenth of one split is in that of another."""
    one, other = _a_tenth("holdout"), _a_tenth("button")
    return "all" if one == other else f"{len(one & other)} of {len(one)}"


def _audience_and_trigger() -> str:
    """A journey of first purchases, for who has bought something."""
    bought = event("purchase").exists()
    life = Life(journey(note("m1"), enter_on=event("purchase"), audience=bought))
    return life.happens("purchase", "2026-10-20T10:00").sent()


def _attribute_ten_minutes_late() -> str:
    """An event whose audience is not true yet, and is ten minutes later."""
    life = Life(journey(note("m1"), audience=attr.level == "vip"))
    life.happens("go", "2026-10-20T10:00")
    life.state = life.state.knowing(someone(level="vip"))
    life.call(now=life.at("2026-10-20T10:10"))
    return life.sent()


def _leaves_the_week() -> str:
    """Until when somebody is known to stay in a segment of a week."""
    state = happened("purchase", "2026-04-10T01:00")
    week = event("purchase").within("7d").exists()
    until = week.judge(state, now=NOW - pf.span("1d")).stable_until
    return "never" if until is None else f"at {until}"


def _sent_and_opened() -> str:
    """Whether "has not opened" holds of somebody who opened what was sent."""
    state = pf.ContactState(someone()).observing([
        pf.Event("sent", "c-1", at=NOW - pf.span("2h"), id="e-1"),
        pf.Event("opened", "c-1", at=NOW - pf.span("1h"), id="e-2"),
    ])
    return _answer(event("opened").count() == 0, state)


def _removed_by_hand() -> str:
    """When somebody whom staff took out of a segment for 30 days is in it again."""
    out = pf.TagGroup("segment", ["taken-out"])["taken-out"]
    person = someone(level="vip").tagged(out, at=NOW, source="manual", ttl="30d")
    state = pf.ContactState(person)
    vip = (attr.level == "vip") & ~tag("segment").has(out)
    inside = [vip.holds(state, NOW + pf.span(later)) for later in ("29d23h", "30d")]
    return "after 30 days" if inside == [False, True] else "never again"


def _edges_of_a_week() -> str:
    """How far from seven days an event is when it stops counting."""
    week = event("purchase").within("7d").exists()
    state = happened("purchase", "2026-04-10T01:00")
    ages = ("6d23h59m59s", "7d")
    start = pf.instant("2026-04-10T01:00Z")
    held = [week.holds(state, start + pf.span(age)) for age in ages]
    return "exact" if held == [True, False] else "not exact"


def _three_deep() -> str:
    """A segment of a segment of a segment."""
    segments = pf.SegmentSet([
        pf.Segment("buyers", event("purchase").exists()),
        pf.Segment("fans", member("buyers") & (attr.level == "vip")),
        pf.Segment("guests", member("fans") & (attr.city == "Rome")),
    ])
    state = happened(
        "purchase", "2026-04-16T00:00", contact=someone(level="vip", city="Rome")
    )
    inside = segments.start(state, now=NOW).inside
    return "yes" if "guests" in inside else "no"


def _in_a_circle() -> str:
    """Two segments, each of which is part of the other."""
    try:
        pf.SegmentSet([
            pf.Segment("a", member("b")),
            pf.Segment("b", member("a")),
        ])
    except pf.DefinitionError:
        return "refused"
    return "accepted"


EXAMPLES = [
    Example(
        "braze-purchases-of-three-days",
        "Braze",
        "D",
        theirs="2026-04-14 00:00",
        ours="2026-04-14 01:01",
        found=lambda: _first_that_counts(
            event("purchase").within("3d").exists(),
            "2026-04-13T23:59",
            "2026-04-14T00:00",
            "2026-04-14T01:00",
            "2026-04-14T01:01",
        ),
    ),
    Example(
        "braze-purchases-of-three-days-if-asked",
        "Braze",
        "D",
        theirs="2026-04-14 00:00",
        ours="2026-04-14 00:00",
        found=lambda: _first_that_counts(
            event("purchase").in_(pf.calendar("day", count=4)).exists(),
            "2026-04-13T23:59",
            "2026-04-14T00:00",
            "2026-04-14T01:00",
        ),
    ),
    Example(
        "braze-purchases-of-73-hours",
        "Braze",
        "D",
        theirs="2026-04-14 00:00",
        ours="2026-04-14 00:00",
        found=lambda: _first_that_counts(
            event("purchase")
            .between(pf.instant("2026-04-14T00:00Z"), NOW + pf.span("1us"))
            .exists(),
            "2026-04-13T23:59",
            "2026-04-14T00:00",
        ),
    ),
    Example(
        "braze-one-day-covers-up-to-48-hours",
        "Braze",
        "D",
        theirs="2026-04-16 00:00",
        ours="2026-04-16 01:01",
        found=lambda: _first_that_counts(
            event("purchase").within("1d").exists(),
            "2026-04-15T23:59",
            "2026-04-16T00:00",
            "2026-04-16T01:00",
            "2026-04-16T01:01",
        ),
    ),
    Example(
        "braze-one-day-covers-up-to-48-hours-if-asked",
        "Braze",
        "D",
        theirs="2026-04-16 00:00",
        ours="2026-04-16 00:00",
        found=lambda: _first_that_counts(
            event("purchase").in_(pf.calendar("day", count=2)).exists(),
            "2026-04-15T23:59",
            "2026-04-16T00:00",
            "2026-04-16T01:00",
        ),
    ),
    Example(
        "braze-the-last-purchase-of-24-hours",
        "Braze",
        "D",
        theirs="2026-04-16 01:01",
        ours="2026-04-16 01:01",
        found=lambda: _first_that_counts(
            event("purchase").within("24h").exists(),
            "2026-04-16T00:00",
            "2026-04-16T01:00",
            "2026-04-16T01:01",
        ),
    ),
    Example(
        "dittofeed-the-edge-of-a-week",
        "Dittofeed",
        "S",
        theirs="within 16.8 h",
        ours="exact",
        found=_edges_of_a_week,
    ),
    Example(
        "posthog-recalculated-every-15-minutes",
        "PostHog",
        "S",
        theirs="up to 15 min late",
        ours="at 2026-04-17T01:00:00Z",
        found=_leaves_the_week,
    ),
    Example(
        "customerio-an-attribute-ten-minutes-late",
        "Customer.io",
        "d",
        theirs="m1 by 10:30",
        ours="nothing",
        found=_attribute_ten_minutes_late,
    ),
    Example(
        "braze-the-first-purchase-and-its-audience",
        "Braze",
        "D",
        theirs="nothing",
        ours="m1 2026-10-20 10:00",
        found=_audience_and_trigger,
    ),
    Example(
        "laudspeaker-is-not-of-the-unknown",
        "Laudspeaker",
        "S",
        theirs="yes in a batch, no for one",
        ours="unknown",
        found=lambda: _answer(attr.level != "vip", _knowing()),
    ),
    Example(
        "laudspeaker-is-missing",
        "Laudspeaker",
        "S",
        theirs="yes in a batch, no for one",
        ours="yes",
        found=lambda: _answer(attr.level.is_missing(), _knowing()),
    ),
    Example(
        "laudspeaker-contains-in-another-case",
        "Laudspeaker",
        "S",
        theirs="yes in a batch, no for one",
        ours="no",
        found=lambda: _answer(attr.city.contains("shang"), _knowing(city="Shanghai")),
    ),
    Example(
        "laudspeaker-contains-a-dot",
        "Laudspeaker",
        "S",
        theirs="yes in a batch, no for one",
        ours="no",
        found=lambda: _answer(attr.sku.contains("a.c"), _knowing(sku="abc")),
    ),
    Example(
        "laudspeaker-has-not-opened",
        "Laudspeaker",
        "S",
        theirs="yes",
        ours="no",
        found=_sent_and_opened,
    ),
    Example(
        "laudspeaker-a-segment-of-a-segment",
        "Laudspeaker",
        "S",
        theirs="no answer",
        ours="yes",
        found=_three_deep,
    ),
    Example(
        "dittofeed-zero-times-of-somebody-known",
        "Dittofeed",
        "S",
        theirs="yes",
        ours="yes",
        found=lambda: _never_bought("visit"),
    ),
    Example(
        "dittofeed-zero-times-after-the-first",
        "Dittofeed",
        "S",
        theirs="no",
        ours="no",
        found=_asked_three_times,
    ),
    Example(
        "dittofeed-zero-times-of-nobody-known",
        "Dittofeed",
        "S",
        theirs="unknown",
        ours="yes",
        found=_never_bought,
    ),
    Example(
        "posthog-only-what-did-not-happen",
        "PostHog",
        "S",
        theirs="refused",
        ours="yes",
        found=_never_bought,
    ),
    Example(
        "braze-a-segment-three-deep",
        "Braze",
        "D",
        theirs="refused",
        ours="yes",
        found=_three_deep,
    ),
    Example(
        "braze-segments-in-a-circle",
        "Braze",
        "D",
        theirs="refused",
        ours="refused",
        found=_in_a_circle,
    ),
    Example(
        "dittofeed-a-tenth-after-renaming",
        "Dittofeed",
        "S",
        theirs=_theirs_after_renaming(),
        ours="103 of 103",
        found=_after_renaming,
    ),
    Example(
        "braze-one-number-for-every-split",
        "Braze",
        "D",
        theirs="all",
        ours="8 of 93",
        found=_in_both_tenths,
    ),
    Example(
        "mautic-removed-by-hand",
        "Mautic",
        "S",
        theirs="never again",
        ours="after 30 days",
        found=_removed_by_hand,
    ),
]
