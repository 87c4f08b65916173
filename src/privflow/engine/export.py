"""What a person may take with them: their data, given and derived apart (K4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from privflow.engine.state import ContactState
from privflow.facts import Consent, Contact, Properties, TagFact, Value
from privflow.rules import Points, in_points
from privflow.timing import Instant

Plain = dict[str, object]

OTHERS = ("staff", "to", "inviter", "operator", "referrer", "remark")
"""Fields of events that are about somebody else, or somebody else's words."""


def export(
    subject: ContactState | Contact,
    *,
    derived: Iterable[str] = (),
    others: Iterable[str] = OTHERS,
) -> Plain:
    """Everything about one person as plain data, ready for `json.dumps`.

    `given` is what they gave, agreed to and did; `derived` is what was concluded about
    them: tags and scores. What belongs to others is left out: who follows them, remarks
    and labels of staff, who invited them.

    Args:
        derived: the attributes that were worked out, such as scores and tiers.
        others: fields of events that are about somebody else.

    Source:
        PIPL article 45; Network Data Security Regulations article 25: a copy of what
        was given with consent or under a contract, without harm to others.

    >>> lin = Contact("c-1", attributes={"city": "上海", "score": 7})
    >>> copy = export(lin, derived=["score"])
    >>> copy["given"]["attributes"], copy["derived"]["attributes"]
    ({'city': '上海'}, {'score': 7})
    """
    concluded, hidden = frozenset(derived), frozenset(others)
    contact = subject if isinstance(subject, Contact) else subject.contact
    own = {n: v for n, v in contact.attributes.items() if n not in concluded}
    rest = {n: v for n, v in contact.attributes.items() if n in concluded}
    given: Plain = {
        "id": contact.id,
        "identities": [
            _filled(
                namespace=identity.namespace,
                value=identity.value,
                scope=identity.scope,
                since=identity.since,
                until=identity.until,
            )
            for identity in contact.identities
        ],
        "attributes": _mapping(own),
        "timezone": contact.timezone,
        "followed": [
            _filled(since=relation.since, until=relation.until, state=relation.state)
            for relation in contact.relations
        ],
        "consents": list(map(_consent, contact.consents.records)),
    }
    concluded_too: Plain = {
        "attributes": _mapping(rest),
        "tags": list(map(_tag, contact.tags.history)),
    }
    if isinstance(subject, ContactState):
        given |= {"events": _events(subject, hidden), "messages": _messages(subject)}
        concluded_too["scores"] = list(map(_points, subject.rule_memory.scores))
    return {"given": given, "derived": concluded_too}


def _consent(record: Consent) -> Plain:
    return _filled(
        channel=record.channel,
        purpose=record.purpose,
        granted=record.granted,
        at=record.at,
        until=record.until,
        notice=record.notice,
        enterprise=record.enterprise,
    )


def _tag(fact: TagFact) -> Plain:
    return _filled(
        group=fact.tag.group,
        label=fact.tag.label,
        since=fact.since,
        until=fact.until,
        source=fact.source.partition(":")[0],
    )


def _events(state: ContactState, hidden: frozenset[str]) -> list[Plain]:
    found = [
        (at, key, name, fields)
        for name in state.timeline.series
        for at, key, fields in state.timeline.rows(name)
    ]
    return [
        {
            "name": name,
            "at": str(at),
            "properties": _mapping({n: v for n, v in f.items() if n not in hidden}),
        }
        for at, _, name, f in sorted(found, key=lambda row: row[:3])
    ]


def _messages(state: ContactState) -> list[Plain]:
    return [
        _filled(
            message=record.touch.message,
            kind=record.touch.kind,
            channel=record.touch.channel,
            at=record.decided_at,
            status=record.status,
        )
        for record in state.ledger
    ]


def _points(points: Points) -> Plain:
    return _filled(
        score=points.score,
        points=in_points(points.nanos),
        at=points.at,
        tier=points.tier,
    )


def _filled(**fields: Value | None) -> Plain:
    """The fields that say something, as plain data."""
    return {n: _plain(v) for n, v in fields.items() if v is not None and v != ""}


def _mapping(values: Properties | dict[str, Value]) -> Plain:
    return {name: _plain(value) for name, value in sorted(values.items())}


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, (Decimal, Instant, date)) else value
