"""One message against 10 to 10,000 keyword rules: looked up, or each of them asked.

python benchmarks/rules.py [--quick] [--no-peers]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from measure import REPEATS, is_installed, machine, medians, printed

import privflow as pf
from privflow import event, prop
from privflow.conditions import Scope
from privflow.facts import Properties
from privflow.rules import Rulebook

SIZES = (10, 1_000, 10_000)
MESSAGES = 200
LETTERS = [chr(0x4E00 + place) for place in range(2_000)]
NOW = pf.instant("2026-10-20T09:30+08:00")
NOBODY = pf.ContactState(pf.Contact("c-1"))

Answers = list[list[int]]
Run = Callable[[], Answers]


def words_of(size: int, rng: random.Random) -> list[str]:
    """Different keywords of two to six letters."""
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(rng.choices(LETTERS, k=rng.randint(2, 6)))] = None
    return list(found)


def messages_of(words: list[str], count: int, rng: random.Random) -> list[str]:
    """Chat messages of some thirty letters; every other one has a keyword."""
    texts = []
    for place in range(count):
        text = "".join(rng.choices(LETTERS, k=rng.randint(10, 50)))
        texts.append(text if place % 2 else text + rng.choice(words))
    return texts


# ── Contenders: each says which rules of the list fit each message ───────────


def rules_of(words: Iterable[str]) -> list[pf.Rule]:
    """A rule for each keyword."""
    return [
        pf.Rule(
            str(place),
            on=event("message_received"),
            when=prop.text.contains_any([word]),
            do=[pf.SetAttribute("asked", place)],
        )
        for place, word in enumerate(words)
    ]


def _fitting(rules: Iterable[pf.Rule], fields: Properties) -> list[int]:
    scope = Scope(event=fields)
    return [
        int(rule.name)
        for rule in rules
        if rule.when is not None and rule.when.holds(NOBODY, NOW, scope)
    ]


def looked_up(rules: list[pf.Rule], texts: list[str]) -> Run:
    """What the engine does: candidates by their words, each judged in full."""
    book, said = Rulebook(rules), [Properties({"text": text}) for text in texts]
    return lambda: [_fitting(book.candidates(fields), fields) for fields in said]


def all_asked(rules: list[pf.Rule], texts: list[str]) -> Run:
    """The same without the lookup."""
    said = [Properties({"text": text}) for text in texts]
    return lambda: [_fitting(rules, fields) for fields in said]


def by_hand(words: list[str], texts: list[str]) -> Run:
    """A loop over the keywords."""
    return lambda: [
        [place for place, word in enumerate(words) if word in text] for text in texts
    ]


def with_rule_engine(words: list[str], texts: list[str]) -> Run:
    """One rule of rule-engine for each keyword."""
    engine = import_module("rule_engine")
    rules = [engine.Rule(f"{word!r} in text") for word in words]
    return lambda: [
        [place for place, rule in enumerate(rules) if rule.matches({"text": text})]
        for text in texts
    ]


def with_business_rules(words: list[str], texts: list[str]) -> Run:
    """One condition of business-rules for each keyword."""
    variables = import_module("business_rules.variables")
    check = import_module("business_rules.engine").check_conditions_recursively

    class Said(variables.BaseVariables):  # type: ignore[misc, name-defined]
        def __init__(self, text: str) -> None:
            self.said = text

        @variables.string_rule_variable()  # type: ignore[untyped-decorator]
        def text(self) -> str:
            """The message, as business-rules wants to be told."""
            return self.said

    rules = [{"name": "text", "operator": "contains", "value": word} for word in words]
    return lambda: [
        [place for place, rule in enumerate(rules) if check(rule, Said(text))]
        for text in texts
    ]


def with_ahocorasick(words: list[str], texts: list[str]) -> Run:
    """The automaton of pyahocorasick, in C; it knows words, and no rules."""
    automaton: Any = import_module("ahocorasick").Automaton()
    for place, word in enumerate(words):
        automaton.add_word(word, place)
    automaton.make_automaton()
    return lambda: [
        sorted({place for _, place in automaton.iter(text)}) for text in texts
    ]


PEERS = {
    "rule_engine": ("rule-engine", with_rule_engine),
    "business_rules": ("business-rules", with_business_rules),
    "ahocorasick": ("pyahocorasick (words alone, in C)", with_ahocorasick),
}


# ── Turns ────────────────────────────────────────────────────────────────────


def section(size: int, messages: int, *, peers: bool, repeats: int) -> str:
    """One table: microseconds for a message, and how many were asked about."""
    rng = random.Random(size)  # noqa: S311 - the same words in every run
    words = words_of(size, rng)
    texts = messages_of(words, messages, rng)
    few = texts[: max(2, messages // max(1, size // 50))]
    rules = rules_of(words)
    runs: dict[str, tuple[Run, int]] = {
        "privflow, looked up": (looked_up(rules, texts), len(texts)),
        "privflow, every rule asked": (all_asked(rules, few), len(few)),
        "by hand, every word": (by_hand(words, texts), len(texts)),
    }
    for module, (name, made) in PEERS.items() if peers else ():
        if is_installed(module):
            asked = texts if module == "ahocorasick" else few
            runs[name] = made(words, asked), len(asked)
    expected = runs["by hand, every word"][0]()
    for name, (run, count) in runs.items():
        if run() != expected[:count]:
            message = f"{name} finds other rules than a loop by hand"
            raise SystemExit(message)
    taken = medians({name: run for name, (run, _) in runs.items()}, repeats=repeats)
    each = {name: taken[name] / count for name, (_, count) in runs.items()}
    base = each["privflow, looked up"]
    rows = [
        (name, f"{us * 1e6:,.1f}", f"{us / base:,.1f}", runs[name][1])
        for name, us in each.items()
    ]
    return printed(f"{size:,} rules", ("", "µs each", "ratio", "messages"), rows)


def main() -> None:
    """Print a table for each number of rules."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    print(machine("rule-engine", "business-rules", "pyahocorasick"), "\n")
    messages, repeats = (10, 1) if given.quick else (MESSAGES, REPEATS)
    for size in SIZES[:2] if given.quick else SIZES:
        print(section(size, messages, peers=not given.no_peers, repeats=repeats))


if __name__ == "__main__":
    main()
