"""What an edit loses of names, or mixes up (J6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from privflow.engine.plan import Plan
from privflow.journeys import Journey

Names = tuple[str, ...]


def pairs(old: Plan, new: Plan) -> Iterator[tuple[Journey, Journey | None]]:
    """Each journey of a plan, and what it is in the other one."""
    heirs = {name: journey for journey in new.journeys for name in journey.names}
    for journey in old.journeys:
        found = filter(None, map(heirs.get, journey.names))
        yield journey, next(found, None)


def warnings_of_names(old: Plan, new: Plan) -> Iterator[str]:
    """What a plan says otherwise about former names than the one before it."""
    before = [journey.names for journey in old.journeys]
    yield from _warnings("journey", before, [journey.names for journey in new.journeys])
    for was, journey in pairs(old, new):
        if journey is not None:
            of = f" of {journey.name!r}"
            yield from _warnings("stage", _stages(was), _stages(journey), of)
            yield from _warnings("step", _steps(was), _steps(journey), of)


def _stages(journey: Journey) -> list[Names]:
    return [stage.names for stage in journey.stages]


def _steps(journey: Journey) -> list[Names]:
    return [step.names for stage in journey.stages for step in stage.steps]


def _warnings(
    kind: str, before: Iterable[Names], after: Iterable[Names], of: str = ""
) -> Iterator[str]:
    owners = {name: names for names in after for name in names}
    for names in before:
        heir = next(filter(None, map(owners.get, names)), None)
        if heir is None:
            continue
        lost = [name for name in names if name not in owners]
        if lost:
            known = dict.fromkeys((*names[1:], names[0], *heir[1:]))
            had = [name for name in known if name in {*heir[1:], *lost}]
            yield (
                f"{kind} {heir[0]!r}{of} does not say any more that it was"
                f" {lost[0]!r}; write formerly={had!r} while anybody knows it as that"
            )
        for name in names:
            other = owners.get(name, heir)
            if other is not heir:
                yield (
                    f"{kind} {other[0]!r}{of} takes the name {name!r} from"
                    f" {heir[0]!r}: whoever met that one under it counts as having met"
                    " this one; give it a new name"
                )
