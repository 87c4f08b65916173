"""Values made by position are in nothing different from those of their class."""

from __future__ import annotations

import copy
import pickle

import pytest
from attrs import evolve, exceptions, fields, frozen

import privflow as pf
from privflow.conditions import Scope
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import EMPTY, changer, maker
from privflow.journeys import GateLine, StepState, waiting

NOW = pf.instant("2026-10-20T09:30+08:00")
VALUES = (
    Scope(timezone="Asia/Shanghai"),
    GateLine(gate="g", channel="c", ruling="allow"),
    StepState("s", due_at=NOW, held=("sms",)),
    pf.Enrolment(
        "j", version=1, visit=1, entered_at=NOW, stage="a", stage_at=NOW, key="k"
    ),
    pf.ContactState(pf.Contact("c"), at=NOW),
    pf.Entry("sent", at=NOW),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_made_equals_what_the_class_makes(value):
    kind = type(value)
    made = maker(kind)(*(getattr(value, field.name) for field in fields(kind)))
    assert type(made) is kind
    assert made == value
    assert repr(made) == repr(value)
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == value
    with pytest.raises(exceptions.FrozenInstanceError):
        made.stage = "another"


def test_a_part_too_few_or_too_many_is_an_error():
    make = maker(GateLine)
    for count in (0, 5, 7):
        with pytest.raises(TypeError):
            make(*range(count))


def test_what_is_the_same_in_all_is_not_taken():
    make = maker(GateLine, gate="g", reason="r")
    made = make("c", "hold", NOW, EMPTY)
    assert made == GateLine(gate="g", channel="c", ruling="hold", reason="r", until=NOW)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_changed_equals_what_evolve_gives(value):
    first, *_, last = (field.name for field in fields(type(value)))
    change = changer(type(value), last, first)
    made = change(value, getattr(value, last), getattr(value, first))
    assert type(made) is type(value)
    assert made == value
    assert made is not value


def test_a_change_of_some_fields_leaves_the_others():
    old = StepState("s", due_at=NOW, occurrence=3, held=("sms",))
    new = changer(StepState, "reason", "due_at")(old, "because", None)
    assert new == evolve(old, reason="because", due_at=None)
    assert old.due_at == NOW


@pytest.mark.parametrize(
    "write",
    [lambda: changer(StepState, "nothing"), lambda: maker(StepState, nothing=1)],
)
def test_what_is_no_field_is_refused(write):
    with pytest.raises(UnknownNameError, match="nothing"):
        write()


def test_a_class_with_more_than_its_fields_is_refused_with_a_hint():
    @frozen
    class Referred:
        x: int

    with pytest.raises(DefinitionError, match="weakref_slot=False"):
        maker(Referred)


def test_a_step_that_waits_is_what_its_class_says():
    assert waiting("s", NOW, None) == StepState("s", due_at=NOW)
    assert waiting("s", NOW, NOW) == StepState("s", due_at=NOW, since=NOW)


def test_a_touch_of_its_traits_is_the_touch():
    plan = pf.Plan(
        journeys=[
            pf.Journey(
                "j",
                stages=[
                    pf.Stage(
                        "a",
                        steps=[
                            pf.SOPStep(
                                "s",
                                pf.after("0s"),
                                pf.Message("m", kind="transactional", cost=2),
                                via=["sms"],
                            )
                        ],
                    )
                ],
            )
        ]
    )
    contact = pf.Contact("c", identities=[pf.Identity("phone", "1")])
    [sent] = pf.Engine(plan).enrol(pf.ContactState(contact), "j", now=NOW).commands
    names = [field.name for field in fields(pf.Touch) if field.init]
    whole = {name: getattr(sent.touch, name) for name in names}
    assert pf.Touch(**whole) == sent.touch
    assert pf.Touch(**whole).traits is sent.touch.traits
