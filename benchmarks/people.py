"""A seeded crowd, twice: as states of privflow, and as plain dicts for the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from typing import Any

import privflow as pf
from privflow.facts import TagFact, Tags

NOW = pf.instant("2026-10-20T09:30+08:00")
DAY = 86_400_000_000
FAR = 1 << 62
TIER = pf.TagGroup(
    "fan_tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True
)
INTEREST = pf.TagGroup("interest", ["skincare", "makeup", "baby"])
CITIES = ("上海", "上海", "北京", "深圳", "杭州", "成都")
EVENTS_EACH = 60
_TAGGED_WITHIN = 90 * DAY
NEWEST_FIRST: dict[str, list[tuple[str, int, int]]] = {}
"""The history of each contact by id, for scans by hand."""
_LABEL_WEIGHTS = {"fan_tier": (1, 4, 4), "interest": (4, 4, 1)}
_NAMES = ("purchase", "visit", "visit", "visit", "message_received", "reply")


@dataclass(frozen=True)
class Person:
    """One contact for both worlds."""

    state: pf.ContactState
    plain: dict[str, Any]


def crowd(
    size: int,
    *,
    seed: int = 7,
    days: int = 90,
    chosen_by: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> list[Person]:
    """So many people with attributes, tags and a history each.

    Args:
        days: over which the events of a history are spread.
        chosen_by: who may be among them.
    """
    random = Random(seed)  # noqa: S311 - a crowd, not a secret
    everybody = (_person(f"c-{number:06}", days, random) for number in count())
    return list(islice((one for one in everybody if chosen_by(one.plain)), size))


def _person(contact_id: str, days: int, random: Random) -> Person:
    attributes = {
        "city": random.choice(CITIES),
        "age": random.randint(20, 62),
        "source": random.choice(["qr", "link", "group"]),
        "score": random.random(),
        "subscribed": random.random() < 0.9,
    }
    facts = [_tag(group, random) for group in (TIER, INTEREST)]
    events = _events(contact_id, days, random)
    contact = pf.Contact(contact_id, attributes=attributes, tags=Tags(facts))
    plain: dict[str, Any] = {**attributes, "now": NOW.us}
    for fact in facts:
        until = FAR if fact.until is None else fact.until.us
        row = {"label": fact.tag.label, "since": fact.since.us, "until": until}
        plain[fact.tag.group] = [row]
    for name in (*_NAMES, "complaint"):
        named = (event for event in events if event.name == name)
        plain[name] = [{"at": e.at.us, "amount": _amount(e)} for e in named]
    NEWEST_FIRST[contact_id] = [
        (event.name, event.at.us, _amount(event)) for event in reversed(events)
    ]
    return Person(pf.ContactState(contact).observing(events), plain)


def _amount(event: pf.Event) -> int:
    amount = event.properties.get("amount", 0)
    return amount if isinstance(amount, int) else 0


def _tag(group: pf.TagGroup, random: Random) -> TagFact:
    since = pf.Instant(NOW.us - random.randrange(_TAGGED_WITHIN))
    until = pf.Instant(NOW.us + random.randrange(-_TAGGED_WITHIN // 4, _TAGGED_WITHIN))
    [label] = random.choices(list(group), weights=_LABEL_WEIGHTS[group.name])
    ends = until if random.random() < 0.3 and until > since else None
    return TagFact(tag=label, since=since, until=ends)


def _events(contact_id: str, days: int, random: Random) -> list[pf.Event]:
    times = sorted(random.randrange(days * DAY) for _ in range(EVENTS_EACH))
    events = []
    for number, age in enumerate(reversed(times)):
        name = "complaint" if random.random() < 0.01 else random.choice(_NAMES)
        fields = {"amount": random.randint(20, 400)} if name == "purchase" else {}
        event = pf.Event(
            name,
            contact_id,
            at=pf.Instant(NOW.us - age),
            properties=fields,
            id=f"{number}",
        )
        events.append(event)
    return events
