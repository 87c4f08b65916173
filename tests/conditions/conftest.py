"""Somebody to judge."""

from __future__ import annotations

import pytest

from conditions.strategies import Person
from privflow.facts import Contact, Timeline
from privflow.timing import Instant, instant


@pytest.fixture
def someone() -> tuple[Person, Instant]:
    """A person of whom nothing is known, and a now."""
    return Person(Contact("c"), Timeline()), instant("2026-10-20T01:30Z")
