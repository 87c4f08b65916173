"""What a condition says about one contact at an instant."""

from __future__ import annotations

from operator import attrgetter
from typing import cast

from typing_extensions import override

from privflow.conditions.explanation import reasons_for
from privflow.conditions.node import Node
from privflow.conditions.scope import Facts, Scope, Subject
from privflow.conditions.truth import Truth
from privflow.conditions.wording import Language, said
from privflow.display import Drawn, Tree, render
from privflow.errors import NotABooleanError
from privflow.facts import FOREVER
from privflow.timing import Instant

Reasons = tuple[str, ...]


class Verdict(Drawn):
    """What a condition says of a contact at an instant; immutable, equal by value.

    `str` and `format(verdict, "text" | "md" | "html")` list the reasons.
    The compiled `Condition.judge` fills the slots itself, no more than it must: a slot
    left empty means English, or never. The reasons are made when they are first read:
    most verdicts are never asked why.

    Shape:
        `judge` makes it, and `of` from the parts that a document holds.
    """

    __slots__ = (
        "_language",
        "_node",
        "_now",
        "_reasons",
        "_scope",
        "_state",
        "_until",
        "_value",
    )
    _language: Language
    _node: Node
    _now: Instant
    _reasons: Reasons
    _scope: Scope
    _state: Subject
    _until: int
    _value: Truth

    # No `__init__`: without one, a verdict is made in two thirds of the time.
    @classmethod
    def of(
        cls,
        value: Truth,
        stable_until: Instant | None = None,
        reasons: Reasons = (),
        language: Language = "en",
    ) -> Verdict:
        """A verdict from its parts.

        Args:
            stable_until: time alone changes nothing before it; None means never (C7).
            reasons: one line for each clause that decided it.
        """
        verdict = cls()
        verdict._value, verdict._reasons, verdict._language = value, reasons, language
        if stable_until is not None:
            verdict._until = stable_until.us
        return verdict

    # Read of every verdict: a getter in C takes a third of the time of one in Python.
    value: Truth = cast(
        "Truth", property(attrgetter("_value"), doc="YES, NO or UNKNOWN.")
    )

    @property
    def stable_until(self) -> Instant | None:
        """Time alone changes nothing before it; None means never."""
        until = getattr(self, "_until", FOREVER)
        return None if until >= FOREVER else Instant(until)

    @property
    def language(self) -> Language:
        """Of the reasons: `"en"` or `"zh"`."""
        return getattr(self, "_language", "en")

    @property
    def reasons(self) -> Reasons:
        """One line for each clause that decided it."""
        try:
            return self._reasons
        except AttributeError:
            facts = Facts.at(self._state, self._now, self._scope)
            self._reasons = reasons_for(self._node, facts, self.language)
            return self._reasons

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict):
            return NotImplemented
        mine = (self.value, self.stable_until, self.reasons)
        return mine == (other.value, other.stable_until, other.reasons)

    @override
    def __hash__(self) -> int:
        return hash((self.value, self.stable_until))

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Verdict.of, (self.value, self.stable_until, self.reasons, self.language)

    def __bool__(self) -> bool:
        what = "Verdict"
        raise NotABooleanError(what, "compare its value: `v.value is Truth.YES`")

    @override
    def __repr__(self) -> str:
        return f"<Verdict {self.value} until {self.stable_until}>"

    @override
    def __str__(self) -> str:
        lines = [f"{self.value}{self._lasting()}", *self.reasons]
        return "\n".join(render(Tree(line), "text") for line in lines)

    @override
    def drawing(self) -> Tree:
        head = f"{self.value}{self._lasting()}"
        return Tree(head, list(map(Tree, self.reasons)))

    @override
    def __format__(self, spec: str) -> str:
        return str(self) if spec == "text" else super().__format__(spec)

    def _lasting(self) -> str:
        until = self.stable_until
        return "" if until is None else said(self.language, "lasting", until)
