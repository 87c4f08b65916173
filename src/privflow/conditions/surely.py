"""What closing the world over a condition means for its parts."""

from __future__ import annotations

from privflow.conditions.node import (
    ALWAYS_THERE,
    And,
    Exists,
    Followed,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Test,
)
from privflow.conditions.operator import NEGATED, family
from privflow.conditions.tag_node import Held, Tagged


def pushed_down(part: Node) -> Node | None:
    """An equal of `Surely(part)` that closes the world over smaller parts.

    None where the part is a clause or the opposite of one: nothing is smaller.
    """
    match part:
        case And(parts):
            return And(tuple(map(Surely, parts)))
        case Or(parts):
            return Or(tuple(map(Surely, parts)))
        case Surely():
            return part
        case Not(Not(inner)):
            return Surely(inner)
        case Not(Surely()):
            return part
        case Not(And(parts)):
            return Or(tuple(Surely(Not(one)) for one in parts))
        case Not(Or(parts)):
            return And(tuple(Surely(Not(one)) for one in parts))
        case Not(clause) | clause if is_decided(clause):
            return part
        case _:
            return None


def is_decided(node: Node) -> bool:
    """Whether a clause is YES or NO of everybody, always."""
    match node:
        case Missing() | Tagged() | Held() | InJourney() | Member():
            return True
        case Exists(of) | Followed(of):
            return not of.since
        case Test(Measure(what, of), operator, argument):
            is_number = operator in NEGATED and family(argument) == "number"
            return is_number and not of.since and what in ALWAYS_THERE
        case _:
            return False
