"""Which visits of a journey stay in a merge, as if it had been one person always.

Theory of operation
-------------------
1. The visits of both are gone through in the order of entry. One counts if the re-entry
   policy would have let that one person in, given those that count so far, each as it
   stood at that instant. Whom the visits of their own side alone would refuse by now
   was let in by an earlier policy, and stays.
2. So `once` and `after_exit` leave one visit, and a journey with a key one running
   visit for each key. Visits that may run at once all stay, up to `at_most`: those that
   began last would not have been let in, and do not count.
3. Two visits of one key, or of a journey where one visit runs at a time, are the same
   visit to the person: what was sent in either is not sent again in the one that stays.
4. Where both have been in a journey, every visit that stays gets a number above all of
   the older contact's, in the order of entry. So no touch to come has the id of one
   that was: ids are made of the contact's id and that number.
5. Who is in the control group, the older contact's visits say, or else their bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen

from privflow.engine.entry import refusal, same_visit
from privflow.engine.heir import Heirs
from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.facts import MergeLine, Side
from privflow.journeys import Enrolment, Journey, StepState
from privflow.timing import Instant

Place = tuple[str, int]


@frozen(kw_only=True)
class MergedVisit:
    """What a merge made of one visit of a journey.

    Args:
        journey: the journey, as the visit names it.
        visit: its number before the merge.
        of: whose visit it was.
        key: which of several it is, where the journey has a key.
        stays: whether it goes on; else it does not count.
        into: journey and number of what it is now, or of what stands in its place; None
            where nothing does.
        rule: why.
    """

    journey: str = field(kw_only=False)
    visit: int = field(kw_only=False)
    of: Side
    key: str = ""
    stays: bool
    into: Place | None
    rule: str

    def line(self) -> MergeLine:
        """The decision as a line among those of the merge."""
        name = f"{self.journey} {self.key}".strip()
        return MergeLine(what="journey", name=name, of=self.of, rule=self.rule)


@frozen
class _Own:
    """One visit, and whose it was."""

    enrolment: Enrolment
    of: Side

    @property
    def id(self) -> tuple[str, str, int]:
        return self.of, *self.enrolment.place

    @property
    def order(self) -> tuple[Instant, bool, int]:
        """By entry; of two at one instant the older contact's comes first."""
        visit = self.enrolment
        return visit.entered_at, self.of == "newer", visit.visit

    def as_of(self, at: Instant) -> Enrolment:
        """The visit as it stood at an instant."""
        ended = self.enrolment.ended_at
        has_run = ended is not None and ended > at
        return evolve(self.enrolment, ended_at=None) if has_run else self.enrolment


@frozen
class _Verdict:
    """Whether a visit counts.

    Args:
        after: the visit that stands in its place, where it does not.
    """

    own: _Own
    stays: bool
    rule: str
    after: _Own | None = None


def standings(
    older: ContactState, newer: ContactState, plan: Plan
) -> tuple[tuple[Enrolment, ...], tuple[MergedVisit, ...]]:
    """The enrolments of both that stay, and what became of each."""
    heirs = Heirs(plan.journeys)
    journeys = {journey.name: journey for journey in plan.journeys}
    groups: dict[str, list[_Own]] = {}
    for own in _all(older, newer):
        heir, name = heirs.of(own.enrolment), own.enrolment.journey
        groups.setdefault(name if heir is None else heir.name, []).append(own)
    enrolments: list[Enrolment] = []
    merged: list[MergedVisit] = []
    for name, visits in groups.items():
        gathered = _Gathered(
            journeys.get(name), sorted(visits, key=lambda own: own.order)
        )
        verdicts = gathered.verdicts()
        places = gathered.places(verdicts)
        enrolments += gathered.enrolments(verdicts, places, older.contact.id)
        merged += (_told(verdict, verdicts, places) for verdict in verdicts)
    return tuple(enrolments), tuple(merged)


def _all(older: ContactState, newer: ContactState) -> Iterator[_Own]:
    yield from (_Own(enrolment, "older") for enrolment in older.enrolments)
    yield from (_Own(enrolment, "newer") for enrolment in newer.enrolments)


def _told(
    verdict: _Verdict, verdicts: Iterable[_Verdict], places: dict[object, Place]
) -> MergedVisit:
    found = {each.own.id: each for each in verdicts}
    last = verdict
    while last.after is not None:
        last = found[last.after.id]
    visit = verdict.own.enrolment
    return MergedVisit(
        *visit.place,
        of=verdict.own.of,
        key=visit.key,
        stays=verdict.stays,
        into=places.get(last.own.id),
        rule=verdict.rule,
    )


