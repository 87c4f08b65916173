"""How conditions on tags are written: `tag(TIER).at_least("fond")`."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from privflow.conditions.condition import Condition
from privflow.conditions.operand import listed
from privflow.conditions.tag_node import Held, Tagged, TagHistory, TagTest
from privflow.conditions.unfinished import Unfinished
from privflow.errors import ConditionError, ConditionTypeError, UnknownNameError
from privflow.facts import Tag, TagGroup, required_text
from privflow.timing import Instant, Span, span


class TagOperand(Unfinished):
    """The tags of one group: `tag(TIER).at_least("fond")`."""

    __slots__ = ("group", "labels", "ordered")

    def __init__(self, group: str, labels: tuple[str, ...], *, ordered: bool) -> None:
        self.group, self.labels, self.ordered = group, labels, ordered

    def has(self, label: str | Tag) -> Condition:
        """The contact holds the label."""
        return Condition(Tagged(self.group, "has", (self._label(label),)))

    def any_of(self, labels: Iterable[str | Tag]) -> Condition:
        """The contact holds at least one of the labels."""
        return self._several("any_of", labels)

    def none_of(self, labels: Iterable[str | Tag]) -> Condition:
        """The contact holds none of the labels."""
        return self._several("none_of", labels)

    def at_least(self, label: str | Tag) -> Condition:
        """The contact holds the label or a higher one; an ordered group only."""
        order = self._order("at_least")
        found = (self._label(label),)
        return Condition(Tagged(self.group, "at_least", found, order))

    def at_most(self, label: str | Tag) -> Condition:
        """The contact holds the label or a lower one; an ordered group only."""
        order = self._order("at_most")
        return Condition(Tagged(self.group, "at_most", (self._label(label),), order))

    def held_for(self, label: str | Tag, length: Span | str) -> Condition:
        """The contact holds the label, and has for so long without a break."""
        return self._history("held_for", label, length=span(length))

    def held_since(self, label: str | Tag, at: Instant) -> Condition:
        """The contact holds the label, and has since then or longer."""
        return self._history("held_since", label, since=at)

    def had_within(self, label: str | Tag, length: Span | str) -> Condition:
        """The contact held the label at some time of the last so much time."""
        return self._history("had_within", label, length=span(length))

    def ever(self, label: str | Tag) -> Condition:
        """The contact holds the label, or held it at some time."""
        return self._history("ever", label)

    def _history(
        self,
        how: TagHistory,
        label: str | Tag,
        *,
        length: Span | None = None,
        since: Instant | None = None,
    ) -> Condition:
        return Condition(Held(self.group, self._label(label), how, length, since))

    def _several(self, how: TagTest, labels: Iterable[str | Tag]) -> Condition:
        found = tuple(map(self._label, listed(how, labels)))
        return Condition(Tagged(self.group, how, found))

    def _label(self, given: object) -> str:
        if isinstance(given, Tag) and given.group != self.group:
            problem = f"got a tag of another group: {given}"
            remedy = "ask tag(...) of its own group"
            raise ConditionError(repr(self), problem, remedy)
        label = required_text("label", given.label if isinstance(given, Tag) else given)
        if self.labels and label not in self.labels:
            what = f"tag of group {self.group!r}"
            raise UnknownNameError(what, label, self.labels)
        return label

    def _order(self, method: str) -> tuple[str, ...]:
        if self.ordered:
            return self.labels
        what, problem = f"{self!r}.{method}", "the group has no order"
        remedy = "declare the group with ordered=True, or use any_of([...])"
        raise ConditionError(what, problem, remedy)

    @property
    @override
    def remedy(self) -> str:
        """What to ask of them."""
        return "ask for a label: `.has('a')`, `.any_of(['a', 'b'])`"

    @override
    def __repr__(self) -> str:
        order = f", order={list(self.labels)!r}" if self.ordered else ""
        return f"tag({self.group!r}{order})"


def tag(group: TagGroup | str, *, order: Iterable[str] = ()) -> TagOperand:
    """The tags of a group, to be compared.

    Args:
        group: the group, or its name alone.
        order: the labels of an ordered group in ascending order, with a bare name.
    """
    if isinstance(group, Tag):
        remedy = f"write tag({group.group!r}).has({group.label!r})"
        raise ConditionTypeError("tag", group, "a group of tags, or its name", remedy)
    if isinstance(group, TagGroup):
        return TagOperand(group.name, group.labels, ordered=group.ordered)
    labels = tuple(required_text("label", label) for label in listed("order", order))
    if labels:
        return tag(TagGroup(group, labels, ordered=True))
    return TagOperand(required_text("tag group", group), (), ordered=False)
