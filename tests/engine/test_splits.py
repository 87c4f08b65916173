"""Splits and control groups that stay (J5)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from privflow.conditions import chosen, share_of
from privflow.engine import ContactState
from privflow.errors import DefinitionError
from privflow.facts import Contact, Event, Identity
from privflow.journeys import Journey, Reentry, SOPStep, Stage, To
from privflow.timing import after, instant
from privflow.touches import Message
from strategies.story import START, engine, happens, journey, later, person, step

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "bucketing_vectors.json").read_text("utf-8")
)
CONSENTED = instant("2026-01-01T00:00Z")


def somebody(number: int) -> ContactState:
    contact = Contact(f"c-{number}", identities=[Identity("phone", str(number))])
    return ContactState(
        contact.consenting("sms", purpose="marketing", at=CONSENTED, evidence="form")
    )


def entered_by(eng, state: ContactState, at=START):
    go = Event("go", state.contact.id, at=at)
    return eng.advance(state, go, now=at)


def split(
    name: str = "j", *, shares: tuple[float, ...] = (0.2, 0.5), **rest: object
) -> Journey:
    ways = [To(f"s{place}", share=share) for place, share in enumerate(shares)]
    ends = [
        Stage(way.stage, steps=[step(f"x-{way.stage}", after("9h"))]) for way in ways
    ]
    rest.setdefault("formerly", [])
    return journey(
        name=name,
        stages=[Stage("fork", steps=[step("y", after("8h"))], then=ways), *ends],
        **rest,
    )


def stages_of(made: Journey, people: int = 400) -> list[str]:
    eng = engine(made)
    outcomes = (entered_by(eng, somebody(n)) for n in range(people))
    return [outcome.state.enrolment(made.name).stage for outcome in outcomes]


@pytest.mark.parametrize(("seed", "value", "version", "expected"), VECTORS["hash"])
def test_places_are_those_of_the_specification(seed, value, version, expected):
    """J5: version 2 is the one that privflow uses."""
    if version == 2:
        assert share_of(seed, value) == expected
    else:
        assert expected is None or share_of(seed, value) != expected


@pytest.mark.parametrize(
    ("name", "place", "ranges", "expected"), VECTORS["chooseVariation"]
)
def test_a_place_falls_into_the_range_of_the_specification(
    name, place, ranges, expected
):
    """J5: a place belongs to the range that begins with it."""
    found = [n for n, (low, high) in enumerate(ranges) if low <= place < high]
    assert (found or [-1])[0] == expected, name


def test_ways_take_their_shares_and_the_rest_stays():
    """J5."""
    found = stages_of(split())
    assert 0.13 < found.count("s0") / 400 < 0.27
    assert 0.42 < found.count("s1") / 400 < 0.58
    assert found.count("fork") == 400 - found.count("s0") - found.count("s1")


@pytest.mark.parametrize(
    ("place", "stage"),
    [(0, "s0"), (1_999, "s0"), (2_000, "s1"), (6_999, "s1"), (7_000, "fork")],
)
def test_who_falls_on_a_border_belongs_to_the_way_that_begins_there(place, stage):
    """J5."""
    number = next(
        n for n in range(200_000) if round(share_of("j/fork", f"c-{n}") * 1e4) == place
    )
    outcome = entered_by(engine(split()), somebody(number))
    assert outcome.state.enrolment("j").stage == stage


def test_a_renamed_journey_does_not_reshuffle():
    """J5."""
    before = stages_of(split("old"))
    assert stages_of(split("new", formerly=["old"])) == before
    assert stages_of(split("new")) != before


def test_a_name_that_comes_back_does_not_reshuffle():
    """J5: the journey's own name may stand first among those that it had."""
    before = stages_of(split("old"))
    assert stages_of(split("old", formerly=["old", "new"])) == before
    assert stages_of(split("old", formerly=["new"])) != before


def test_a_larger_share_moves_only_those_next_to_it():
    """J5: shares lie side by side."""
    before, after_it = stages_of(split(shares=(0.2,))), stages_of(split(shares=(0.4,)))
    assert all(
        new == "s0" for old, new in zip(before, after_it, strict=True) if old == "s0"
    )
    assert 0 < before.count("s0") < after_it.count("s0")


