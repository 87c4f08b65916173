"""Gates of which one is enough."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.errors import DefinitionError
from privflow.quotas import (
    AnyOf,
    Grants,
    MinimumGap,
    MixQuota,
    ReplyWindow,
    StandingGrant,
    TouchQuota,
)
from privflow.timing import Instant, calendar, rolling, span
from privflow.touches import Allow, Deny, Hold, Ruling, Touch, TouchRecord, View
from strategies.past import Seen, check_opening, happened, hours, sent, touch

CHAT = "wecom.mass"
WROTE = ReplyWindow("wrote", 2, within="48h", opened_by=event("wrote"), channel=CHAT)
TAPPED = ReplyWindow("tapped", 1, within="1h", opened_by=event("tapped"), channel=CHAT)
REPLY = AnyOf("reply", [WROTE, TAPPED])


@pytest.mark.parametrize(
    ("did", "uses", "who"),
    [
        ([("wrote", 0)], [], "wrote"),
        ([("tapped", 1.5)], [], "tapped"),
        ([("wrote", 0), ("tapped", 1.5)], [], "wrote"),
        ([("wrote", 0), ("tapped", 1.5)], [0.5, 1], "tapped"),
    ],
)
def test_one_gate_that_allows_is_enough_and_is_named(did, uses, who) -> None:
    """Q1."""
    ruling = REPLY.judge(
        touch(), Seen(sent(*uses), timeline=happened(*did)), now=hours(2)
    )
    assert isinstance(ruling, Allow) and ruling.facts["gate"] == who


@pytest.mark.parametrize(
    ("did", "uses", "reason"),
    [
        ([], [], "window_closed"),
        ([("wrote", 0)], [0.5, 1], "window_used_up"),
        ([("tapped", 1.5)], [1.75], "window_closed"),
        ([("wrote", 0), ("tapped", 0.5)], [0.6, 0.7], "window_used_up"),
    ],
)
def test_where_all_deny_the_first_one_gives_the_reason(did, uses, reason) -> None:
    ruling = REPLY.judge(
        touch(), Seen(sent(*uses), timeline=happened(*did)), now=hours(2)
    )
    assert isinstance(ruling, Deny)
    assert (ruling.reason, ruling.facts["gate"]) == (reason, "wrote")


@pytest.mark.parametrize("turned", [False, True])
def test_where_some_hold_the_first_to_open_is_waited_for(*, turned: bool) -> None:
    """Q5."""
    gates = [
        WROTE,
        TouchQuota("day", 1, per=rolling("9h"), channel=CHAT),
        MinimumGap("gap", "3h", channel=CHAT),
    ]
    either = AnyOf("either", gates[::-1] if turned else gates)
    ruling = either.judge(touch(), Seen(sent(1)), now=hours(2))
    assert isinstance(ruling, Hold)
    assert (ruling.until, ruling.facts["gate"]) == (hours(4), "gap")


def test_a_touch_that_no_gate_chooses_passes() -> None:
    other = touch(channel="sms")
    assert REPLY.judge(other, Seen(), now=hours(2)) == Allow()


STANDING = StandingGrant(
    "lasting", 1, per=rolling("7h"), granted_by=event("agreed"), channel=CHAT
)
MIX = MixQuota("mix", at_most=0.5, of="promotion", per=rolling("14d"), after=0)
PAIR = TouchQuota("pair", 1, per=rolling("1d"), each=["contact", "staff"])
ALTERNATIVES = [
    WROTE,
    TAPPED,
    STANDING,
    MinimumGap("gap", "2h", channel=CHAT),
    TouchQuota("two", 2, per=rolling("11h"), channel=CHAT),
]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(ALTERNATIVES), min_size=2, max_size=4, unique=True),
    st.lists(st.integers(0, 20), max_size=5),
    st.lists(
        st.tuples(st.sampled_from(["wrote", "tapped", "agreed"]), st.integers(0, 20)),
        max_size=5,
    ),
)
def test_it_is_open_exactly_when_one_of_its_gates_is(gates, uses, did) -> None:
    """Q5: and the instant that it names is the first one."""
    view, now = Seen(sent(*sorted(uses)), timeline=happened(*did)), hours(20)
    either = AnyOf("either", gates)
    is_open = isinstance(either.judge(touch(), view, now=now), Allow)
    alone = [isinstance(gate.judge(touch(), view, now=now), Allow) for gate in gates]
    assert is_open == any(alone)
    check_opening(either, touch(), view, now)


# ── What is kept ─────────────────────────────────────────────────────────────


def test_it_recalls_the_longest_of_what_its_gates_recall() -> None:
    later = evolve(TAPPED, name="later", within="3h")
    assert AnyOf("a", [TAPPED, later, WROTE]).recalls() == {
        "tapped": span("3h"),
        "wrote": span("48h"),
    }
    agreed = ReplyWindow(
        "fresh", 1, within="1h", opened_by=event("agreed"), channel=CHAT
    )
    for gates in ([agreed, STANDING], [STANDING, agreed]):
        assert AnyOf("a", gates).recalls() == {"agreed": None}


def test_a_touch_matters_as_long_as_to_the_longest_of_its_gates() -> None:
    record = TouchRecord(touch(), decided_at=hours(0))
    assert REPLY.matters_until(record) == WROTE.matters_until(record) == hours(48)
    forever = Grants("ever", granted_by=event("agreed"), channel=CHAT)
    assert AnyOf("a", [WROTE, forever]).matters_until(record) is None


@frozen
class Mute:
    """A gate of the user's own that says nothing of what it looks at."""

    name: str = "own"
    channel: str = CHAT

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        return TAPPED.judge(touch, view, now=now)


@frozen
class Telling(Mute):
    """One that says what it recalls, and not what it forgets."""

    def recalls(self) -> dict[str, None]:
        return {"wrote": None}


def test_a_gate_that_forgets_nothing_keeps_every_touch() -> None:
    either = AnyOf("a", [WROTE, Telling()])
    assert either.matters_until(TouchRecord(touch(), decided_at=hours(0))) is None
    assert either.recalls() == {"wrote": None}


# ── Definitions ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("gates", "problem"),
    [
        ([], "expected two or more"),
        ([WROTE], "got 1 of them"),
        ([WROTE, evolve(TAPPED, name="wrote")], "one of them twice"),
        ([WROTE, REPLY], "alternatives among alternatives"),
        ([WROTE, evolve(TAPPED, channel="sms")], "channel differs"),
        ([WROTE, MinimumGap("gap", "2h")], "channel differs"),
        ([WROTE, MinimumGap("gap", "2h", channel=CHAT, kind="marketing")], "kind"),
        ([MinimumGap("gap", "2h"), MIX], "of differs"),
        ([MinimumGap("gap", "2h"), PAIR], "each differs"),
        ([WROTE, Mute()], "does not say what it recalls"),
        (
            [WROTE, TouchQuota("p", 9, per=calendar("day"), each="plan", channel=CHAT)],
            "contacts share",
        ),
    ],
)
def test_alternatives_that_cannot_stand_together_are_refused(gates, problem) -> None:
    with pytest.raises(DefinitionError, match=problem):
        AnyOf("a", gates)


def test_it_has_a_name_and_a_channel_and_reads_as_it_was_written() -> None:
    assert REPLY.channel == CHAT
    assert repr(REPLY) == f"AnyOf('reply', ({WROTE!r}, {TAPPED!r}))"
    assert str(REPLY) == f"{WROTE}; or {TAPPED}"
    with pytest.raises(DefinitionError):
        AnyOf(" ", [WROTE, TAPPED])
