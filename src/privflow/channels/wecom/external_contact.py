"""The answers of WeCom's externalcontact interface, read as contacts and additions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from privflow.channels.payload import MAX_DEPTH
from privflow.channels.quote import quoted
from privflow.channels.stamp import event_id, instant_of
from privflow.errors import AdapterError, PayloadError
from privflow.facts import (
    Contact,
    Event,
    Identity,
    Relation,
    Tag,
    Tags,
    required_text,
)
from privflow.timing import Instant

_CHANNEL: Final = "wecom"
_LARGEST_CODE: Final = 10**20
_TEXTS: Final = ("name", "position", "avatar", "corp_name", "corp_full_name")
_TAG_KINDS: Final[Mapping[int | None, str]] = MappingProxyType({
    1: "corp",
    2: "personal",
    3: "rule",
})


@frozen(kw_only=True)
class _Follow:
    """One entry of follow_user, or the follow_info of a batch entry, checked."""

    staff: str
    since: Instant
    entry: Mapping[str, object] = field(repr=False)

    @property
    def relation(self) -> Relation:
        return Relation(
            staff=self.staff,
            since=self.since,
            state=_text(self.entry, "state"),
            remark=_text(self.entry, "remark"),
            add_way=_code(self.entry.get("add_way")),
        )


def contact_of(
    answer: Mapping[str, object], *, corp: str, staff: str | None = None
) -> Contact:
    """The contact in an answer of externalcontact/get, or in one batch entry.

    The contact's id is the external_userid; `attrs.evolve(contact, id=...)` puts the
    host's in its place. A gender of 0 is unknown, hence left out. Phone numbers that
    staff noted are the attribute `remark_mobiles`: no identity, nobody verified them.

    Tags lie in the groups `wecom.corp.<group>`, `wecom.rule.<group>` and
    `wecom.personal`; batch entries name ids alone, which lie in `wecom.tag_id`. A tag
    of several staff members counts from the earliest relation that has it.

    An answer holds at most 500 relations: with a next_cursor there are more.

    Args:
        answer: the decoded JSON; a batch_get_by_user answer is passed entry by entry.
        corp: the host's name of the corp, the scope of the external_userid.
        staff: the member whose contacts were asked for, where an entry names none.

    Raises:
        AdapterError: the platform answered with an errcode.
        PayloadError: the answer lacks what its documentation promises.

    Source:
        https://developer.work.weixin.qq.com/document/path/92265 and 92994 (batch).

    >>> answer = {
    ...     "errcode": 0,
    ...     "external_contact": {"external_userid": "wmA", "name": "李四"},
    ...     "follow_user": [{"userid": "zhang", "createtime": 1525779812}],
    ... }
    >>> contact = contact_of(answer, corp="corp-1")
    >>> contact.id, contact.attributes["name"], contact.relations[0].staff
    ('wmA', '李四', 'zhang')
    """
    person = _person(answer)
    follows = _follows(answer, staff)
    value = _required(person, "external_userid")
    identities = [
        Identity("wecom.external_userid", value, scope=required_text("corp", corp))
    ]
    unionid = _text(person, "unionid")
    if unionid:
        identities.append(Identity("wechat.unionid", unionid))
    return Contact(
        value,
        identities=tuple(identities),
        relations=tuple(follow.relation for follow in follows),
        attributes=_attributes(person, follows),
        tags=_tags(follows),
    )


def additions_of(
    answer: Mapping[str, object], *, corp: str, staff: str | None = None
) -> tuple[Event, ...]:
    """One contact_added event for each relation of an answer, the oldest first.

    For hosts that import contacts. An id is that of the callback for the same addition
    in the same second, so an import after callbacks repeats nothing that it matches.
    Neither `half` nor `welcome_code` is known.

    Args:
        answer: as for `contact_of`.
        corp: the host's name of the corp, as in its `WeComAdapter`.
        staff: as for `contact_of`.

    Raises:
        AdapterError: the platform answered with an errcode.
        PayloadError: the answer lacks what its documentation promises.
    """
    contact = _required(_person(answer), "external_userid")
    follows = sorted(_follows(answer, staff), key=lambda follow: follow.since)
    return tuple(_addition(follow, contact, corp) for follow in follows)


def _addition(follow: _Follow, contact: str, corp: str) -> Event:
    event, change = "change_external_contact", "add_external_contact"
    relation = follow.relation
    return Event(
        "contact_added",
        contact,
        at=follow.since,
        properties={
            "channel": "wecom.message",
            "staff": follow.staff,
            "state": relation.state or None,
            "add_way": relation.add_way,
        },
        id=event_id(
            required_text("corp", corp),
            contact,
            follow.since,
            event,
            change,
            follow.staff,
        ),
    )


# ── Reading ──────────────────────────────────────────────────────────────────


def _person(answer: Mapping[str, object]) -> Mapping[str, object]:
    """The external_contact of an answer that reports no error."""
    answer = _storable(_mapping(answer, "the answer"))
    code = answer.get("errcode")
    if code is not None and code != 0:
        said = quoted(answer.get("errmsg"))
        problem = f"got errcode {quoted(code)} with errmsg {said}"
        remedy = "look it up at developer.work.weixin.qq.com/document/path/90313"
        raise AdapterError(_CHANNEL, problem, remedy)
    if "external_contact_list" in answer:
        problem = "got a whole batch, expected one entry of it"
        raise _malformed(problem, "pass each entry of external_contact_list")
    return _mapping(answer.get("external_contact"), "external_contact")


def _follows(answer: Mapping[str, object], staff: str | None) -> tuple[_Follow, ...]:
    if "follow_info" in answer:
        return (_follow(answer["follow_info"], "follow_info", staff),)
    listed = answer.get("follow_user")
    if not isinstance(listed, (list, tuple)):
        problem = f"follow_user is {_kind(listed)}, expected a list"
        raise _malformed(problem, "pass an answer of externalcontact/get")
    return tuple(
        _follow(entry, f"follow_user[{i}]", staff) for i, entry in enumerate(listed)
    )


def _follow(given: object, where: str, staff: str | None) -> _Follow:
    entry = _mapping(given, where)
    member = _text(entry, "userid") or (staff or "")
    if not member:
        problem = f"{where} names no userid"
        raise _malformed(
            problem, "pass staff=, the member whose contacts you asked for"
        )
    since = instant_of(_CHANNEL, f"{where}.createtime", entry.get("createtime"))
    return _Follow(staff=member, since=since, entry=entry)


def _attributes(
    person: Mapping[str, object], follows: tuple[_Follow, ...]
) -> dict[str, object]:
    found: dict[str, object] = {name: _text(person, name) or None for name in _TEXTS}
    found["type"] = _code(person.get("type"))
    found["gender"] = _code(person.get("gender")) or None
    mobiles = (mobile for follow in follows for mobile in _mobiles(follow.entry))
    found["remark_mobiles"] = tuple(dict.fromkeys(mobiles)) or None
    return found


def _mobiles(entry: Mapping[str, object]) -> Iterator[str]:
    """The phone numbers a member noted, as text, whichever type they came in."""
    for mobile in _list(entry, "remark_mobiles"):
        if isinstance(mobile, str) and mobile.strip():
            yield mobile.strip()
        elif number := _code(mobile):
            yield str(number)


def _tags(follows: tuple[_Follow, ...]) -> Tags:
    tags = Tags()
    for follow in sorted(follows, key=lambda follow: follow.since):
        for tag in _tags_of(follow.entry):
            tags = tags.added(tag, at=follow.since, source=f"wecom:{follow.staff}")
    return tags


def _tags_of(entry: Mapping[str, object]) -> Iterator[Tag]:
    for i, given in enumerate(_list(entry, "tags")):
        tag = _mapping(given, f"tags[{i}]")
        group = f"wecom.{_TAG_KINDS.get(_code(tag.get('type')), 'other')}"
        name = _text(tag, "group_name")
        yield Tag(f"{group}.{name}" if name else group, _required(tag, "tag_name"))
    for tag_id in _list(entry, "tag_id"):
        if isinstance(tag_id, str) and tag_id.strip():
            yield Tag("wecom.tag_id", tag_id)


def _malformed(problem: str, remedy: str) -> PayloadError:
    return PayloadError(_CHANNEL, problem, remedy)


def _storable(answer: Mapping[str, object]) -> Mapping[str, object]:
    """The answer, if a host can store what is in it: no lone surrogate, no abyss."""
    waiting: list[tuple[object, int]] = [(answer, 0)]
    while waiting:
        given, depth = waiting.pop()
        if depth > MAX_DEPTH:
            problem = f"the answer is nested deeper than {MAX_DEPTH} levels"
            raise _malformed(problem, "drop it: the platform sends no such answer")
        if isinstance(given, Mapping):
            waiting += ((part, depth + 1) for pair in given.items() for part in pair)
        elif isinstance(given, (list, tuple)):
            waiting += ((part, depth + 1) for part in given)
        elif isinstance(given, str) and any("\ud800" <= c <= "\udfff" for c in given):
            problem = f"got {quoted(given)}, with a lone surrogate"
            raise _malformed(problem, "decode the answer with errors='replace'")
    return answer


def _kind(given: object) -> str:
    return "missing" if given is None else f"of type {type(given).__name__}"


def _mapping(given: object, where: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        problem = f"{where} is {_kind(given)}, expected an object"
        raise _malformed(problem, "pass the decoded JSON as the platform sent it")
    return given


def _list(entry: Mapping[str, object], name: str) -> tuple[object, ...]:
    """The parts of a list that may be missing; what is no list counts as missing."""
    given = entry.get(name)
    return tuple(given) if isinstance(given, (list, tuple)) else ()


def _text(entry: Mapping[str, object], name: str) -> str:
    """A text that may be missing; what is no text counts as missing."""
    given = entry.get(name)
    return given.strip() if isinstance(given, str) else ""


def _required(entry: Mapping[str, object], name: str) -> str:
    text = _text(entry, name)
    if not text:
        problem = f"{name} is {_kind(entry.get(name))}, expected a text"
        raise _malformed(problem, "pass the decoded JSON as the platform sent it")
    return text


def _code(given: object) -> int | None:
    """A whole number that may be missing; what is none counts as missing."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given if 0 <= given < _LARGEST_CODE else None
    return None