@frozen
class _Gathered:
    """The visits of one journey that two people made, in the order of entry.

    Args:
        journey: as the plan has it; None where it is gone, and is entered once then.
    """

    journey: Journey | None
    visits: list[_Own]

    @property
    def is_shared(self) -> bool:
        """Whether both have been in it."""
        return len({own.of for own in self.visits}) > 1

    # ── Who counts ───────────────────────────────────────────────────────────

    def verdicts(self) -> list[_Verdict]:
        """What the re-entry policy says of each visit, in the order of entry."""
        if not self.is_shared:
            rule = "only they entered it"
            return [_Verdict(own, stays=True, rule=rule) for own in self.visits]
        counting: list[_Own] = []
        gone: list[_Verdict] = []
        for own in self.visits:
            refused = self._refused(own, counting)
            if refused:
                rule = f"does not count: {refused}"
                before = self._twin(own, counting)
                gone.append(_Verdict(own, stays=False, rule=rule, after=before))
                continue
            over = [one for one in counting if self._makes_room(one, own)]
            rule = "a later visit counts"
            gone += (_Verdict(one, stays=False, rule=rule, after=own) for one in over)
            counting = [one for one in counting if one not in over] + [own]
        rule = "re-entry lets them in"
        stay = [_Verdict(own, stays=True, rule=rule) for own in counting]
        return sorted([*stay, *gone], key=lambda verdict: verdict.own.order)

    def _refused(self, own: _Own, counting: list[_Own]) -> str:
        """Why the visit would not have begun; empty where it would have."""
        reason = self._refusal(own, counting)
        alone = [one for one in counting if one.of == own.of]
        return "" if reason and self._refusal(own, alone) else reason

    def _refusal(self, own: _Own, counting: list[_Own]) -> str:
        if self.journey is None:
            return "" if self._twin(own, counting) is None else "once_only"
        at, key = own.enrolment.entered_at, own.enrolment.key
        visits = [one.as_of(at) for one in counting]
        same = same_visit(self.journey, visits, key)
        if same is not None and self.journey.reentry.repeated == "refresh":
            return "already_inside"
        return refusal(self.journey, visits, same, at)

    def _makes_room(self, one: _Own, own: _Own) -> bool:
        """Whether a visit was forgotten, or ended, when another one began (J4)."""
        was = one.as_of(own.enrolment.entered_at)
        if was.ended_at is not None:
            return not was.key
        return one.of != own.of and self._are_one(one, own)

    def _twin(self, own: _Own, counting: list[_Own]) -> _Own | None:
        """The last visit that is the same one to the person."""
        found = (one for one in reversed(counting) if self._are_one(one, own))
        return next(found, None)

    def _are_one(self, one: _Own, own: _Own) -> bool:
        key, of_own = one.enrolment.key, own.enrolment.key
        runs_alone = self.journey is None or self.journey.reentry.at_most == 1
        return key == of_own and (bool(key) or runs_alone)

    # ── What they become ─────────────────────────────────────────────────────

    def places(self, verdicts: Iterable[_Verdict]) -> dict[object, Place]:
        """Journey and number of each visit that stays."""
        stay = [verdict.own for verdict in verdicts if verdict.stays]
        if not self.is_shared:
            return {own.id: own.enrolment.place for own in stay}
        mine = (own.enrolment.visit for own in self.visits if own.of == "older")
        numbers = enumerate(stay, start=max(mine) + 1)
        return {own.id: (own.enrolment.journey, number) for number, own in numbers}

    def enrolments(
        self, verdicts: Iterable[_Verdict], places: dict[object, Place], older_id: str
    ) -> Iterator[Enrolment]:
        """The visits that stay, under their new numbers."""
        for own in (verdict.own for verdict in verdicts if verdict.stays):
            steps: Iterable[StepState] = own.enrolment.steps
            if own.enrolment.ended_at is None:
                steps = self._together(own)
            yield evolve(
                own.enrolment,
                visit=places[own.id][1],
                steps=steps,
                control=self._is_control(own, older_id),
            )

    def _together(self, own: _Own) -> Iterable[StepState]:
        """The steps, without those that were sent in the other contact's visit."""
        steps: Iterable[StepState] = own.enrolment.steps
        for other in self.visits:
            if other.of != own.of and self._are_one(other, own):
                goes = other.enrolment
                steps = [_done(state, own.enrolment, goes) for state in steps]
        return steps

    def _is_control(self, own: _Own, older_id: str) -> bool:
        mine = [one.enrolment for one in self.visits if one.of == "older"]
        if own.of == "older" or self.journey is None:
            return own.enrolment.control
        return mine[-1].control if mine else self.journey.is_control(older_id)


def _done(state: StepState, stays: Enrolment, goes: Enrolment) -> StepState:
    """The step as it stands in either: what was sent in one is not sent in the other.

    A step that recurs is open in both, for its next occurrence, and stays as it is. It
    has two names where only one of the visits has met an edit.
    """
    if not state.is_open:
        return state
    name = state.step
    names = (name, *stays.former.other_names(name), *goes.former.other_names(name))
    for other in filter(None, map(goes.step, names)):
        if other.status == "sent":
            return evolve(other, step=name)
    return state
