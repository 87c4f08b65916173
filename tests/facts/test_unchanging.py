"""What values that are kept in columns share."""

from __future__ import annotations

import copy

import pytest

import privflow as pf
from privflow.engine import Seen
from privflow.journeys import StepState, Track
from privflow.touches import Ledger

NOW = pf.instant("2026-10-20T09:30+08:00")
VALUES = [Ledger(), Track([StepState("hello", due_at=NOW)]), Seen([("a", NOW)])]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_who_changes_one_is_told_what_makes_a_new_one(value):
    before = hash(value)
    for name in ("open", "another"):
        with pytest.raises(AttributeError, match=r"never changes: \w+\(\)"):
            setattr(value, name, ())
        with pytest.raises(AttributeError, match="never changes"):
            delattr(value, name)
    assert hash(value) == before
    assert not hasattr(value, "__dict__")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_copy_of_one_is_itself(value):
    assert copy.copy(value) is copy.deepcopy(value) is value