def test_a_touch_has_the_variant_that_its_contact_always_gets():
    """J5: by the message and the contact, whatever the journey."""
    shares = {"A": 0.5, "B": 0.3, "C": 0.2}
    message = Message("coupon", kind="service", variants=shares)
    one = SOPStep("x", after("0s"), message, via=["sms"])
    told = {
        name: [
            entered_by(engine(journey(one, name=name)), somebody(n)).commands[0].touch
            for n in range(40)
        ]
        for name in ("j", "k")
    }
    variants = [touch.variant for touch in told["j"]]
    assert variants == [touch.variant for touch in told["k"]]
    assert variants == [chosen(shares, "coupon", f"c-{n}") for n in range(40)]
    assert set(variants) == set(shares)


def test_a_share_may_have_a_condition_and_a_time():
    """J5, J1."""
    ways = [To("a", share=1, after="2h")]
    eng = engine(
        journey(stages=[Stage("fork", then=ways), Stage("a", steps=[step("x")])])
    )
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    assert (state.enrolment("j").stage, state.wake_at) == ("fork", later("2h"))
    nobody = [To("a", share=0.0001, after="2h")]
    eng = engine(journey(stages=[Stage("fork", then=nobody), Stage("a")]))
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    assert state.wake_at is None


@pytest.mark.parametrize("share", [-0.1, 1.1, "half", True, float("nan"), 0, 0.00001])
def test_a_share_is_a_share(share):
    with pytest.raises(DefinitionError, match=r"expected a number from 0\.0001 to 1"):
        To("a", share=share)


def test_shares_do_not_exceed_the_whole():
    with pytest.raises(DefinitionError, match="share out more than 1"):
        Stage("fork", then=[To("a", share=0.5), To("b", share=0.6)])
    assert Stage("fork", then=[To("a", share=0.7), To("b", share=0.3)])


# ── Control groups ───────────────────────────────────────────────────────────


def sale(**rest: object) -> Journey:
    steps = [step("hint"), step("offer", kind="marketing"), step("z", after("9h"))]
    return journey(*steps, **rest)


def treated(eng, people: range = range(300)) -> set[int]:
    """Who is sent the offer."""
    return {
        n
        for n in people
        if any(c.touch.step == "offer" for c in entered_by(eng, somebody(n)).commands)
    }


def test_a_control_group_goes_through_without_its_marketing():
    """J5."""
    eng = engine(sale(control=1))
    outcome = entered_by(eng, somebody(1))
    assert [command.touch.step for command in outcome.commands] == ["hint"]
    assert outcome.state.enrolment("j").control
    why = eng.why(outcome.state, journey="j", step="offer", now=START)
    assert str(why.headline) == (
        "j › offer was skipped: the contact is in the control group of 1.0"
    )
    said = [(e.what, e.subject, e.reason) for e in outcome.journal]
    assert ("entered", "only", "control") in said
    assert ("skipped", "offer", "control") in said


def test_a_control_share_only_shrinks():
    """J5: a smaller share frees some and catches nobody."""
    large, small = (
        treated(engine(sale(control=0.5))),
        treated(engine(sale(control=0.2))),
    )
    assert large < small
    assert 0.4 < len(large) / 300 < 0.6
    assert 0.72 < len(small) / 300 < 0.88


def test_who_was_treated_once_is_never_in_the_control_group():
    """J5: not even if an edit raises the share."""
    reentry = Reentry.after_exit(cooldown="0s")
    before = engine(sale(reentry=reentry))
    state = entered_by(before, somebody(1)).state
    state = before.advance(state, now=later("9h")).state
    assert state.enrolment("j").ended_by == "completed"
    after_it = engine(sale(reentry=reentry, control=1))
    again = entered_by(after_it, state, later("10h"))
    assert "offer" in [command.touch.step for command in again.commands]
    newcomer = entered_by(after_it, somebody(1), later("10h"))
    assert newcomer.state.enrolment("j").control


@pytest.mark.parametrize("control", [-1, 2, "a tenth", None])
def test_a_control_share_is_a_share(control):
    with pytest.raises(DefinitionError, match="expected a number from 0 to 1"):
        sale(control=control)
