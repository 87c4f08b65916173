"""How journeys begin, wait, split and end, and what is known of a message not sent."""

from __future__ import annotations

from typing import Final

import privflow as pf
from differences.example import Example
from differences.life import Life, journey, note, someone
from privflow import attr, entered, event

BATCH: Final = 1_000
BOUGHT = event("purchase").since_entry().exists()
REPLIED = event("reply").since_stage().exists()
CLICKED = event("click").since_stage().exists()


def _standing(
    life: Life, *happenings: tuple[str, str], until: str = "2026-11-30T09:00"
) -> str:
    """How a journey stands after some events."""
    for name, text in happenings:
        life.happens(name, text)
    return life.until(until).standing()


def _exit_on_day_1_of_30(exit_when: pf.Condition) -> str:
    life = Life(journey(note("m1", pf.after("30d")), exit_when=exit_when))
    return _standing(life, ("go", "2026-10-01T09:00"), ("purchase", "2026-10-02T09:00"))


def _wait(*then: pf.To) -> Life:
    """A journey that waits for something, in a stage of its own."""
    names = dict.fromkeys(to.stage for to in then)
    stages = [
        pf.Stage("wait", then=then),
        *(pf.Stage(name, steps=[note(name)]) for name in names),
    ]
    return Life(journey(stages=stages))


def _replied_before_entry(since: object) -> str:
    """Somebody replies an hour before a journey that waits a day for replies."""
    life = _wait(pf.To("yes", when=since), pf.To("no", after="1d"))
    life.happens("reply", "2026-10-20T08:00").happens("go", "2026-10-20T09:00")
    return life.sent()


def _first_action() -> str:
    """Of two answers, the one that comes first leads on, at once."""
    life = _wait(
        pf.To("reply", when=REPLIED),
        pf.To("click", when=CLICKED),
        pf.To("none", after="1d"),
    )
    life.happens("go", "2026-10-20T09:00").happens("click", "2026-10-20T10:00")
    return life.happens("reply", "2026-10-20T11:00").sent()


def _best_action() -> str:
    """Of two answers, the better one leads on when the time is over."""
    life = _wait(
        pf.To("reply", when=REPLIED, after="1d"),
        pf.To("click", when=CLICKED, after="1d"),
        pf.To("none", after="1d"),
    )
    life.happens("go", "2026-10-20T09:00").happens("click", "2026-10-20T10:00")
    return life.happens("reply", "2026-10-20T11:00").sent()


def _way_without_condition() -> str:
    try:
        pf.To("next")
    except pf.DefinitionError:
        return "refused"
    return "accepted"


def _twice(reentry: pf.Reentry, first: str, *again: str, steps: int = 1) -> str:
    """A short journey that is triggered more than once."""
    notes = [note(f"m{n + 1}", pf.after(f"{10 * n}d")) for n in range(steps)]
    life = Life(journey(*notes, reentry=reentry))
    for text in (first, *again):
        life.happens("go", text)
    return life.sent()


def _still_a_member() -> str:
    """A journey for members of a segment, left while the contact still belongs."""
    vip = pf.Segment("vip", attr.level == "vip")
    again = pf.Reentry.after_exit(cooldown="1s")
    life = Life(
        journey(note("m1"), enter_on=entered(vip), reentry=again),
        segments=[vip],
        contact=someone(level="vip"),
    )
    life.call(now=life.at("2026-10-20T09:00"))
    return life.until("2026-11-20T09:00").sent()


def _once_a_day() -> str:
    """A trigger that counts once in 24 hours, and comes at once, at 20:00 and later."""
    rule = pf.Rule("start", on=event("go"), once_per="24h", do=[pf.Enrol("j")])
    every = journey(note("m1"), enter_on=None, reentry=pf.Reentry.every_time())
    life = Life(every, rules=[rule])
    for text in ("2026-10-20T09:00", "2026-10-20T20:00", "2026-10-21T09:00"):
        life.happens("go", text)
    return life.sent()


