"""What a visit remembers of the names that its journey had (J6)."""

from __future__ import annotations

import pytest

from privflow.journeys import Former, Journey, Stage
from strategies.story import journey, step


def version(*steps: tuple[str, ...], name: str = "j", **rest: object) -> Journey:
    """A journey with steps of these names, the present one of each first."""
    return journey(*(step(own, formerly=had) for own, *had in steps), name=name, **rest)


def through(*versions: Journey) -> Former:
    """What a visit remembers that began in the first and followed to the last."""
    former, called = versions[0].former, versions[0].name
    for later in versions[1:]:
        former, called = later.remembered(former, called), later.name
    return former


@pytest.mark.parametrize(
    ("versions", "steps"),
    [
        ([version(("a",))], ()),
        ([version(("a",)), version(("b", "a"))], (("b", "a"),)),
        ([version(("b", "a")), version(("a",))], (("a", "b"),)),
        ([version(("b", "a")), version(("c", "b"))], (("c", "b", "a"),)),
        (
            [version(("b", "a")), version(("c", "b")), version(("a",))],
            (("a", "c", "b"),),
        ),
        ([version(("b", "a")), version(("x",))], (("b", "a"),)),
        ([version(("b", "a")), version(("x",)), version(("a",))], (("a", "b"),)),
        ([version(("b", "a")), version(("a",), ("b",))], ()),
        ([version(("c", "b", "a")), version(("a",), ("b",))], (("b", "c"),)),
        ([version(("b", "a")), version(("c", "b"), ("a",))], (("c", "b"),)),
    ],
)
def test_a_part_is_known_by_the_names_that_no_other_part_has(versions, steps):
    """J6."""
    assert through(*versions).steps == steps


def test_what_got_an_old_name_back_is_the_same_part():
    """J6."""
    former = through(version(("b", "a")), version(("a",)))
    assert former.of_step(("a",)) == ("a", "b")
    assert former.of_step(("b",)) == ("b",)


def test_stages_are_remembered_like_steps_and_apart_from_them():
    """J6."""
    renamed = journey(stages=[Stage("a", steps=[step("a")], formerly=["s"])])
    back = journey(stages=[Stage("s", steps=[step("a")])])
    former = through(renamed, back)
    assert (former.stages, former.steps) == ((("s", "a"),), ())
    assert back.stage_once("a") is None
    assert back.stage_once("a", former) is back.stages[0]


def test_the_names_of_a_journey_are_remembered_except_its_own():
    """J6."""
    old, new = version(("a",), name="old"), version(("a",), name="new")
    assert through(old, new).journey == ("old",)
    assert through(old, new, old).journey == ("new",)


def test_whoever_saw_no_name_change_remembers_nothing_of_their_own():
    former = through(version(("a",)), version(("a",), ("b",)))
    assert former is version(("c",)).former
