"""The visits of journeys that a contact is on, while one call of the engine lasts."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from privflow.engine.index import Index
from privflow.journeys import Enrolment
from privflow.timing import Instant

_by_place, _by_visit = attrgetter("journey", "visit"), attrgetter("visit")


class Visits:
    """What a contact is enrolled in, and what becomes of it.

    It `has_strangers` while one goes by a version that is not entered any more.
    `outlived` are complete visits which made room for another, and when: nobody is
    reminded of them later.
    """

    __slots__ = (
        "_enrolments",
        "_is_moved",
        "_running",
        "has_strangers",
        "index",
        "outlived",
    )

    def __init__(self, index: Index, enrolments: Iterable[Enrolment]) -> None:
        self.index = index
        self.has_strangers = self._is_moved = False
        self.outlived: tuple[tuple[Enrolment, Instant], ...] = ()
        self._running: list[Enrolment] | None = None
        self._enrolments: dict[tuple[str, int], Enrolment] = {}
        for e in enrolments:
            self._enrolments[e.journey, e.visit] = e
            if (
                e.ended_at is None
                and (e.journey, e.version) not in index.versions.current
            ):
                self.has_strangers = True

    def enrolment(self, journey: str) -> Enrolment | None:
        """The latest visit of a journey, running or ended."""
        visits = self.visits(journey)
        return visits[-1] if visits else None

    def visits(self, journey: str) -> list[Enrolment]:
        """The known visits of a journey, under whichever name, in their order."""
        if not self._enrolments:
            return []
        heirs = self.index.heirs
        names, known = heirs.names_of(journey), self._enrolments.values()
        found = [
            e
            for e in known
            if e.journey in names or (e.former.journey and heirs.is_of(e, names))
        ]
        return sorted(found, key=_by_visit) if len(found) > 1 else found

    def visits_under(self, name: str) -> list[Enrolment]:
        """The visits of a journey that has this name, or that know it by it."""
        of, known = self.index.heirs.names_of_visit, self._enrolments.values()
        return sorted((e for e in known if name in of(e)), key=_by_place)

    def standing(self, enrolment: Enrolment) -> Enrolment:
        """A visit as it is by now."""
        place = enrolment.journey, enrolment.visit
        return self._enrolments.get(place, enrolment)

    def keeps(self, enrolment: Enrolment) -> bool:
        """Whether a visit is still known: a later one may have taken its place."""
        return (enrolment.journey, enrolment.visit) in self._enrolments

    def running(self) -> list[Enrolment]:
        """The visits that have not ended, of journeys that the plan knows.

        They are in the order of their names, whichever the plan lists first (E2).
        """
        found = self._running
        if found is None:
            found, known = [], self.index.versions.definitions
            self._running = found
            for one in self._enrolments.values():
                if one.ended_at is None and (one.journey, one.version) in known:
                    found.append(one)
            if len(found) > 1:
                found.sort(key=_by_place)
        return found

    def complete_visits(self) -> list[Enrolment]:
        """The visits that are complete: their last tasks may not be done yet."""
        found = (e for e in self._enrolments.values() if e.ended_by == "completed")
        return sorted(found, key=_by_place)

    def open_visits(self) -> list[Enrolment]:
        """The visits that have not ended, those of journeys that are gone included."""
        found = (e for e in self._enrolments.values() if e.ended_at is None)
        return sorted(found, key=_by_place)

    def concerned_by(self, event: str) -> bool:
        """Whether an event of this name can set anything off."""
        index = self.index
        if event in index.setting_off:
            return True
        if event in index.moved_by:
            moving = index.moving
            for visit in self.running():
                if event in moving[visit.journey, visit.version]:
                    return True
        return False

    def forget_before(self, visits: Iterable[Enrolment], at: Instant) -> None:
        """Drop those visits that nobody asks about once another one begins.

        Of those that ended, keyed ones are kept for the horizon, so that `why` answers.
        """
        for old in visits:
            ended = old.ended_at
            oldest = at.us - self.index.plan.remember.us
            if ended is not None and (not old.key or ended.us <= oldest):
                del self._enrolments[old.place]
                if old.ended_by == "completed":
                    self.outlived = (*self.outlived, (old, at))

    def keep(self, enrolment: Enrolment) -> None:
        """Put an enrolment in the place of the one before it."""
        self._enrolments[enrolment.journey, enrolment.visit] = enrolment
        self._is_moved, self._running = True, None

    def replace(self, old: Enrolment, new: Enrolment) -> None:
        """Put an enrolment in the place of one whose journey may have another name."""
        kept = self._enrolments.values()
        found = [new if e.place == old.place else e for e in kept]
        self._enrolments = {enrolment.place: enrolment for enrolment in found}
        self._is_moved, self._running = True, None

    def whereabouts(self) -> dict[str, str]:
        """The running journeys under all their names, and their stages."""
        return {
            name: enrolment.stage
            for enrolment in self.running()
            for name in self.index.heirs.names_of_visit(enrolment)
        }
