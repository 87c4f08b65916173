"""Why a condition says what it says: its tree, with facts and what would flip it."""

from __future__ import annotations

from functools import partial

from attrs import frozen
from typing_extensions import override

from privflow.conditions.change import judged
from privflow.conditions.flip import flip
from privflow.conditions.node import (
    OF_NUMBERS,
    And,
    Exists,
    Followed,
    InJourney,
    Measure,
    Node,
    Not,
    Or,
    Surely,
    Term,
    Test,
)
from privflow.conditions.operator import OPERATORS, family
from privflow.conditions.reference import anchor_of, rows_of, term_value, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.sentence import beginning, sentence, value_sentence
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Derived
from privflow.conditions.text import value_source
from privflow.conditions.truth import Truth
from privflow.conditions.wording import Language, said
from privflow.display import Drawn, Tree, render
from privflow.facts import FOREVER, is_number
from privflow.timing import Instant

_LOGIC = {And: "all_of", Or: "any", Not: "opposite", Surely: "sure"}


@frozen(kw_only=True)
class Explanation(Drawn):
    """The tree of a condition about one contact; prints as text, renders as HTML."""

    value: Truth
    stable_until: Instant | None
    tree: Tree

    @override
    def drawing(self) -> Tree:
        return self.tree

    @override
    def __str__(self) -> str:
        return render(self.tree, "text")


def explained(node: Node, facts: Facts, language: Language = "en") -> Explanation:
    """The explanation of a condition for the facts."""
    truth, until = judged(node, facts)
    stable = None if until >= FOREVER else Instant(until)
    tree = _tree(node, facts, language)
    return Explanation(value=truth, stable_until=stable, tree=tree)


def reasons_for(node: Node, facts: Facts, language: Language = "en") -> tuple[str, ...]:
    """One line for each clause that has a part in the verdict."""
    truth = truth_of(node, facts)
    match node:
        case And(parts) | Or(parts):
            decisive = [part for part in parts if truth_of(part, facts) is truth]
            return tuple(
                line for part in decisive for line in reasons_for(part, facts, language)
            )
        case Not(And() | Or() | Not() | Surely() as part) | Surely(part):
            return reasons_for(part, facts, language)
        case _:
            known = _known(node, facts, language)
            return (f"{truth}: {sentence(node, language)}{known}",)


def _tree(node: Node, facts: Facts, language: Language) -> Tree:
    truth, until = judged(node, facts)
    match node:
        case And(parts) | Or(parts):
            children = [_tree(part, facts, language) for part in parts]
        case Not(And() | Or() | Not() | Surely() as part) | Surely(part):
            children = [_tree(part, facts, language)]
        case _:
            known = _known(node, facts, language)
            change = flip(node, facts, until, language)
            label = f"{sentence(node, language)}{known}{change}"
            return Tree(label, mark=str(truth))
    return Tree(said(language, _LOGIC[type(node)]), children, mark=str(truth))


def _known(node: Node, facts: Facts, language: Language) -> str:
    """What is known about the subject of a clause, in brackets."""
    say = partial(said, language)
    match node:
        case Not(part):
            return _known(part, facts, language)
        case Test(Measure(_, of)) | Exists(of) | Followed(of) if (
            anchor_of(of, facts) is None
        ):
            return say("no_anchor", say(of.since))
        case Test():
            return _known_value(node, facts, language)
        case Tagged(group) | Held(group):
            rows = facts.subject.contact.tags.of_group(group)
            now = facts.now_us
            held = [label for since, until, label in rows if since <= now < until]
            return say("holds", ", ".join(reversed(held)) or say("none"))
        case Exists(of) | Followed(of):
            return say("found", len(rows_of(of, facts)))
        case InJourney(journey):
            stage = facts.scope.journeys.get(journey)
            return say("in_no_stage" if stage is None else "in_a_stage", stage)
        case _:
            return ""


def _known_value(test: Test, facts: Facts, language: Language) -> str:
    """The value that is compared, or why there is none that could be (C3)."""
    say = partial(said, language)
    value, term = term_value(test.term, facts), test.term
    if value is None and isinstance(term, Derived):
        return _underived(term, facts, language)
    rest = _left_out(term, facts, language)
    if value is None:
        return say("unknown", rest)
    if not OPERATORS[test.operator].accepts(family(value), test.argument):
        return say("other_type", beginning(value_source(value)))
    return say("it_is", value_sentence(value), rest)


def _underived(term: Derived, facts: Facts, language: Language) -> str:
    """Why a value has no length, no age or no anniversary."""
    value = term_value(term.of, facts)
    if value is None:
        return said(language, "unknown", "")
    if family(value) in {"date", "instant"}:
        return said(language, "too_late", value)
    return said(language, "other_type", beginning(value_source(value)))


def _left_out(term: Term, facts: Facts, language: Language) -> str:
    """How many values of events were no numbers, where only numbers count."""
    if not isinstance(term, Measure) or term.what not in OF_NUMBERS:
        return ""
    values = [row.get(term.property) for row in rows_of(term.of, facts)]
    odd = sum(value is not None and not is_number(value) for value in values)
    return said(language, "left_out", odd) if odd else ""
