"""Coming into a segment or leaving it can set a journey off (J1a)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from privflow.conditions import Crossing, entered, left
from privflow.errors import DefinitionError


def test_a_crossing_names_the_segment_and_the_direction():
    """J1a."""
    vip = SimpleNamespace(name="vip")
    assert entered(vip) == entered("vip") == Crossing("vip", into=True)
    assert left(vip) == Crossing("vip", into=False)
    assert repr(entered("vip")) == "entered('vip')"
    assert repr(left("vip")) == "left('vip')"


def test_a_crossing_without_a_name_is_refused():
    with pytest.raises(DefinitionError, match="non-empty text"):
        entered("")
