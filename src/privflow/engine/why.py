"""Why a step was sent, waits, or was never sent: the journal read back (E4)."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Language
from privflow.display import Report, Table
from privflow.engine.gates import facts_behind
from privflow.engine.index import Index
from privflow.engine.state import ContactState
from privflow.engine.wording import (
    decision_words,
    phrase,
    reason_sentence,
    shown_facts,
    status_words,
)
from privflow.errors import UnknownNameError
from privflow.facts import Properties
from privflow.journeys import Enrolment, GateLine, Journey, StepState
from privflow.timing import Instant


@frozen(kw_only=True)
class Why(Report):
    """The answer for one step of one journey and one contact, or for one touch.

    Args:
        decision: `"sent"`, `"waiting"`, `"deferred"`, `"skipped"`, `"expired"`,
            `"ended"`, `"unreached"`, `"not_enrolled"` or `"unknown"`.
        reason: the code behind it, where there is one.
        next_possible_at: when it may leave; None where time alone brings nothing.
        gives_up_at: when it is given up, where its gates do not open before.
        lines: what each gate said when the step was last judged.
        touch_status: how far the touch has come, where one was sent.
        timezone: in which instants are shown: the contact's, or else the plan's.
        language: of the sentences, `"en"` or `"zh"`.
        rule: what sent a touch that no journey sent.
    """

    journey: str
    step: str
    decision: str
    reason: str = ""
    next_possible_at: Instant | None = None
    gives_up_at: Instant | None = None
    lines: tuple[GateLine, ...] = field(default=(), converter=tuple[GateLine, ...])
    touch_status: str = ""
    timezone: str = "UTC"
    language: Language = "en"
    rule: str = ""

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        own = (self.rule,) if self.rule else (self.journey, self.step)
        where = " › ".join(own)  # noqa: RUF001 - an arrow for people
        because = self._reason(self.reason, facts_behind(self.reason, self.lines))
        language, status = self.language, self.touch_status
        parts = [
            f"{where} {decision_words(self.decision, language)}",
            phrase("because", language, because) if because else "",
            phrase("status", language, status_words(status, language))
            if status
            else "",
            self._shown("possible", self.next_possible_at),
            self._shown("given_up", self.gives_up_at),
        ]
        return "".join(parts)

    def _reason(self, reason: str, facts: Properties) -> str:
        return reason_sentence(reason, facts, self.timezone, self.language)

    def _shown(self, words: str, at: Instant | None) -> str:
        if at is None:
            return ""
        return phrase(words, self.language, at.isoformat(self.timezone))

    @override
    def table(self) -> Table:
        """What each gate said, as a table."""
        names = ("gate", "channel", "ruling", "reason", "until")
        columns = tuple(phrase(name, self.language) for name in names)
        return Table(columns, map(self._row, self.lines), title=self.headline)

    def _row(self, line: GateLine) -> tuple[str, ...]:
        zone, language = self.timezone, self.language
        until = "" if line.until is None else line.until.isoformat(zone)
        because = self._reason(line.reason, line.facts)
        if not because:
            because = shown_facts(line.facts, zone, language)
        return line.gate, line.channel, phrase(line.ruling, language), because, until

    @override
    def __str__(self) -> str:
        return super().__str__() if self.lines else self.headline


@frozen(kw_only=True)
class Question:
    """Who asks why, and how they want to be answered."""

    state: ContactState
    index: Index
    now: Instant
    language: Language = "en"

    @property
    def timezone(self) -> str:
        """In which instants are shown."""
        return self.state.contact.timezone or self.index.plan.timezone

    def of_step(self, journey: Journey, step: str, key: str | None) -> Why:
        """What became of a step, and why.

        Raises:
            UnknownNameError: no version of the journey has it.
        """
        names = self._names_of(journey, step)
        heirs, known = self.index.heirs, self.state.enrolments
        of_key = (visit for visit in known if key in {None, visit.key})
        visits = (visit for visit in of_key if heirs.is_of(visit, journey.names))
        enrolment = max(visits, key=lambda visit: visit.visit, default=None)
        if enrolment is None:
            return self._why(journey.name, step, "not_enrolled")
        also = enrolment.former.other_names(step)
        found = _last_of(enrolment, dict.fromkeys((step, *names, *also)))
        if found is not None:
            return self._of_state(enrolment, found)
        by = enrolment.ended_by
        return self._why(journey.name, step, "ended" if by else "unreached", reason=by)

    def of_touch(self, touch_id: str) -> Why:
        """Why a touch was sent, and how far it has come.

        Raises:
            UnknownNameError: the state knows no such touch.
        """
        record = self.state.ledger.find(touch_id)
        if record is None:
            known = [record.touch.id for record in self.state.ledger]
            raise UnknownNameError("touch", touch_id, known)
        for enrolment in self.state.enrolments:
            for step in (*enrolment.steps, *enrolment.earlier):
                if step.touch_id == touch_id:
                    return self._of_state(enrolment, step)
        touch = record.touch
        return self._why(
            touch.journey,
            touch.step,
            "sent",
            touch_status=record.status_at(self.now),
            rule="" if touch.journey else touch.source.partition(":")[2],
        )

    def _names_of(self, journey: Journey, step: str) -> tuple[str, ...]:
        """The names of a step now, or in whichever version has it.

        Raises:
            UnknownNameError: none has.
        """
        versions = self.index.plan.every_journey
        of_name = (j for j in versions if j.name in journey.names)
        parts = [
            (j, s.names) for j in of_name for stage in j.stages for s in stage.steps
        ]
        named = [(j, names) for j, names in parts if step in names]
        if not named:
            known = dict.fromkeys(name for _, names in parts for name in names)
            what = f"step of journey {journey.name!r}"
            raise UnknownNameError(what, step, known)
        current = self.index.versions.current
        now = [names for j, names in named if (j.name, j.version) in current]
        return tuple(chain.from_iterable(now or [names for _, names in named]))

    def _of_state(self, enrolment: Enrolment, step: StepState) -> Why:
        is_past = step not in enrolment.steps
        decision, reason = step.status, step.reason
        place = (enrolment.journey, enrolment.version)
        if step.is_open and (enrolment.ended_at is not None or is_past):
            decision = "ended" if enrolment.ended_at is not None else "skipped"
            reason = enrolment.ended_by or "stage_left"
        elif step.is_open and not self._has(place, enrolment.stage, step.step):
            decision, reason = "unknown", ""
        law, lines = self.index.plan.law, step.lines
        coming = step.next_at if decision in {"waiting", "deferred"} else None
        stopped = law.restriction(self.state.contact, now=self.now)
        if coming is not None and stopped is not None:
            coming, reason, lines = None, "restricted", (*lines, stopped)
        gives_up = decision == "deferred" and step.opens_at is None
        coming = None if coming is None else max(coming, self.now)
        record = self.state.ledger.find(step.touch_id) if step.touch_id else None
        return self._why(
            enrolment.journey,
            step.step,
            decision,
            reason=reason,
            next_possible_at=None if gives_up else coming,
            gives_up_at=coming if gives_up else None,
            lines=lines,
            touch_status=record.status_at(self.now) if record else "",
        )

    def _has(self, place: tuple[str, int], stage: str, step: str) -> bool:
        """Whether the plan has a step, where the contact is."""
        course = self.index.versions.courses.get(place)
        leg = None if course is None else course.legs.get(stage)
        return leg is not None and step in leg.errands

    def _why(self, journey: str, step: str, decision: str, **rest: object) -> Why:
        return Why(
            journey=journey,
            step=step,
            decision=decision,
            timezone=self.timezone,
            language=self.language,
            **rest,  # type: ignore[arg-type]  # fields of Why, each from a call above
        )


def _last_of(visit: Enrolment, names: Collection[str]) -> StepState | None:
    """What became of a step last: in this stage, or in an earlier one."""
    here = map(visit.steps.find, names)
    past = (state for state in reversed(visit.earlier) if state.step in names)
    return next(chain(filter(None, here), past), None)
