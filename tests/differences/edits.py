"""Journeys that are edited while people are in them, control groups, many visits."""

from __future__ import annotations

import privflow as pf
from differences.example import Example
from differences.life import Life, journey, note, someone
from privflow import event

ENTERED = "2026-10-01T09:00"


def _edited(old: pf.Journey, new: pf.Journey, on: str, **parts: object) -> Life:
    """Somebody enters a journey on 1 October, and it is edited on a later day."""
    life = Life(old).happens("go", ENTERED).until(on)
    retired = [] if new.in_flight == "follow" else [old]
    life.follows(new, retired=retired, **parts).call(now=life.at(on))
    return life


def _delay(length: str, version: int = 1, **rest: object) -> pf.Journey:
    return journey(note("m1", pf.after(length)), version=version, **rest)


def _redelayed(length: str, on: str, in_flight: str = "follow") -> str:
    """When a message leaves whose delay of ten days becomes another one."""
    new = _delay(length, version=2, in_flight=in_flight)
    return _edited(_delay("10d"), new, on).sent()


def _without_its_step() -> str:
    """The first of two steps is deleted while people wait for it."""
    first, second = note("m1", pf.after("5d")), note("m2", pf.after("10d"))
    new = journey(second, version=2)
    return _edited(journey(first, second), new, "2026-10-03T09:00").sent()


def _without_its_stage() -> str:
    """The stage is deleted in which somebody is."""
    stages = [pf.Stage("a", steps=[note("m1", pf.after("5d"))]), pf.Stage("b")]
    new = journey(stages=[pf.Stage("b")], version=2)
    life = _edited(journey(stages=stages), new, "2026-10-03T09:00")
    enrolment = life.state.enrolment("j")
    return "leaves" if enrolment and enrolment.ended_at else "stays"


def _with_another_step(after: str) -> str:
    """A step is added between one that was sent and one that is to come."""
    first, last = note("m1"), note("m3", pf.after("20d"))
    new = journey(first, note("m2", pf.after(after)), last, version=2)
    return _edited(journey(first, last), new, "2026-10-03T09:00").sent()


def _moved_to_the_next_stage() -> str:
    """A step that was sent comes to stand in the stage after it."""
    then = [pf.To("b", after="5d")]
    old = journey(stages=[pf.Stage("a", steps=[note("m1")], then=then), pf.Stage("b")])
    new = journey(
        stages=[pf.Stage("a", then=then), pf.Stage("b", steps=[note("m1")])],
        version=2,
    )
    return _edited(old, new, "2026-10-03T09:00").sent()


def _another_filter() -> str:
    """The condition of a step is changed before it is due."""
    bought = event("purchase").exists()
    old = journey(note("m1", pf.after("10d"), when=bought))
    new = journey(note("m1", pf.after("10d"), when=~bought), version=2)
    return _edited(old, new, "2026-10-03T09:00").sent()


def _another_window() -> str:
    """A message waits for nine o'clock, and the window is opened from seven on."""
    life = Life(journey(note("m1")), gates=[pf.SendWindow("09:00", "20:00")])
    life.happens("go", "2026-10-01T21:00")
    life.follows(journey(note("m1")), gates=[pf.SendWindow("07:00", "20:00")])
    life.call(now=life.at("2026-10-01T22:00"))
    return life.sent()


def _another_goal() -> str:
    """The goal is edited under somebody who keeps to the version of their entry."""
    bought = event("purchase").since_entry().exists()
    replied = event("reply").since_entry().exists()
    new = _delay("10d", version=2, goal=replied, in_flight="pinned")
    life = _edited(_delay("10d", goal=bought), new, "2026-10-02T09:00")
    return life.happens("purchase", "2026-10-03T09:00").standing()


def _controls(share: float, people: list[str]) -> set[str]:
    """Who of some people gets no marketing, being in the control group."""
    return {name for name in people if not _treated(share, name)}


def _treated(share: float, name: str) -> bool:
    engine = pf.Engine(pf.Plan(journeys=[journey(note("m1"), control=share)]))
    now = pf.instant(ENTERED, tz="UTC")
    state = pf.ContactState(someone(name))
    return bool(engine.advance(state, pf.Event("go", name, at=now), now=now).commands)


