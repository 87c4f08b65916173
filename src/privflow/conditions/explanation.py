"""Why a condition says what it says: its tree, with facts and what would flip it."""

from __future__ import annotations

from attrs import frozen
from typing_extensions import override

from privflow.conditions.change import judged
from privflow.conditions.node import (
    And,
    Attribute,
    Exists,
    Happening,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Property,
    Tagged,
    Test,
)
from privflow.conditions.operator import OPERATORS, family
from privflow.conditions.reference import anchor_of, rows_of, term_value, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.text import sentence, value_sentence
from privflow.conditions.truth import Truth
from privflow.display import Tree, render
from privflow.facts import FOREVER
from privflow.timing import Instant

_LOGIC = {And: "all of", Or: "any of", Not: "not"}


@frozen(kw_only=True)
class Explanation:
    """The tree of a condition about one contact; prints as text, renders as HTML."""

    value: Truth
    stable_until: Instant | None
    tree: Tree

    @override
    def __str__(self) -> str:
        return render(self.tree, "text")

    @override
    def __format__(self, spec: str) -> str:
        return render(self.tree, spec)

    def _repr_html_(self) -> str:
        return render(self.tree, "html")


def explained(node: Node, facts: Facts) -> Explanation:
    """The explanation of a condition for the facts."""
    truth, until = judged(node, facts)
    stable = None if until >= FOREVER else Instant(until)
    return Explanation(value=truth, stable_until=stable, tree=_tree(node, facts))


def reasons_for(node: Node, facts: Facts) -> tuple[str, ...]:
    """One line for each clause that has a part in the verdict."""
    truth = truth_of(node, facts)
    match node:
        case And(parts) | Or(parts):
            decisive = [part for part in parts if truth_of(part, facts) is truth]
            return tuple(line for part in decisive for line in reasons_for(part, facts))
        case Not(And() | Or() as part):
            return reasons_for(part, facts)
        case _:
            return (f"{truth}: {sentence(node)}{_known(node, facts)}",)


def _tree(node: Node, facts: Facts) -> Tree:
    truth, until = judged(node, facts)
    match node:
        case And(parts) | Or(parts):
            children = [_tree(part, facts) for part in parts]
            return Tree(_LOGIC[type(node)], children, mark=str(truth))
        case Not(And() | Or() | Not() as part):
            return Tree(_LOGIC[Not], [_tree(part, facts)], mark=str(truth))
        case _:
            label = f"{sentence(node)}{_known(node, facts)}{_flip(node, until)}"
            return Tree(label, mark=str(truth))


def _known(node: Node, facts: Facts) -> str:
    """What is known about the subject of a clause, in brackets."""
    match node:
        case Not(part):
            return _known(part, facts)
        case Test(Measure(_, of)) | Exists(of) if anchor_of(of, facts) is None:
            return f" [the {of.since} is not known here]"
        case Test(term, operator, argument):
            value = term_value(term, facts)
            if value is None:
                return " [missing]"
            if not OPERATORS[operator].accepts(family(value), argument):
                return f" [it is {value!r}: another type, so nobody can say]"
            return f" [it is {value_sentence(value)}]"
        case Tagged(group):
            rows = facts.subject.contact.tags.rows.get(group, ())
            now = facts.now_us
            held = [label for since, until, label in rows if since <= now < until]
            return f" [holds {', '.join(held) or 'none'}]"
        case Exists(of):
            return f" [{len(rows_of(of, facts))} found]"
        case _:
            return ""


def _flip(node: Node, until: int) -> str:
    """The smallest change that would flip a clause."""
    if until < FOREVER:
        return f"; time alone changes it at {Instant(until)}"
    match node:
        case Not(part):
            return _flip(part, until)
        case Test(Attribute(name)) | Missing(Attribute(name)):
            return f"; a new value of {name} would change it"
        case Test(Property(name)) | Missing(Property(name)):
            return f"; another {name} of the event would change it"
        case Test(Measure(_, Happening(name))) | Exists(Happening(name)):
            return f"; the next {name} may change it"
        case Tagged(group):
            return f"; a tag of {group} may change it"
        case _:
            return ""
