"""Stages whose ways lead round in a circle at once.

Theory of operation
-------------------
1. The engine takes no way that leads round for ever: the contact stays where the circle
   begins, and the journal says so. That ends it, and is hardly what the author wants.
2. A way counts as open if its condition is YES by what is known here: the stage, the
   tags of rules that ask for stages alone, as if nobody gave them by hand, and one
   condition of the journey that is taken to hold. All else is not known, and what
   counts from the entry into the stage is not either.
3. From a stage the contact takes the first open way: behind one that is open for all,
   none is taken. A way before it that is not known to be open leads some away.
4. Where goal or exit hold by the same knowledge, nobody goes anywhere.
5. Not found is a circle of conditions that are different and true together: whether
   they can be is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from privflow.checking.finding import Finding
from privflow.checking.place import journeys_in
from privflow.conditions import (
    And,
    Condition,
    InJourney,
    Node,
    Not,
    Or,
    Surely,
    Tagged,
    clauses_of,
    happenings_of,
)
from privflow.engine import Plan
from privflow.journeys import Journey, Stage, To
from privflow.rules import TagRule

_HINT = "give one of the ways an `after`, or conditions that exclude each other"


def circles(plan: Plan) -> Iterator[Finding]:
    """The circles of stages that somebody may go round in at once."""
    moved = {r.tag.group for r in plan.tag_rules if r.when.reads.journeys}
    for path, journey in journeys_in(plan):
        told: set[frozenset[str]] = set()
        for taken in (None, *_conditions(journey, moved)):
            look = _Look(journey, plan.tag_rules, taken)
            for circle in _circles(look.steps()):
                if frozenset(circle) not in told:
                    told.add(frozenset(circle))
                    yield _finding(path, journey, circle, taken)


def _finding(
    path: str, journey: Journey, circle: Sequence[str], taken: Condition | None
) -> Finding:
    names = [stage.name for stage in journey.stages]
    ways = " → ".join((*circle, circle[0]))
    held = "" if taken is None else f" while {taken}"
    return Finding(
        "circle",
        f"{path}.stages[{names.index(circle[0])}].then",
        problem=f"{ways} may lead round at once{held}",
        hint=_HINT,
    )


def _conditions(journey: Journey, moved: set[str]) -> Iterator[Condition]:
    """The conditions of ways that mean the same in every stage.

    Args:
        moved: groups of tags that come and go with stages.
    """
    found: dict[Node, Condition] = {}
    for stage in journey.stages:
        for to in stage.then:
            when = to.when
            if when is None or _is_of_stage(when.node):
                continue
            if moved.isdisjoint(when.reads.tags):
                found.setdefault(when.node, when)
    yield from found.values()


def _is_of_stage(node: Node) -> bool:
    """Whether an answer depends on the stage, or on when it was entered."""
    clauses = tuple(clauses_of(node))
    if any(isinstance(clause, InJourney) for clause in clauses):
        return True
    return any(of.since == "stage" for c in clauses for of in happenings_of(c))


@frozen
class _Look:
    """A journey, looked at while one condition is taken to hold, if any."""

    journey: Journey
    tag_rules: Sequence[TagRule]
    taken: Condition | None

    def steps(self) -> Mapping[str, tuple[str, ...]]:
        """From each stage to those where the contact goes on at once."""
        return {stage.name: tuple(self._on(stage)) for stage in self.journey.stages}

    def _on(self, stage: Stage) -> Iterator[str]:
        for end in (self.journey.goal, self.journey.exit_when):
            if end is not None and self._answer(end.node, stage.name):
                return
        for to in stage.then:
            if self._is_open(to, stage.name):
                yield to.stage
                if to.share is None:
                    return

    def _is_open(self, to: To, stage: str) -> bool:
        if to.after is not None and to.after.us:
            return False
        return to.when is None or bool(self._answer(to.when.node, stage))

    def _answer(self, node: Node, stage: str) -> bool | None:
        """Whether a condition holds in a stage; None where that is not known."""
        if self.taken is not None and node == self.taken.node:
            return True
        match node:
            case And(parts):
                return _all([self._answer(part, stage) for part in parts])
            case Or(parts):
                answers = [self._answer(part, stage) for part in parts]
                opposite = _all([None if a is None else not a for a in answers])
                return None if opposite is None else not opposite
            case Not(part):
                answer = self._answer(part, stage)
                return None if answer is None else not answer
            case Surely(part):
                return self._answer(part, stage)
            case InJourney(journey, asked) if journey in self.journey.names:
                return not asked or asked == stage
            case Tagged() as clause:
                return self._tagged(clause, stage)
            case _:
                return None

    def _tagged(self, clause: Tagged, stage: str) -> bool | None:
        """Whether rules give the tag in this stage, where they alone decide."""
        rules = [rule for rule in self.tag_rules if rule.tag.group == clause.group]
        if not rules or any(not _asks_for_stages(rule) for rule in rules):
            return None
        given = [
            rule.tag.label for rule in rules if self._answer(rule.when.node, stage)
        ]
        if rules[0].tag.exclusive:
            given = given[:1]
        has_any = not clause.wanted.isdisjoint(given)
        return has_any is not (clause.how == "none_of")


def _asks_for_stages(rule: TagRule) -> bool:
    clauses = clauses_of(rule.when.node)
    return rule.after == "removed" and all(isinstance(c, InJourney) for c in clauses)


def _all(answers: Sequence[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _circles(steps: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from the stage of it that the journey lists first."""
    order = {name: place for place, name in enumerate(steps)}
    for first in steps:
        trail: list[tuple[str, ...]] = [(first,)]
        while trail:
            path = trail.pop()
            for stage in steps.get(path[-1], ()):
                if stage == first:
                    yield path
                elif stage not in path and order.get(stage, -1) > order[first]:
                    trail.append((*path, stage))
