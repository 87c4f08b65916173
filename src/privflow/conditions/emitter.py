"""The source of one function while it is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from privflow.conditions.node import Happening, Measure, Node, Test, clauses_of
from privflow.conditions.reading import reads_of
from privflow.conditions.window import recent_of
from privflow.facts import FOREVER
from privflow.timing import Rolling, Window

_FIRST = {
    "contact": "contact = state.contact",
    "timeline": "timeline = state.timeline",
    "attributes": "attributes = contact.attributes",
}
"""What a function fetches at its beginning, if it needs it at all."""

_PRELUDE = {
    "us": "us = now.us",
    "p": "p = EMPTY if scope.event is None else scope.event",
    "end": "end = us + 1",
    "entry": "entry = None if scope.entered_at is None else scope.entered_at.us + 1",
    "stage": "stage = None if scope.stage_at is None else scope.stage_at.us + 1",
    "zone": "zone = contact.timezone or scope.timezone",
}
_NEEDS = {"end": "us", "zone": "contact"}
_MOST_DIGITS = 1 << 63


def literal_set(texts: Iterable[str]) -> str:
    """Source of a set of texts, which Python keeps as a constant after `in`."""
    return "{" + ", ".join(map(repr, sorted(set(texts)))) + "}"


class Emitter:
    """The source of one function while it is being written.

    Args:
        slowly: what the function asks where a value has an unexpected type.
        node: all that it asks.

    Attributes:
        fetches: whether what is looked up now will be asked about again.
    """

    def __init__(self, slowly: Callable[..., object], node: Node) -> None:
        self.constants: dict[str, object] = {"slowly": slowly}
        self.prelude: dict[str, str] = {}
        self._first: set[str] = set()
        self._windows: list[tuple[Window, str]] = []
        self.wheres: dict[str, Node] = {}
        self._rows: dict[tuple[str, Node | None], str] = {}
        self._stretches: dict[Measure, str] = {}
        self._held: dict[tuple[str, frozenset[str]], str] = {}
        self._taken: set[str] = set()
        self._looked_up: dict[str, str] = {}
        self.fetches = False
        self._reads = reads_of(node)
        self._variables = 0
        self._siblings = {
            clause.term.of: clause.term
            for clause in clauses_of(node)
            if isinstance(clause, Test)
            and isinstance(clause.term, Measure)
            and self.is_kept(clause.term)
        }

    def constant(self, value: object) -> str:
        """Source of a value: itself where that is short, else a name for it."""
        kind = value.__class__
        if kind in {str, float} or (
            kind is int and abs(cast("int", value)) < _MOST_DIGITS
        ):
            return repr(value)
        return self.named(value)

    def named(self, value: object) -> str:
        """The name under which the function finds a value."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def local(self, name: str) -> str:
        """A local variable, computed once per call."""
        if name in _NEEDS:
            self.local(_NEEDS[name])
        if name in _FIRST:
            self._first.add(name)
        else:
            self.prelude.setdefault(name, _PRELUDE[name])
        return name

    def first(self) -> list[str]:
        """The lines with which the function begins."""
        if self._first == {"attributes"}:
            return ["attributes = state.contact.attributes"]
        needed = self._first | ({"contact"} if "attributes" in self._first else set())
        return [line for name, line in _FIRST.items() if name in needed]

    def tagged(self) -> str:
        """The name of the tags, present and past."""
        self._fetch_history()
        return "tagged"

    def newest(self, group: str, ends: str) -> str:
        """The line that takes apart what a tag group holds: its newest row first.

        Args:
            ends: the name of the end of a row.
        """
        self._fetch_history()
        return f"since, {ends}, label, older = tags.get({group!r}, NO_ROWS)"

    def _fetch_history(self) -> None:
        """Fetch tags and events together: memory is waited for once for both."""
        lines: list[str] = []
        if self._reads.tags:
            lines.append(f"tagged = {self.local('contact')}.tags")
        if self._reads.events:
            lines.append(f"series = {self.local('timeline')}.series")
        if self._reads.tags:
            lines.append("tags = tagged.rows")
        self.prelude.setdefault("history", "\n".join(lines))

    def variable(self) -> str:
        """A fresh name for a value that is looked at twice."""
        self._variables += 1
        return f"v{self._variables}"

    def lookup(self, source: str) -> str:
        """Source of what is looked up: a name for it, where it is asked about again."""
        if self.fetches and source not in self._looked_up:
            self._looked_up[source] = name = self.variable()
            self.prelude[name] = f"{name} = {source}"
        return self._looked_up.get(source, source)

    def noted(self, source: str) -> tuple[str, str]:
        """Source of a value that is looked at twice: for the first time, and again."""
        if source.isidentifier():
            return source, source
        name = self.variable()
        return f"({name} := {source})", name

    def taken(self) -> list[str]:
        """The lines of the prelude that no one has taken yet."""
        fresh = [text for name, text in self.prelude.items() if name not in self._taken]
        self._taken.update(self.prelude)
        return [line for text in fresh for line in text.split("\n")]

    def bounds(self, of: Happening) -> tuple[str, str]:
        """Source of the start and the end of what counts."""
        start, end = self._window(of.window)
        starts = [start] if of.window else []
        if of.since:
            starts.append(self.local(of.since))
        if of.start is not None:
            starts.append(repr(of.start.us))
        if of.end is not None:
            end = f"min({end}, {of.end.us})"
        return (f"max({', '.join(starts)})" if starts[1:] else (*starts, start)[0]), end

    def edges(self, window: Window) -> tuple[str, str]:
        """The names of the start and the end of a window."""
        name = self._named(window)
        return f"{name}a", f"{name}b"

    def known(self, of: Happening) -> str:
        """Source of what must be known first, with an `and`; empty for nothing."""
        return f"{self.local(of.since)} is not None and " if of.since else ""

    def _window(self, window: Window | None) -> tuple[str, str]:
        end = self.local("end")
        if window is None:
            return f"{-FOREVER}", end
        if isinstance(window, Rolling):
            return f"us - {window.span.us - 1}", end
        start, until = self.edges(window)
        return start, f"min({until}, {end})"

    def rows(self, of: Happening) -> str:
        """The name of the series of the events that are meant."""
        known = (of.name, of.where)
        if known not in self._rows:
            self._rows[known] = name = f"a{len(self._rows)}"
            chosen = "" if of.where is None else f".chosen({self._choice(of.where)})"
            self._fetch_history()
            found = f"series.get({of.name!r}, NOTHING){chosen}"
            self.prelude[name] = f"{name} = {found}"
        return self._rows[known]

    def _choice(self, where: Node) -> str:
        for name, known in self.wheres.items():
            if known == where:
                return name
        name = f"e{len(self.wheres)}"
        self.wheres[name] = where
        return name

    def is_kept(self, term: Measure) -> bool:
        """Whether a series keeps the value, as long as time does not change it."""
        return term.of.is_recent and term.what not in {"count", "days_with"}

    def sibling(self, of: Happening) -> Measure | None:
        """A kept value that is made of the very same events."""
        return self._siblings.get(of)

    def stretch(self, term: Measure) -> tuple[str, str]:
        """The names of a series, and of its last so much time with a value."""
        rows, us = self.rows(term.of), self.local("us")
        if term not in self._stretches:
            self._stretches[term] = name = f"c{len(self._stretches)}"
            asked = self.named(recent_of(term))
            self.prelude[name] = (
                f"{name} = {rows}.last\n"
                f"if {name}[5] is not {asked}:\n"
                f"    {name} = {rows}.kept.get({asked}, OVER)\n"
                f"if not {name}[0] <= {us} < {name}[1]:\n"
                f"    {name} = {rows}.keep({asked}, {us})"
            )
        return rows, self._stretches[term]

    def held(self, group: str, labels: frozenset[str]) -> str:
        """The name of whether one of the labels is held, looked up once per call."""
        known = (group, labels)
        if known not in self._held:
            self._held[known] = name = f"h{len(self._held)}"
            us, wanted = self.local("us"), literal_set(labels)
            is_held = f"label in {wanted} and since <= {us} < until"
            self.prelude[name] = (
                f"{self.newest(group, 'until')}\n"
                f"{name} = {is_held}\n"
                f"if not {name}:\n"
                "    for since, until, label in older:\n"
                f"        if {is_held}:\n"
                f"            {name} = True\n"
                "            break"
            )
        return self._held[known]

    def _named(self, window: Window) -> str:
        """The name of a window, whose bounds are computed once per call."""
        for known, name in self._windows:
            if known == window:
                return name
        name = f"w{len(self._windows)}"
        self._windows.append((window, name))
        bounds = f"{self.named(window)}.bounds(us, {self.local('zone')})"
        self.prelude[name] = f"{name}a, {name}b = {bounds}"
        return name
