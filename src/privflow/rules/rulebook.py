"""The rules of one event, found by the words that the event carries.

Theory of operation
-------------------
1. Of most rules on messages it is known which words a message must have (`keyword`).
   They are looked up; the others are candidates always.
2. A candidate is judged with its whole condition all the same, so that looking up
   changes how much is judged, and never what is decided.
3. Candidates come in the order of the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from privflow.facts import Properties, Value
from privflow.rules.automaton import Automaton
from privflow.rules.keyword import Keyword, Keywords, keywords_of
from privflow.rules.rule import Rule

_Places = tuple[int, ...]


class Rulebook:
    """The rules of one event, in the order in which they run."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: -rule.priority))
        always: list[int] = []
        known: dict[str, dict[Keyword, list[int]]] = defaultdict(dict)
        for place, rule in enumerate(self.rules):
            keywords = _keywords_of_rule(rule)
            if keywords is None:
                always.append(place)
            for keyword in sorted(keywords or ()):
                known[keyword.property].setdefault(keyword, []).append(place)
        self._always = tuple(always)
        self._words = {name: _Words(found) for name, found in known.items()}

    def candidates(self, properties: Properties) -> Iterator[Rule]:
        """The rules that an event may set off, and others that it does not."""
        if not self._words:
            return iter(self.rules)
        places = set(self._always)
        for name, words in self._words.items():
            value = properties.get(name)
            if value is not None:
                places |= words.places(value)
        return map(self.rules.__getitem__, sorted(places))


def _keywords_of_rule(rule: Rule) -> Keywords | None:
    """The fewest words that its trigger or its condition wants."""
    of_trigger = keywords_of(rule.on.where)
    of_condition = None if rule.when is None else keywords_of(rule.when.node)
    known = [found for found in (of_trigger, of_condition) if found is not None]
    return min(known, key=len, default=None)


class _Words:
    """The keywords of one property, each with the places of its rules."""

    def __init__(self, known: Mapping[Keyword, list[int]]) -> None:
        texts: dict[str, dict[str, _Places]] = defaultdict(dict)
        for keyword, places in known.items():
            texts[keyword.how][keyword.text] = tuple(places)
        self._contained = texts["contains"]
        self._places = tuple(self._contained.values())
        self._automaton = Automaton(self._contained)
        self._equal = texts["equals"]
        self._starts, self._ends = texts["starts_with"], texts["ends_with"]
        self._start_sizes = sorted(set(map(len, self._starts)))
        self._end_sizes = sorted(set(map(len, self._ends)))

    def places(self, value: Value) -> set[int]:
        """The places of the rules whose words are in a value."""
        found: set[int] = set()
        if isinstance(value, tuple):
            for part in value:
                if isinstance(part, str):
                    found.update(self._contained.get(part, ()))
        elif isinstance(value, str):
            for place in self._automaton.found_in(value):
                found.update(self._places[place])
            for text, places in self._at_the_edges(value):
                found.update(places.get(text, ()))
        return found

    def _at_the_edges(self, text: str) -> Iterator[tuple[str, dict[str, _Places]]]:
        yield text, self._equal
        for size in self._start_sizes:
            yield text[:size], self._starts
        for size in self._end_sizes:
            yield text[-size:], self._ends
