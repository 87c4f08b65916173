"""The life of a step is one table: the code goes by it, and the docs draw it."""

from __future__ import annotations

from pathlib import Path

import pytest

from privflow.errors import ProtocolError
from privflow.journeys import STEP_LIFE, StepState, drawn_life
from strategies.story import START, later

STATES = ("waiting", "deferred", "sent", "skipped", "expired")
PAGE = Path(__file__).parents[2] / "docs" / "journeys.md"


def changed(old: str, new: str) -> StepState:
    state = StepState("x", due_at=START, status=old)
    if new == "deferred":
        again = later("1h")
        return state.deferred("full", at=START, again_at=again, opens_at=None, lines=())
    return state.closed(new, at=START)


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES[1:])
def test_a_step_changes_as_the_table_says_and_not_otherwise(old, new):
    """J2."""
    if (old, new) in STEP_LIFE:
        assert changed(old, new).status == new
    else:
        with pytest.raises(ProtocolError, match=f"is '{old}', and cannot become"):
            changed(old, new)


def test_what_is_final_leads_nowhere():
    """J2: what was sent comes back only if it was not sent after all."""
    assert {old for old, _ in STEP_LIFE} == {"waiting", "deferred", "sent"}
    assert all("held" in STEP_LIFE["sent", new] for new in _after("sent"))


def _after(old: str) -> list[str]:
    return [new for before, new in STEP_LIFE if before == old]


def test_the_drawing_in_the_docs_is_that_of_the_table():
    assert format(drawn_life(), "mermaid").strip() in PAGE.read_text("utf-8")
