"""Clauses about tags: held now, held for so long, held at some time."""

from __future__ import annotations

from typing import Literal, get_args

from attrs import frozen

from privflow.errors import ConditionTypeError, UnknownNameError
from privflow.facts import TagGroup, required_text
from privflow.timing import Instant, Span

TagTest = Literal["has", "at_least", "at_most", "any_of", "none_of"]
TagHistory = Literal["held_for", "held_since", "had_within", "ever"]
_OF_MANY = frozenset({"any_of", "none_of"})
_ORDERED = frozenset({"at_least", "at_most"})


@frozen
class Tagged:
    """The contact holds one of the labels of a tag group.

    Args:
        how: the word that was written: `"has"`, `"at_least"`, `"at_most"`, `"any_of"`
            or `"none_of"`.
        labels: as written; one for `at_least` and `at_most`.
        order: the labels of an ordered group, ascending; empty otherwise.
    """

    group: str
    how: TagTest
    labels: tuple[str, ...]
    order: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.how not in get_args(TagTest):
            what = "test of tags"
            raise UnknownNameError(what, self.how, get_args(TagTest))
        what = f"tags of {required_text('tag group', self.group)!r}"
        for label in self.labels:
            required_text("label", label)
        if not self.labels:
            raise ConditionTypeError(what, self.labels, "at least one label")
        if self.how not in _OF_MANY and len(self.labels) > 1:
            raise ConditionTypeError(what, self.labels, f"one label for {self.how}")
        self._check_order(what)

    def _check_order(self, what: str) -> None:
        if self.how in _ORDERED:
            known = TagGroup(self.group, self.order).labels if self.order else ()
            if self.labels[0] not in known:
                raise UnknownNameError(what, self.labels[0], known)
        elif self.order:
            raise ConditionTypeError(what, self.order, f"no order for {self.how}")

    @property
    def wanted(self) -> frozenset[str]:
        """The labels of which one must be held, or none for `none_of`."""
        if self.how == "at_least":
            return frozenset(self.order[self.order.index(self.labels[0]) :])
        if self.how == "at_most":
            return frozenset(self.order[: self.order.index(self.labels[0]) + 1])
        return frozenset(self.labels)


@frozen
class Held:
    """What the history of tags says about one label.

    Args:
        how: `"held_for"` so long without a break, and still now; `"held_since"` an
            instant or longer, and still now; `"had_within"` the last so much time at
            any moment; `"ever"` up to now.
        length: for `held_for` and `had_within` alone.
        since: for `held_since` alone.
    """

    group: str
    label: str
    how: TagHistory
    length: Span | None = None
    since: Instant | None = None

    def __attrs_post_init__(self) -> None:
        if self.how not in get_args(TagHistory):
            what = "test of the history of tags"
            raise UnknownNameError(what, self.how, get_args(TagHistory))
        required_text("label", self.label)
        what = f"{self.how} of tag {required_text('tag group', self.group)!r}"
        needs_length = self.how in {"held_for", "had_within"}
        if (self.length is not None) != needs_length or self.length == Span(0):
            wanted = "a length like '30d'" if needs_length else "no length"
            raise ConditionTypeError(what, self.length, wanted)
        if isinstance(self.since, Instant) != (self.how == "held_since"):
            wanted = "an instant" if self.how == "held_since" else "no instant"
            raise ConditionTypeError(what, self.since, wanted)
