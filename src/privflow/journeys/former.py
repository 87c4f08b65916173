"""The names that a journey and its parts had, as a visit remembers them.

Theory of operation
-------------------
1. Who renames a part writes `formerly`, and may leave it out of a later version. So a
   visit keeps what each version that it went by has said, for as long as it lives.
2. A part of a new version is the one of a remembered name if no part of that version
   has, or had, the name by which the visit knew it last: it got an old name back.
3. What a version calls one of its parts belongs to that part from then on, and to no
   other that had the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

Names = tuple[str, ...]


def _groups_of(given: Iterable[Iterable[str]]) -> tuple[Names, ...]:
    return tuple(map(tuple, given))


@frozen(kw_only=True)
class Former:
    """The names that a journey and its parts had, as a visit knows them (曾用名).

    Args:
        journey: names of the journey that it does not have any more.
        stages: of each stage that was renamed its name, and those that it had.
        steps: the same of the steps.

    >>> Former(steps=[("hi", "hello")]).of_step(("hi",))
    ('hi', 'hello')
    """

    journey: Names = field(default=(), converter=tuple[str, ...])
    stages: tuple[Names, ...] = field(default=(), converter=_groups_of)
    steps: tuple[Names, ...] = field(default=(), converter=_groups_of)

    def of_stage(self, names: Names) -> Names:
        """The names of a stage, and behind them those that are remembered."""
        return _with(self.stages, names)

    def of_step(self, names: Names) -> Names:
        """The names of a step, and behind them those that are remembered."""
        return _with(self.steps, names)

    def other_names(self, step: str) -> Names:
        """The names that a step has and had, by any of them."""
        return next((group for group in self.steps if step in group), ())


NOTHING_FORMER = Former()


def remembered(
    before: Former,
    journey: Names,
    stages: Iterable[Names],
    steps: Iterable[Names],
) -> Former:
    """What a visit remembers once it goes by a version of its journey.

    Args:
        journey: the names of the journey in that version, its own first, and the one
            by which the visit knew it.
        stages: the names of each stage.
        steps: the names of each step.
    """
    had = dict.fromkeys((*journey[1:], *before.journey))
    had.pop(journey[0], None)
    found = Former(
        journey=had,
        stages=_grown(before.stages, tuple(stages)),
        steps=_grown(before.steps, tuple(steps)),
    )
    return NOTHING_FORMER if found == NOTHING_FORMER else found


def _with(groups: tuple[Names, ...], names: Names) -> Names:
    for group in groups:
        if group[0] == names[0]:
            return tuple(dict.fromkeys((*names, *group)))
    return names


def _grown(groups: tuple[Names, ...], parts: tuple[Names, ...]) -> Iterator[Names]:
    """The groups after a version with these parts; those of parts that are gone last.

    A group stands under the name that its part had last.
    """
    owners = {name: names[0] for names in reversed(parts) for name in names}
    heirs: dict[str, list[Names]] = {}
    gone = []
    for group in groups:
        owner = owners.get(group[0]) or next(filter(None, map(owners.get, group)), "")
        if owner:
            heirs.setdefault(owner, []).append(group)
        else:
            gone.append(group)
    for names in parts:
        called = dict.fromkeys(names)
        for group in heirs.get(names[0], ()):
            called.update(dict.fromkeys(n for n in group if n not in owners))
        if len(called) > 1:
            yield tuple(called)
    yield from gone