def _control_then(share: float, later: float) -> str:
    """What a second message does after the control group was made larger or smaller.

    The contact is one whose place lies between both shares.
    """
    people = [f"c-{number}" for number in range(60)]
    low, high = (_controls(s, people) for s in sorted((share, later)))
    name = min(high - low)

    def plan(control: float, version: int) -> pf.Journey:
        steps = (note("m1"), note("m2", pf.after("10d")))
        return journey(*steps, control=control, version=version)

    engine = pf.Engine(pf.Plan(journeys=[plan(share, 1)]))
    now = pf.instant(ENTERED, tz="UTC")
    go = pf.Event("go", name, at=now)
    outcome = engine.advance(pf.ContactState(someone(name)), go, now=now)
    sent = [command.touch.message for command in outcome.commands]
    engine = pf.Engine(pf.Plan(journeys=[plan(later, 2)]))
    now += pf.span("10d")
    outcome = engine.advance(outcome.state, now=now)
    sent += [command.touch.message for command in outcome.commands]
    return " and ".join(sent) or "nothing"


def _stopped() -> str:
    """A journey that is taken out of the plan from day 8 to day 12."""
    life = _edited(_delay("10d"), _delay("10d"), "2026-10-02T09:00")
    life.until("2026-10-09T09:00").follows().call(now=life.at("2026-10-09T09:00"))
    life.until("2026-10-13T09:00").follows(_delay("10d"))
    life.call(now=life.at("2026-10-13T09:00"))
    return life.sent()


def _branches() -> str:
    """The branch that somebody takes on three visits, where two share the contacts."""
    ways = [pf.To("a", share=0.5), pf.To("b", share=0.5)]
    stages = [
        pf.Stage("split", then=ways),
        pf.Stage("a", steps=[note("a")]),
        pf.Stage("b", steps=[note("b")]),
    ]
    life = Life(journey(stages=stages, reentry=pf.Reentry.every_time()))
    for day in (1, 11, 21):
        life.happens("go", f"2026-10-{day:02}T09:00")
    branches = [touch.message for _, touch in life.touches]
    return f"{len(branches)} visits, {len(set(branches))} branch"


def _triggered(reentry: pf.Reentry, *times: str, **properties: object) -> str:
    """A journey of ten days that is triggered several times."""
    life = Life(journey(note("m1", pf.after("10d")), reentry=reentry))
    for text in times:
        life.happens("go", text, **properties)
    return life.sent()


ON_TIME = "m1 2026-10-11 09:00"

