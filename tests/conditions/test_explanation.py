"""An explanation says what the verdict says, of any condition (C7)."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings

from conditions.strategies import Case, cases, clauses, conditions, evenly
from privflow.conditions import Condition, Truth, clauses_of
from privflow.conditions.reference import truth_of
from privflow.display import Tree

TRUTHS = {str(truth) for truth in Truth}


def leaves(tree: Tree) -> Iterator[Tree]:
    """The labels without anything below, which are the clauses."""
    if not tree.children:
        yield tree
    for child in tree.children:
        yield from leaves(child)


@given(evenly(clauses, conditions), cases)
@settings(max_examples=200)
def test_every_condition_is_explained_in_both_languages(
    condition: Condition, case: Case
) -> None:
    """C7: the verdict and both explanations agree."""
    person, now, scope = case.person, case.now, case.scope
    verdict = condition.judge(person, now=now, scope=scope)
    for language in ("en", "zh"):
        found = condition.explain(person, now=now, scope=scope, language=language)
        assert found.value is verdict.value is truth_of(condition.node, case.facts)
        assert found.stable_until == verdict.stable_until
        assert found.tree.mark == str(verdict.value)
        assert len([*leaves(found.tree)]) == len([*clauses_of(condition.node)])
        assert {leaf.mark for leaf in leaves(found.tree)} <= TRUTHS
        for spec in ("text", "md", "html"):
            assert format(found, spec).encode()


@given(conditions, cases)
@settings(max_examples=200)
def test_every_verdict_has_its_reasons_in_both_languages(
    condition: Condition, case: Case
) -> None:
    """C7: as many, with the same truths."""
    person, now, scope = case.person, case.now, case.scope
    english, chinese = (
        condition.judge(person, now=now, scope=scope, language=language).reasons
        for language in ("en", "zh")
    )
    assert english
    marks = [line.partition(":")[0] for line in english]
    assert marks == [line.partition(":")[0] for line in chinese]
    assert set(marks) <= TRUTHS
