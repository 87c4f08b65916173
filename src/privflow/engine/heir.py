"""Which journey of a plan a visit is one of, by whichever name (J6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from privflow.journeys import Enrolment, Journey


class Heirs:
    """The journeys of a plan, by the names that they have and had."""

    __slots__ = ("_by_name", "_names")

    def __init__(self, journeys: Iterable[Journey]) -> None:
        known = tuple(journeys)
        self._by_name: Mapping[str, Journey] = {n: j for j in known for n in j.names}
        self._names: Mapping[str, frozenset[str]] = {
            name: frozenset(j.names) for j in known if j.formerly for name in j.names
        }

    def of(self, visit: Enrolment) -> Journey | None:
        """The journey that a visit is one of now.

        Where the plan has none of its name, one that got back a name that the journey
        had when the contact went through it.
        """
        found = self._by_name.get(visit.journey)
        if found is None and visit.former.journey:
            known = map(self._by_name.get, visit.former.journey)
            return next(filter(None, known), None)
        return found

    def names_of(self, journey: str) -> Collection[str]:
        """The names that a journey has and had, by any of them."""
        return self._names.get(journey) or (journey,)

    def is_of(self, visit: Enrolment, names: Collection[str]) -> bool:
        """Whether a visit is one of the journey that has these names."""
        if visit.journey in names:
            return True
        heir = self.of(visit) if visit.former.journey else None
        return heir is not None and heir.name in names

    def names_of_visit(self, visit: Enrolment) -> Collection[str]:
        """The names of the journey of a visit, and those that only the visit knows."""
        names, had = self.names_of(visit.journey), visit.former.journey
        if not had:
            return names
        heir = self.of(visit)
        free = (name for name in had if self._by_name.get(name, heir) is heir)
        return dict.fromkeys((*names, *(() if heir is None else heir.names), *free))