EXAMPLES = [
    Example(
        "customerio-a-shorter-delay",
        "Customer.io",
        "d",
        theirs="m1 2026-10-08 09:00",
        ours="m1 2026-10-08 09:00",
        found=lambda: _redelayed("5d", "2026-10-08T09:00"),
    ),
    Example(
        "customerio-a-longer-delay",
        "Customer.io",
        "d",
        theirs="m1 2026-10-21 09:00",
        ours="m1 2026-10-21 09:00",
        found=lambda: _redelayed("20d", "2026-10-08T09:00"),
    ),
    Example(
        "customerio-another-window",
        "Customer.io",
        "d",
        theirs="m1 2026-10-02 07:00",
        ours="m1 2026-10-02 09:00",
        found=_another_window,
    ),
    Example(
        "customerio-another-filter",
        "Customer.io",
        "d",
        theirs=ON_TIME,
        ours=ON_TIME,
        found=_another_filter,
    ),
    Example(
        "posthog-a-shorter-delay",
        "PostHog",
        "D",
        theirs=ON_TIME,
        ours="m1 2026-10-08 09:00",
        found=lambda: _redelayed("5d", "2026-10-08T09:00"),
    ),
    Example(
        "posthog-a-longer-delay",
        "PostHog",
        "D",
        theirs="m1 2026-10-21 09:00",
        ours="m1 2026-10-21 09:00",
        found=lambda: _redelayed("20d", "2026-10-08T09:00"),
    ),
    Example(
        "posthog-a-step-that-is-deleted",
        "PostHog",
        "D",
        theirs="m2 2026-10-11 09:00",
        ours="m2 2026-10-11 09:00",
        found=_without_its_step,
    ),
    Example(
        "posthog-nothing-left-to-go-to",
        "PostHog",
        "D",
        theirs="leaves",
        ours="leaves",
        found=_without_its_stage,
    ),
    Example(
        "posthog-a-goal-that-is-edited",
        "PostHog",
        "S",
        theirs="goal 2026-10-03 09:00",
        ours="goal 2026-10-03 09:00",
        found=_another_goal,
    ),
    Example(
        "klaviyo-a-shorter-delay",
        "Klaviyo",
        "d",
        theirs=ON_TIME,
        ours="m1 2026-10-08 09:00",
        found=lambda: _redelayed("5d", "2026-10-08T09:00"),
    ),
    Example(
        "klaviyo-a-shorter-delay-if-asked",
        "Klaviyo",
        "d",
        theirs=ON_TIME,
        ours=ON_TIME,
        found=lambda: _redelayed("5d", "2026-10-08T09:00", "pinned"),
    ),
    Example(
        "braze-a-delay-that-is-deleted",
        "Braze",
        "D",
        theirs=ON_TIME,
        ours="m1 2026-10-08 09:00",
        found=lambda: _redelayed("0s", "2026-10-08T09:00"),
    ),
    Example(
        "braze-a-message-that-moves-on",
        "Braze",
        "D",
        theirs="may be sent twice",
        ours="m1 2026-10-01 09:00",
        found=_moved_to_the_next_stage,
    ),
    Example(
        "braze-stopped-while-it-was-due",
        "Braze",
        "D",
        theirs="nothing",
        ours="m1 2026-10-13 09:00",
        found=_stopped,
    ),
    Example(
        "dittofeed-pinned-for-life",
        "Dittofeed",
        "S",
        theirs=ON_TIME,
        ours=ON_TIME,
        found=lambda: _redelayed("20d", "2026-10-08T09:00", "pinned"),
    ),
    Example(
        "sfmc-the-old-version-is-finishing",
        "Salesforce MC",
        "d",
        theirs=ON_TIME,
        ours=ON_TIME,
        found=lambda: _redelayed("20d", "2026-10-08T09:00", "until_safe_point"),
    ),
    Example(
        "mautic-a-step-that-is-added",
        "Mautic",
        "S",
        theirs="m1 2026-10-01 09:00, m3 2026-10-21 09:00",
        ours="m1 2026-10-01 09:00, m2 2026-10-06 09:00, m3 2026-10-21 09:00",
        found=lambda: _with_another_step("5d"),
    ),
    Example(
        "mautic-a-step-that-is-added-too-late",
        "Mautic",
        "S",
        theirs="m1 2026-10-01 09:00, m3 2026-10-21 09:00",
        ours="m1 2026-10-01 09:00, m3 2026-10-21 09:00",
        found=lambda: _with_another_step("1d"),
    ),
    Example(
        "segment-the-same-branch-again",
        "Segment",
        "D",
        theirs="3 visits, 1 branch",
        ours="3 visits, 1 branch",
        found=_branches,
    ),
    Example(
        "braze-a-larger-control-group",
        "Braze",
        "D",
        theirs="m1 and m2",
        ours="m1 and m2",
        found=lambda: _control_then(0.1, 0.5),
    ),
    Example(
        "braze-a-smaller-control-group",
        "Braze",
        "D",
        theirs="nothing",
        ours="nothing",
        found=lambda: _control_then(0.5, 0.1),
    ),
    Example(
        "braze-two-triggers-in-a-second-every-time",
        "Braze",
        "D",
        theirs=ON_TIME,
        ours=f"{ON_TIME}, {ON_TIME}",
        found=lambda: _triggered(
            pf.Reentry.every_time(at_most=5), ENTERED, "2026-10-01T09:00:00.4"
        ),
    ),
    Example(
        "sfmc-at-any-time",
        "Salesforce MC",
        "d",
        theirs=f"{ON_TIME}, m1 2026-10-12 09:00, m1 2026-10-13 09:00",
        ours=f"{ON_TIME}, m1 2026-10-12 09:00, m1 2026-10-13 09:00",
        found=lambda: _triggered(
            pf.Reentry.every_time(at_most=3),
            ENTERED,
            "2026-10-02T09:00",
            "2026-10-03T09:00",
        ),
    ),
    Example(
        "sfmc-at-any-time-without-an-end",
        "Salesforce MC",
        "d",
        theirs=f"{ON_TIME}, m1 2026-10-12 09:00, m1 2026-10-13 09:00",
        ours=f"{ON_TIME}, m1 2026-10-12 09:00",
        found=lambda: _triggered(
            pf.Reentry.every_time(at_most=2),
            ENTERED,
            "2026-10-02T09:00",
            "2026-10-03T09:00",
        ),
    ),
    Example(
        "dittofeed-the-same-key-while-inside",
        "Dittofeed",
        "S",
        theirs=ON_TIME,
        ours=ON_TIME,
        found=lambda: _triggered(
            pf.Reentry.every_time(at_most=5, key="order"),
            ENTERED,
            "2026-10-02T09:00",
            order="A",
        ),
    ),
    Example(
        "dittofeed-the-same-key-again",
        "Dittofeed",
        "S",
        theirs=ON_TIME,
        ours=f"{ON_TIME}, m1 2026-10-30 09:00",
        found=lambda: _triggered(
            pf.Reentry.every_time(at_most=5, key="order"),
            ENTERED,
            "2026-10-20T09:00",
            order="A",
        ),
    ),
]
