"""What an edit of a plan would do to those who are in its journeys (J6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from attrs import field, frozen
from typing_extensions import override

from privflow.display import Report, Table
from privflow.engine.editing import followed
from privflow.engine.index import Index
from privflow.engine.plan import Plan, required_plan
from privflow.engine.renaming import pairs, warnings_of_names
from privflow.engine.state import ContactState
from privflow.engine.turn import Turn
from privflow.errors import DefinitionError
from privflow.facts import several
from privflow.journeys import Enrolment, Journey, Stage, StepState
from privflow.timing import Instant

Fate = Literal["stays", "moves", "re-timed", "leaves", "stranded"]

_MEANING: dict[Fate, str] = {
    "stays": "goes on by the version they are in",
    "moves": "goes on by the new version, every step at the same time",
    "re-timed": "goes on by the new version, steps at other times",
    "leaves": "the new version has no such stage",
    "stranded": "the new plan has neither their version nor a way out of it",
}

Times = tuple[tuple[str, Instant | None, Instant | None], ...]


@frozen(kw_only=True)
class Affected:
    """One visit that an edit concerns.

    Args:
        fate: `"stays"`, `"moves"`, `"re-timed"`, `"leaves"` or `"stranded"`.
        stage: where they are, by its name in the new version.
        times: each open step of either version that is due otherwise: its name, and
            when it is due in the old version and in the new one.
    """

    contact_id: str
    journey: str
    fate: Fate
    key: str = ""
    stage: str = ""
    times: Times = ()


@frozen(kw_only=True, repr=False)
class Impact(Report):
    """Whom an edit concerns, and how (编辑影响).

    Args:
        affected: every running visit of a journey that was edited.
        repeats: steps that would be executed a second time. There are none: what was
            decided under a name stays decided. It is looked for all the same.
        warnings: what the definitions themselves say.
    """

    affected: tuple[Affected, ...] = field(converter=tuple[Affected, ...])
    repeats: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = field(default=(), converter=tuple[str, ...])

    def count(self, fate: Fate, journey: str | None = None) -> int:
        """How many visits have this fate."""
        found = (a for a in self.affected if journey in {None, a.journey})
        return sum(affected.fate == fate for affected in found)

    @override
    def table(self) -> Table:
        """How many visits of each journey have which fate."""
        journeys = dict.fromkeys(affected.journey for affected in self.affected)
        rows = [
            (journey, fate, str(self.count(fate, journey)), _MEANING[fate])
            for journey in journeys
            for fate in _MEANING
            if self.count(fate, journey)
        ]
        title = "; ".join((f"{len(self.affected)} visits concerned", *self.warnings))
        return Table(("journey", "fate", "visits", "meaning"), rows, title=title)

    @override
    def __repr__(self) -> str:
        return f"<Impact {len(self.affected)} visits, {len(self.warnings)} warnings>"


def impact(
    old: Plan, new: Plan, states: Iterable[ContactState], *, now: Instant
) -> Impact:
    """What it would do to these contacts if a plan took the place of another.

    Shape:
        Nothing is changed and nothing is sent; `states` are read once, one by one.

    Args:
        states: of the old plan; anybody who is not there is not counted.
        now: when the new plan would begin.

    Raises:
        DefinitionError: a journey was edited, and its version was not raised, or there
            is one state alone.
    """
    required_plan("impact.old", old)
    required_plan("impact.new", new)
    _check_versions(old, new)
    index = Index(new)
    affected: list[Affected] = []
    repeats: list[tuple[str, str]] = []
    for state in several("impact.states", states):
        turn = Turn(index, state, now)
        for enrolment in state.enrolments:
            if enrolment.ended_at is None and not index.versions.is_current(enrolment):
                found, again = _affected(turn, enrolment, now)
                affected.append(found)
                repeats += [(state.contact.id, step) for step in again]
    warnings = tuple(_warnings(old, new))
    return Impact(affected=affected, repeats=tuple(repeats), warnings=warnings)


def _check_versions(old: Plan, new: Plan) -> None:
    before = {(j.name, j.version): j for j in old.every_journey}
    for journey in new.every_journey:
        known = before.get((journey.name, journey.version), journey)
        if known != journey:
            what = f"journey {journey.name!r}"
            problem = f"was edited, and is version {journey.version} still"
            raise DefinitionError(what, problem, "raise its version")


def _affected(
    turn: Turn, enrolment: Enrolment, now: Instant
) -> tuple[Affected, list[str]]:
    """The fate of a visit, and the steps that it would be sent again."""
    heir = turn.index.heirs.of(enrolment)
    new: Enrolment | None = enrolment
    if heir is None or heir.in_flight != "follow":
        fate: Fate = "stays" if turn.index.versions.is_known(enrolment) else "stranded"
    else:
        new = followed(turn, enrolment, heir, now)
        fate = "leaves" if new is None else "moves"
    times = () if new is None or heir is None else _times(enrolment, new)
    found = Affected(
        contact_id=turn.contact.id,
        journey=enrolment.journey,
        fate="re-timed" if times and fate == "moves" else fate,
        key=enrolment.key,
        stage=enrolment.stage if new is None else new.stage,
        times=times,
    )
    return found, [] if new is None or heir is None else _again(enrolment, new)


def _times(old: Enrolment, new: Enrolment) -> Times:
    """The open steps that are due otherwise, by the names that they have now."""
    now_called = _names(new)
    before = {now_called.get(s.step, s.step): s.next_at for s in old.steps.open}
    after = {state.step: state.next_at for state in new.steps.open}
    names = dict.fromkeys((*before, *after))
    times = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(found for found in times if found[1] != found[2])


def _again(old: Enrolment, new: Enrolment) -> list[str]:
    """What is open now under a name that has been decided about before."""
    now_called = _names(new)
    open_now = {(s.step, s.occurrence) for s in new.steps.open}
    closed = (now_called.get(s.step, s.step) for s in _executed(old))
    return [
        name
        for state, name in zip(_executed(old), closed, strict=True)
        if (name, state.occurrence) in open_now
    ]


def _executed(enrolment: Enrolment) -> list[StepState]:
    return [state for state in enrolment.steps if state.status == "sent"]


def _names(visit: Enrolment) -> dict[str, str]:
    """Earlier name of a step to the one that it has now."""
    return {name: names[0] for names in visit.former.steps for name in names}


def _warnings(old: Plan, new: Plan) -> Iterator[str]:
    """What nobody should find out afterwards."""
    retired = {journey.name for journey in new.retired}
    for before, journey in pairs(old, new):
        if journey is not None:
            yield from _warnings_of(before, journey)
        elif before.name not in retired:
            yield (
                f"journey {before.name!r} is gone: whoever is in it stays and gets"
                " nothing"
            )
    yield from warnings_of_names(old, new)


def _warnings_of(old: Journey, new: Journey) -> Iterator[str]:
    if new.control > old.control:
        yield (
            f"control group of {new.name!r} grows from {old.control:g} to"
            f" {new.control:g}: it catches newcomers alone, and is no random share"
        )
    if new.seed != old.seed and (new.control or any(map(_has_shares, new.stages))):
        yield _shuffled(repr(new.name), old.seed, new.formerly)
    for stage in filter(_has_shares, new.stages):
        known = (s for s in old.stages if not set(s.names).isdisjoint(stage.names))
        before = next(known, stage)
        if before.origin != stage.origin:
            of = f"stage {stage.name!r} of {new.name!r}"
            yield _shuffled(of, before.origin, stage.formerly)


def _has_shares(stage: Stage) -> bool:
    return any(to.share is not None for to in stage.then)


def _shuffled(what: str, first: str, formerly: Iterable[str]) -> str:
    had = [first, *(name for name in formerly if name != first)]
    return f"splits of {what} are shuffled anew; write formerly={had!r} to keep them"
