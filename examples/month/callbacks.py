"""Recorded callbacks and API answers of WeChat and WeCom, read by the adapters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from attrs import evolve, frozen

import privflow as pf
from month.dates import END, START
from privflow.channels import Ignored, WeChatAdapter, WeComAdapter, contact_of

CORP: Final = "corp-1"
ACCOUNT: Final = "shop"
STAFF_ASKED: Final = "zhangsan"
"""Whose contacts the recorded batch answer lists: the request said so, not it."""

Fate = Literal["event", "staff", "ignored", "refused"]


@frozen(kw_only=True)
class Callbacks:
    """What the callbacks came to.

    Args:
        events: those of customers, moved into the month, in the order of the file.
        counts: how many came to what, by (fate, name).
    """

    events: tuple[pf.Event, ...]
    counts: Mapping[tuple[Fate, str], int]

    def total(self, fate: Fate) -> int:
        """How many had this fate."""
        return sum(n for (found, _), n in self.counts.items() if found == fate)


def read_callbacks(path: Path) -> Callbacks:
    """Decodes every callback; what cannot be used is counted and passed over.

    The recordings are of many years. They are told as if they had come in the month,
    evenly spread and in the order of the file. Their ids get a number behind them,
    because the recordings use one message id for different messages.
    """
    events: list[pf.Event] = []
    counts: Counter[tuple[Fate, str]] = Counter()
    for recorded in json.loads(path.read_text(encoding="utf-8")):
        fate, name, event = _decoded(recorded["path"], recorded["xml"])
        counts[fate, name] += 1
        if event is not None:
            events.append(event)
    gap = (END.us - START.us) // (len(events) + 1)
    moved = (
        evolve(
            event,
            contact_id=f"wechat:{event.contact_id}",
            at=pf.Instant(START.us + place * gap),
            id=f"{event.id}:{place}",
        )
        for place, event in enumerate(events, 1)
    )
    return Callbacks(events=tuple(moved), counts=dict(sorted(counts.items())))


def _decoded(origin: str, xml: str) -> tuple[Fate, str, pf.Event | None]:
    is_corporate = "work" in origin or "<AgentID>" in xml
    adapter = (
        WeComAdapter(corp=CORP) if is_corporate else WeChatAdapter(account=ACCOUNT)
    )
    try:
        decoded, *_ = adapter.decode(xml)
    except pf.AdapterError as error:
        return "refused", f"{type(error).__name__}: encrypted or malformed", None
    if isinstance(decoded, Ignored):
        return "ignored", decoded.name, None
    if not isinstance(decoded, pf.Event):
        return "ignored", "report of a send", None
    if decoded.name == "purchase":
        return "ignored", "purchase, which the orders tell", None
    # What members do in an app of their own corp is no customer's event.
    if decoded.properties.get("channel") == "wecom.app":
        return "staff", decoded.name, None
    return "event", decoded.name, decoded


@frozen(kw_only=True)
class Answers:
    """Contacts from recorded answers, and the names of answers about none."""

    contacts: tuple[pf.Contact, ...]
    others: tuple[str, ...]


def read_answers(path: Path) -> Answers:
    """The contacts in the answers of `externalcontact/get` and its batch form."""
    contacts: list[pf.Contact] = []
    others: list[str] = []
    for recorded in json.loads(path.read_text(encoding="utf-8")):
        entries = _entries(recorded["payload"])
        if not entries:
            others.append(Path(recorded["path"]).stem)
        for entry in entries:
            found = contact_of(entry, corp=CORP, staff=STAFF_ASKED)
            contacts.append(evolve(found, id=f"wecom:{found.id}"))
    return Answers(contacts=tuple(contacts), others=tuple(sorted(others)))


def _entries(payload: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    listed = payload.get("external_contact_list")
    if isinstance(listed, list) and all(isinstance(e, dict) for e in listed):
        return listed
    return [payload] if "external_contact" in payload else []
