"""The version of a journey that a visit goes by (J6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privflow.engine.course import Course
from privflow.engine.heir import Heirs
from privflow.journeys import Enrolment, Journey

Version = tuple[str, int]
"""The name of a journey, and its number."""


class Versions:
    """The journeys of a plan, and earlier ones by which visits still go.

    All are in `definitions`, and in `courses` as the engine walks them; those that new
    visits go by are `current`.
    """

    __slots__ = ("_heirs", "courses", "current", "definitions")

    def __init__(
        self, journeys: Iterable[Journey], retired: Iterable[Journey], heirs: Heirs
    ) -> None:
        new = {(journey.name, journey.version): journey for journey in journeys}
        old = {(journey.name, journey.version): journey for journey in retired}
        self.definitions: Mapping[Version, Journey] = {**old, **new}
        self.courses: Mapping[Version, Course] = {
            version: Course(journey) for version, journey in self.definitions.items()
        }
        self.current = frozenset(new)
        self._heirs = heirs

    def is_current(self, visit: Enrolment) -> bool:
        """Whether a visit goes by the version that is entered now."""
        return (visit.journey, visit.version) in self.current

    def is_known(self, visit: Enrolment) -> bool:
        """Whether the plan has the journey of a visit, in its version."""
        return (visit.journey, visit.version) in self.definitions

    def of(self, visit: Enrolment) -> Journey:
        """The journey of a visit that is known, in the version that it goes by."""
        return self.definitions[visit.journey, visit.version]

    def last_of(self, visit: Enrolment) -> Journey | None:
        """The same, or what has become of the journey; None where it is gone."""
        own = self.definitions.get((visit.journey, visit.version))
        return own or self._heirs.of(visit)
