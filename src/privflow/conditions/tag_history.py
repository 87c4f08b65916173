"""When the history of a contact's tags says yes to a clause about one label."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions.spell import Spell, merged
from privflow.conditions.tag_node import Held
from privflow.facts import FOREVER, TagRow, Tags


def spells_of(node: Held, rows: Iterable[TagRow]) -> list[Spell]:
    """The stretches of time in which a clause about the history is YES.

    Two holds of a label without a gap between them are one.
    """
    held = merged((since, until) for since, until, label in rows if label == node.label)
    length = 0 if node.length is None else node.length.us
    match node.how:
        case "held_for":
            return merged((since + length, until) for since, until in held)
        case "had_within":
            # The last microsecond that is held leaves the window a length later.
            return merged((since, until + length - 1) for since, until in held)
        case "ever":
            return [(since, FOREVER) for since, _ in held[:1]]
        case "held_since":
            latest = FOREVER if node.since is None else node.since.us
            return [spell for spell in held if spell[0] <= latest]


def is_held(node: Held, tags: Tags, now_us: int) -> bool:
    """Whether a clause about the history is YES: what compiled conditions call."""
    spells = spells_of(node, tags.of_group(node.group))
    return any(start <= now_us < end for start, end in spells)
