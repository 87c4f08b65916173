"""Tags that people have while a condition holds of them (K3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from attrs import field, frozen

from privflow.conditions import Condition, required_condition
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import Tag, required_tag, required_text

Afterwards = Literal["removed", "kept"]


@frozen(kw_only=True)
class TagRule:
    """A tag for as long as a condition holds (规则标签).

    It is judged whenever something happens that it looks at, and at the very instant
    at which time alone changes the answer. Where it begins to hold, the tag comes;
    where it ends, the tag goes, unless somebody else had given it before. What staff
    change by hand in between stays as they left it.

    Of an exclusive group, the first rule in the plan that holds decides on the label.

    Args:
        when: the condition; unknown is not enough.
        after: what becomes of the tag when the condition no longer holds: `"removed"`,
            or `"kept"`, so that it holds for ever once it did.

    Raises:
        DefinitionError: the tag or the condition is none, or `after` is another word.
    """

    name: str = field(kw_only=False)
    when: Condition
    tag: Tag
    after: Afterwards = "removed"

    def __attrs_post_init__(self) -> None:
        required_text("TagRule.name", self.name)
        required_condition(f"condition of tag rule {self.name!r}", self.when)
        required_tag(f"tag of tag rule {self.name!r}", self.tag)
        if self.after not in get_args(Afterwards):
            raise UnknownNameError("TagRule.after", self.after, get_args(Afterwards))
        if self.when.reads.properties:
            problem = f"tag rule {self.name!r} asks about an event at hand"
            remedy = "ask with event('...').where(...), or write a Rule"
            raise DefinitionError("TagRule.when", problem, remedy)

    @property
    def source(self) -> str:
        """How the history of tags calls it."""
        return f"rule:{self.name}"


def decided_tags(rules: Iterable[TagRule], holding: Iterable[str]) -> dict[Tag, str]:
    """The tags that the rules that hold decide on, each with the source of its rule.

    Of an exclusive group, the first rule that holds decides.
    """
    names = frozenset(holding)
    tags: dict[Tag, str] = {}
    taken: set[str] = set()
    for rule in rules:
        if rule.name not in names or rule.tag.group in taken:
            continue
        tags.setdefault(rule.tag, rule.source)
        if rule.tag.exclusive:
            taken.add(rule.tag.group)
    return tags
