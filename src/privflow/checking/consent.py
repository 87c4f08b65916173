"""Declarations of contacts by which no message of a plan goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from privflow.checking.finding import Finding, is_nearly, unknown
from privflow.checking.naming import PURPOSES
from privflow.checking.place import messages_in
from privflow.engine import Plan
from privflow.facts import EVERY_CHANNEL, Contact, channel_matches

_FREE: Final = {
    "purpose": "for no known purpose",
    "enterprise": "to another company than the plan's",
    "notice": "after a notice that does not count",
}
"""The parts of a declaration that may be any text, and what is said of odd ones."""


def unknown_in_consents(plan: Plan, contacts: Iterable[Contact]) -> Iterator[Finding]:
    """Channels that the plan has not, and what is nearly one of its own words."""
    said: dict[str, Counter[str]] = {part: Counter() for part in ("channel", *_FREE)}
    for contact in contacts:
        for part, counts in said.items():
            counts.update({getattr(one, part) for one in contact.consents.records})
    yield from _channels(plan, said["channel"])
    asked = (message.asks_for for _, message in messages_in(plan))
    known = {
        "purpose": tuple(dict.fromkeys((*PURPOSES, *filter(None, asked)))),
        "enterprise": (plan.law.enterprise,),
        "notice": plan.law.notices,
    }
    for part, words in _FREE.items():
        for name, count in sorted(said[part].items()):
            if is_nearly(name, known[part]):
                problem = f"{_people(count)} {words}"
                yield unknown("contacts", problem, name, known[part])


def _channels(plan: Plan, said: Counter[str]) -> Iterator[Finding]:
    names = [channel.name for channel in plan.channels]
    families = (name.split(".")[0] for name in names)
    known = tuple(dict.fromkeys((*families, *names)))
    for channel, count in sorted(said.items()):
        is_known = any(channel_matches(channel, name) for name in names)
        if not is_known and channel != EVERY_CHANNEL:
            problem = f"{_people(count)} on no channel of the plan"
            yield unknown("contacts", problem, channel, known)


def _people(count: int) -> str:
    who = "1 contact has" if count == 1 else f"{count} contacts have"
    return f"{who} declared something"
