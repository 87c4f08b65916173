"""A touch is shown to the gates that are about it, and the journal tells of all."""

from __future__ import annotations

import pickle
from collections import Counter

import pytest
from attrs import field, frozen

import privflow as pf
from privflow.engine import Engine
from privflow.engine.panel import Panels
from privflow.facts import EMPTY
from privflow.touches import Allow, Deny, Gate, Hold, Ruling, Touch, View
from privflow.touches.traits import shared_traits

NOW = pf.instant("2026-10-20T09:30+08:00")
LATER = pf.instant("2026-10-21T09:30+08:00")


@frozen
class Counting:
    """A gate of a user's own, which counts how often it is asked."""

    name: str = field(default="counting")
    asked: Counter[str] = field(factory=Counter, eq=False)

    def judge(self, touch: Touch, view: View, *, now: pf.Instant) -> Allow:  # noqa: ARG002 - Gate
        self.asked[touch.kind] += 1
        return Allow()


DAY = pf.calendar("day")
SALES = pf.TouchQuota("sales", 1, per=DAY, kind="marketing")
ALL = pf.TouchQuota("all", 9, per=DAY)
SMS = pf.TouchQuota("sms", 1, per=DAY, channel="sms")


def traits(kind: str = "service", channel: str = "push"):
    return shared_traits(
        channel,
        "m",
        kind,
        "rule:r",
        "",
        (),
        "",
        "normal",
        EMPTY,
        True,
        "",
        1,
        EMPTY,
        None,
    )


def test_a_quota_is_asked_about_its_own_touches_alone():
    """Q3."""
    gates = (Counting(), SALES, ALL, SMS)
    panels = Panels(gates)
    assert panels[traits()].places == (0, 2)
    assert panels[traits("marketing")].places == (0, 1, 2)
    assert panels[traits("marketing", "sms")].places == (0, 1, 2, 3)


def test_touches_that_meet_the_same_gates_share_a_panel():
    panels = Panels((SALES, ALL))
    assert panels[traits()] is panels[traits(channel="sms")]
    assert panels[traits()] is not panels[traits("marketing")]


def test_no_more_panels_are_kept_than_traits_are_shared(monkeypatch):
    monkeypatch.setattr("privflow.engine.panel._MOST", 2)
    panels = Panels((SALES, ALL))
    kinds = [traits(channel=f"channel-{number}") for number in range(9)]
    assert all(panels[one].places == (1,) for one in kinds)
    assert len(panels) <= 2


@frozen(kw_only=True, repr=False)
class Strict(pf.TouchQuota):
    """A quota of a user's own, which may say more than the one that it began as."""


def test_a_quota_of_a_users_own_is_always_asked():
    own = Strict("own", 1, per=DAY, kind="marketing")
    assert Panels((own,))[traits()].places == (0,)


@pytest.mark.parametrize(
    ("rulings", "said"),
    [
        ([Allow(), Allow()], ["sales", "all", "sms", "counting"]),
        ([Hold("h", until=LATER), Allow()], ["sales", "all", "sms", "counting"]),
        ([Deny("d")], ["sales", "all"]),
        ([Allow(), Deny("d")], ["sales", "all", "sms", "counting"]),
    ],
)
def test_what_is_said_covers_every_gate_up_to_a_denial(
    rulings: list[Ruling], said: list[str]
):
    gates: tuple[Gate, ...] = (SALES, ALL, SMS, Counting())
    panel = Panels(gates)[traits()]
    told = panel.all_said(rulings)
    assert [gate.name for gate, _ in told] == said
    assert [ruling for gate, ruling in told if gate.name == "sales"] == [Allow()]
    assert panel.last_asked(rulings).name == said[-1]


def test_the_last_gate_that_is_asked_may_not_be_the_last_of_the_plan():
    panel = Panels((ALL, SMS))[traits()]
    assert [gate.name for gate, _ in panel.all_said([Deny("d")])] == ["all"]
    assert [gate.name for gate, _ in panel.all_said([Allow()])] == ["all", "sms"]


def _plan(kind: str, *gates: Gate) -> pf.Plan:
    message = pf.Message("m", kind=kind)
    step = pf.SOPStep("s", pf.after("0s"), message, via=["push"])
    journey = pf.Journey("j", stages=[pf.Stage("a", steps=[step])])
    return pf.Plan(journeys=[journey], gates=gates, quotas=[SALES, ALL, SMS])


def test_the_lines_of_a_step_name_gates_that_were_not_asked():
    """E4: who reads the journal sees that the quota had no objection."""
    gate = Counting()
    contact = pf.Contact("c", identities=[pf.Identity("push.token", "t")])
    engine = Engine(_plan("service", gate))
    outcome = engine.enrol(pf.ContactState(contact), "j", now=NOW)
    [step] = outcome.state.enrolments[0].steps
    names = ["reachable", "consent", "counting", "sales", "all", "sms"]
    assert [line.gate for line in step.lines] == names
    assert {line.gate for line in step.lines if line.facts} == {"all"}
    assert gate.asked == {"service": 1}


def test_a_copy_begins_anew():
    panels = Panels((SALES, ALL))
    panels[traits()]
    copied = pickle.loads(pickle.dumps(panels))
    assert not copied
    assert copied[traits()].places == (1,)
