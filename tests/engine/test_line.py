"""Lines of gates that allow are shared, and those that nobody asks for again go."""

from __future__ import annotations

import pickle

from attrs import field, frozen

from privflow.engine.line import Lines
from privflow.engine.panel import Panel
from privflow.facts import EMPTY, Properties
from privflow.journeys import GateLine
from privflow.timing import Instant
from privflow.touches import Allow, Touch, View


@frozen
class Open:
    """A gate that lets everything through."""

    name: str = field(default="open")

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Allow:  # noqa: ARG002 - Gate
        return Allow()


PANEL = Panel([Open()], (0,))


def test_who_is_told_the_same_shares_one_value():
    lines, ruling = Lines(), Allow()
    first = lines.all_allowed(PANEL, "sms", [ruling])
    assert first == (GateLine(gate="open", channel="sms", ruling="allow"),)
    assert lines.all_allowed(PANEL, "sms", [Allow()]) is first
    assert lines.allowed("open", "sms", EMPTY) is first[0]
    assert lines.allowed("open", "push", EMPTY).channel == "push"


def test_numbers_that_are_new_each_time_are_told_right_and_not_kept_for_ever():
    lines = Lines()
    for number in range(1_000):
        ruling = Allow(facts=Properties({"count": number}))
        [line] = lines.all_allowed(PANEL, "sms", [ruling])
        assert line.facts == {"count": number}
    assert len(lines._each) <= 256  # noqa: SLF001 - room is what is asked about
    assert len(lines._all) <= 256  # noqa: SLF001 - same


def test_a_copy_does_not_take_other_facts_for_those_that_it_knew():
    lines = Lines()
    facts = Properties({"count": 1})
    line = lines.allowed("open", "sms", facts)
    copied = pickle.loads(pickle.dumps(lines))
    assert copied.allowed("open", "sms", facts) == line
    assert copied.allowed("open", "sms", facts) is not line