def _round_and_round() -> str:
    """Two stages that lead to each other, five days each."""
    stages = [
        pf.Stage("a", steps=[note("m1")], then=[pf.To("b", after="5d")]),
        pf.Stage("b", then=[pf.To("a", after="5d")]),
    ]
    life = Life(journey(stages=stages)).happens("go", "2026-10-01T09:00")
    return life.until("2026-10-15T09:00").sent_so_far()


def _variant(person: str, share: float, visit: str = "2026-10-20T09:00") -> str:
    """Which variant somebody gets of a message with two."""
    step = note("m1", variants={"a": share, "b": round(1 - share, 2)})
    engine = pf.Engine(pf.Plan(journeys=[journey(step)]))
    now = pf.instant(visit, tz="UTC")
    state = pf.ContactState(someone(person))
    [send] = engine.advance(state, pf.Event("go", person, at=now), now=now).commands
    return send.touch.variant


def _on_each_visit() -> str:
    """The variants that somebody gets on three visits."""
    step = note("m1", variants={"a": 0.5, "b": 0.5})
    again = pf.Reentry.after_exit(cooldown="1d")
    life = Life(journey(step, reentry=again))
    for text in ("2026-10-01T09:00", "2026-10-11T09:00", "2026-10-21T09:00"):
        life.happens("go", text)
    variants = [touch.variant for _, touch in life.touches]
    return f"{len(variants)} visits, {len(set(variants))} variant"


def _after_a_larger_share() -> str:
    """Who loses variant a when its share grows from a half to six tenths."""
    people = [f"c-{number}" for number in range(100)]
    had = [person for person in people if _variant(person, 0.5) == "a"]
    keep = sum(_variant(person, 0.6) == "a" for person in had)
    return f"{keep} of {len(had)} stay"


def _the_same_call_twice() -> str:
    """Two workers ask the engine about the same state and the same event."""
    life = Life(journey(note("m1")))
    now = life.at("2026-10-20T09:00")
    go = pf.Event("go", "c-1", at=now, id="e-1")
    ids = {
        command.touch.id
        for _ in range(2)
        for command in life.engine.advance(life.state, go, now=now).commands
    }
    return f"{len(ids)} touch id"


def _the_same_event_again() -> str:
    """An event that comes again, under its own id, 20 minutes later."""
    again = pf.Reentry.after_exit(cooldown="1s")
    life = Life(journey(note("m1"), reentry=again))
    go = pf.Event("go", "c-1", at=life.at("2026-10-20T09:00"), id="e-1")
    life.call(go, now=go.at)
    life.call(go, now=life.at("2026-10-20T09:20"))
    return life.sent()


def _reasons() -> str:
    """Why three messages were not sent: a cap, their own condition, an exit."""
    quotas = [pf.TouchQuota("one", 1, per=pf.calendar("day"))]
    steps = (
        note("m1"),
        note("capped", pf.after("1h"), on_blocked=pf.Skip()),
        note("vips", pf.after("1h"), when=attr.level == "vip"),
        note("later", pf.after("3d")),
    )
    life = Life(journey(*steps, exit_when=BOUGHT), quotas=quotas)
    life.happens("go", "2026-10-20T09:00").happens("purchase", "2026-10-21T09:00")
    names = ("capped", "vips", "later")
    return ", ".join(
        life.engine.why(life.state, journey="j", step=name, now=life.state.at).reason
        for name in names
    )


def _not_eligible() -> str:
    """A trial run with somebody who is not in the audience."""
    life = Life(journey(note("m1"), audience=attr.level == "vip"))
    return _standing(life, ("go", "2026-10-20T09:00"))


