"""Visits of journeys, given back to the two people whose they were (K1).

Theory of operation
-------------------
1. A visit that is as the merge left it goes back as it was before the merge.
2. One that has gone on since goes on with whoever began it, without the steps that only
   the other one was sent. Where that is the newer contact, its end stays with the
   survivor: nobody is sent again what they got since.
3. A visit that did not count comes back. Where another one stood in its place, and has
   gone on since, it gets a number above all others: no id of a touch is used twice.
4. One that has made room for a later visit, or whose place has, comes back ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from attrs import evolve, frozen

from privflow.engine.merging import StateMerge
from privflow.engine.standing import MergedVisit, Place
from privflow.engine.state import ContactState
from privflow.journeys import Enrolment, StepState
from privflow.timing import Instant

_ENDED_BY = "unmerged"


def parted(
    state: ContactState, record: StateMerge, *, now: Instant
) -> tuple[tuple[Enrolment, ...], tuple[Enrolment, ...]]:
    """The enrolments of the survivor, and those of the other one."""
    parting = _Parting(
        record,
        {(visit.of, visit.journey, visit.visit): visit for visit in record.visits},
        {enrolment.place: enrolment for enrolment in record.result.enrolments},
        {enrolment.place: enrolment for enrolment in state.enrolments},
        now,
    )
    return tuple(parting.of_older()), tuple(parting.of_newer())


@frozen
class _Parting:
    """A merge that is being undone.

    Args:
        fates: what the merge made of each visit.
        then: what stayed, by its place.
        current: what that is by now, with later visits.
    """

    record: StateMerge
    fates: Mapping[tuple[str, str, int], MergedVisit]
    then: Mapping[Place, Enrolment]
    current: Mapping[Place, Enrolment]
    now: Instant

    def of_newer(self) -> Iterator[Enrolment]:
        """What the other one gets back."""
        for own in self.record.newer.enrolments:
            fate = self.fates["newer", *own.place]
            current = self._standing(fate)
            if not fate.stays or self._is_untouched(fate):
                yield own
            elif current is None:
                yield self._ended(own)
            else:
                others = touch_ids(self.record.older)
                back = _with_own(current, own, others)
                yield evolve(back, visit=own.visit, control=own.control)

    def of_older(self) -> Iterator[Enrolment]:
        """What the survivor keeps and gets back, and what they have begun since."""
        others = touch_ids(self.record.newer)
        replaced: list[Place] = []
        for own in self.record.older.enrolments:
            fate = self.fates["older", *own.place]
            current = self._standing(fate)
            if self._is_untouched(fate):
                yield own
            elif fate.stays:
                yield from () if current is None else (_with_own(current, own, others),)
            elif current is None or own.ended_at is not None:
                yield self._ended(own)
            else:
                replaced.append(current.place)
                number = self._highest(own, current) + len(replaced)
                yield evolve(own, visit=number)
        yield from self._left(replaced)

    def _left(self, replaced: Collection[Place]) -> Iterator[Enrolment]:
        """Visits begun since, and the ends of those that go back to the other one."""
        stayed = {fate.into: fate for fate in self.fates.values() if fate.stays}
        for place, current in self.current.items():
            fate = stayed.get(place)
            if fate is None:
                yield current
            elif fate.of == "newer" and not self._is_untouched(fate):
                yield from () if place in replaced else (self._ended(current),)

    def _standing(self, fate: MergedVisit) -> Enrolment | None:
        """What the visit is by now, or what stands in its place."""
        return None if fate.into is None else self.current.get(fate.into)

    def _is_untouched(self, fate: MergedVisit) -> bool:
        """Whether nothing has happened to it, nor to what stands in its place."""
        if fate.into is None:
            return True
        return self.current.get(fate.into) == self.then[fate.into]

    def _highest(self, own: Enrolment, current: Enrolment) -> int:
        """The highest number of a visit of the journey, by either of its names."""
        names = {own.journey, current.journey}
        return max(visit for journey, visit in self.current if journey in names)

    def _ended(self, enrolment: Enrolment) -> Enrolment:
        """The enrolment that goes no further, where it has not ended."""
        if enrolment.ended_at is not None:
            return enrolment
        return enrolment.left(at=self.now, by=_ENDED_BY)


def touch_ids(state: ContactState) -> frozenset[str]:
    """The ids of all touches of a contact."""
    return frozenset(record.touch.id for record in state.ledger)


def _with_own(current: Enrolment, own: Enrolment, others: Collection[str]) -> Enrolment:
    """The enrolment without steps that only the other one was sent.

    One that was complete with them goes on.
    """

    def given_back(state: StepState) -> StepState:
        before = own.step(state.step)
        return before if before is not None and state.touch_id in others else state

    back = evolve(current, steps=tuple(map(given_back, current.steps)))
    goes_on = back.steps.open and own.ended_at is None
    if not goes_on or back.ended_by != "completed":
        return back
    return evolve(back, ended_at=None, ended_by="")