def _minutes(attempts: int, *, pace: int) -> str:
    """How many minutes a queue takes whose attempts share a pace for each minute."""
    store = pf.MemoryQuotaStore()
    now, minutes = pf.instant("2026-10-20T09:00Z"), 1
    for number in range(attempts // BATCH):
        while isinstance(_claimed(store, f"t-{number}", now, pace), pf.Refused):
            now, minutes = now + pf.span("1m"), minutes + 1
    return f"{minutes} minutes"


def _claimed(
    store: pf.MemoryQuotaStore, key: str, now: pf.Instant, pace: int
) -> object:
    start, end = pf.aligned("1m").bounds(now.us, "UTC")
    claim = pf.Claim(
        quota="pace",
        subject="campaign=c",
        limit=pace,
        since=pf.Instant(start),
        until=pf.Instant(end),
        cost=BATCH,
    )
    return store.reserve(key, [claim], now=now, expires_at=now + pf.span("1h"))


EXAMPLES = [
    Example(
        "braze-an-exit-on-day-1-of-30",
        "Braze",
        "D",
        theirs="exit 2026-10-31 09:00",
        ours="exit 2026-10-02 09:00",
        found=lambda: _exit_on_day_1_of_30(BOUGHT),
    ),
    Example(
        "braze-an-exit-that-is-over-by-then",
        "Braze",
        "D",
        theirs="completed 2026-10-31 09:00",
        ours="exit 2026-10-02 09:00",
        found=lambda: _exit_on_day_1_of_30(event("purchase").within("1h").exists()),
    ),
    Example(
        "sfmc-goal-or-exit",
        "Salesforce MC",
        "d",
        theirs="goal 2026-10-31 09:00",
        ours="goal 2026-10-02 09:00",
        found=lambda: _standing(
            Life(journey(note("m1", pf.after("30d")), goal=BOUGHT, exit_when=BOUGHT)),
            ("go", "2026-10-01T09:00"),
            ("purchase", "2026-10-02T09:00"),
        ),
    ),
    Example(
        "braze-what-was-done-before-entry",
        "Braze",
        "D",
        theirs="no 2026-10-21 09:00",
        ours="no 2026-10-21 09:00",
        found=lambda: _replied_before_entry(REPLIED),
    ),
    Example(
        "dittofeed-what-was-done-before-entry",
        "Dittofeed",
        "S",
        theirs="yes 2026-10-20 09:00",
        ours="yes 2026-10-20 09:00",
        found=lambda: _replied_before_entry(event("reply").within("1d").exists()),
    ),
    Example(
        "braze-the-first-action",
        "Braze",
        "D",
        theirs="click 2026-10-20 10:00",
        ours="click 2026-10-20 10:00",
        found=_first_action,
    ),
    Example(
        "braze-the-best-action",
        "Braze",
        "D",
        theirs="reply 2026-10-21 09:00",
        ours="reply 2026-10-21 09:00",
        found=_best_action,
    ),
    Example(
        "posthog-an-empty-condition",
        "PostHog",
        "S",
        theirs="refused",
        ours="refused",
        found=_way_without_condition,
    ),
    Example(
        "braze-15-february-and-15-march",
        "Braze",
        "D",
        theirs="m1 2026-02-15 09:00",
        ours="m1 2026-02-15 09:00",
        found=lambda: _twice(
            pf.Reentry.after_exit(cooldown="30d"),
            "2026-02-15T09:00",
            "2026-03-15T09:00",
        ),
    ),
    Example(
        "braze-30-days-after-15-february",
        "Braze",
        "D",
        theirs="m1 2026-02-15 09:00, m1 2026-03-17 09:00",
        ours="m1 2026-02-15 09:00, m1 2026-03-17 09:00",
        found=lambda: _twice(
            pf.Reentry.after_exit(cooldown="30d"),
            "2026-02-15T09:00",
            "2026-03-17T09:00",
        ),
    ),
    Example(
        "braze-30-days-from-entry-or-exit",
        "Braze",
        "D",
        theirs="m1 2026-02-15 09:00, m2 2026-02-25 09:00, "
        "m1 2026-03-17 09:00, m2 2026-03-27 09:00",
        ours="m1 2026-02-15 09:00, m2 2026-02-25 09:00",
        found=lambda: _twice(
            pf.Reentry.after_exit(cooldown="30d"),
            "2026-02-15T09:00",
            "2026-03-17T09:00",
            steps=2,
        ),
    ),
    Example(
        "braze-two-triggers-in-a-second",
        "Braze",
        "D",
        theirs="m1 2026-10-20 09:00",
        ours="m1 2026-10-20 09:00",
        found=lambda: _twice(
            pf.Reentry.once(), "2026-10-20T09:00:00", "2026-10-20T09:00:00.4"
        ),
    ),
    Example(
        "hubspot-a-trigger-while-inside",
        "HubSpot",
        "d",
        theirs="m1 2026-10-20 09:00, m2 2026-10-30 09:00",
        ours="m1 2026-10-20 09:00, m2 2026-10-30 09:00",
        found=lambda: _twice(
            pf.Reentry.after_exit(cooldown="1s"),
            "2026-10-20T09:00",
            "2026-10-25T09:00",
            steps=2,
        ),
    ),
    Example(
        "dittofeed-still-in-the-segment",
        "Dittofeed",
        "S",
        theirs="without an end",
        ours="m1 2026-10-20 09:00",
        found=_still_a_member,
    ),
    Example(
        "posthog-a-trigger-masked-for-a-day",
        "PostHog",
        "S",
        theirs="m1 2026-10-20 09:00, m1 2026-10-21 09:00",
        ours="m1 2026-10-20 09:00, m1 2026-10-21 09:00",
        found=_once_a_day,
    ),
    Example(
        "parcelvoy-a-step-that-comes-again",
        "Parcelvoy",
        "S",
        theirs="m1 2026-10-01 09:00",
        ours="m1 2026-10-01 09:00, m1 2026-10-11 09:00",
        found=_round_and_round,
    ),
    Example(
        "braze-the-same-variant-again",
        "Braze",
        "D",
        theirs="3 visits, 1 variant",
        ours="3 visits, 1 variant",
        found=_on_each_visit,
    ),
    Example(
        "dittofeed-another-branch-on-each-visit",
        "Dittofeed",
        "S",
        theirs="3 visits, drawn anew",
        ours="3 visits, 1 variant",
        found=_on_each_visit,
    ),
    Example(
        "braze-a-larger-share",
        "Braze",
        "D",
        theirs="may be moved",
        ours="52 of 52 stay",
        found=_after_a_larger_share,
    ),
    Example(
        "dittofeed-a-retry-and-its-id",
        "Dittofeed",
        "S",
        theirs="2 touch ids",
        ours="1 touch id",
        found=_the_same_call_twice,
    ),
    Example(
        "posthog-the-same-event-again",
        "PostHog",
        "S",
        theirs="twice, if its store is down",
        ours="m1 2026-10-20 09:00",
        found=_the_same_event_again,
    ),
    Example(
        "dittofeed-why-not",
        "Dittofeed",
        "S",
        theirs="none of the three",
        ours="quota_full, condition, exit",
        found=_reasons,
    ),
    Example(
        "braze-a-trial-of-who-is-not-eligible",
        "Braze",
        "D",
        theirs="enters",
        ours="never entered",
        found=_not_eligible,
    ),
    Example(
        "braze-75000-at-10000-a-minute",
        "Braze",
        "D",
        theirs="8 minutes",
        ours="8 minutes",
        found=lambda: _minutes(75_000, pace=10_000),
    ),
    Example(
        "braze-75000-of-which-6000-fail",
        "Braze",
        "D",
        theirs="9 minutes",
        ours="9 minutes",
        found=lambda: _minutes(75_000 + 6_000, pace=10_000),
    ),
]
