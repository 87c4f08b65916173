"""Who a contact is on each platform, and which staff member follows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from attrs import field, frozen

from privflow.errors import DefinitionError, PrivflowError, brief
from privflow.timing import Instant

_T = TypeVar("_T")


def required_text(what: str, given: object) -> str:
    """The text, if it is one and not empty."""
    if not isinstance(given, str) or not given.strip():
        raise DefinitionError(what, f"got {brief(given)}", _text_instead(given))
    return given


def _text_instead(given: object) -> str:
    """What to write where a text is meant: digits, the id or the name of a thing."""
    remedy = f"use a non-empty text{_digits(given)}"
    if isinstance(given, list | tuple | AbstractSet):
        return f"{remedy}, and one alone"
    for own in ("id", "name"):
        try:
            text = getattr(given, own, None)
        except PrivflowError:
            continue
        if isinstance(text, str) and text:
            return f"{remedy}: {brief(text)}, its {own}"
    return remedy


def _digits(given: object) -> str:
    """A whole number as the text that it should have been."""
    is_whole = isinstance(given, int) and not isinstance(given, bool)
    return f": '{brief(given)}'" if is_whole else ""


def required_instant(what: str, given: object) -> Instant:
    """The instant, if it is one."""
    if not isinstance(given, Instant):
        problem = f"got {given!r}, expected an instant"
        raise DefinitionError(what, problem, "make it with pf.instant(...)")
    return given


def required_string(what: str, given: object) -> str:
    """The text, if it is one, be it empty."""
    if not isinstance(given, str):
        problem = f"got {brief(given)}, expected a text"
        remedy = f"leave it out, or use a text{_digits(given)}"
        raise DefinitionError(what, problem, remedy)
    return given


def required_life(what: str, since: Instant | None, until: Instant | None) -> None:
    """Refuse a beginning or an end that is no instant, and an end that comes first."""
    for name, at in (("since", since), ("until", until)):
        if at is not None:
            required_instant(f"{what}.{name}", at)
    if since is not None and until is not None and until < since:
        problem = f"got {until!r}, which is before since={since!r}"
        place = f"{what}.until"
        raise DefinitionError(place, problem, "let it end when it has begun")


def all_of(what: str, kind: type[_T], given: object) -> tuple[_T, ...]:
    """The values as a tuple, if each is of the kind; a text is no list of texts.

    A set has no order that another process would see: its values come
    in the order of their reprs.
    """
    values = tuple_of(what, given)
    for one in values:
        if not isinstance(one, kind):
            problem = f"got {brief(one)} in it, expected values of {kind.__name__}"
            article = "an" if kind.__name__[0] in "AEIOU" else "a"
            remedy = f"make each of them {article} {kind.__name__}"
            raise DefinitionError(what, problem, remedy)
    return values


def tuple_of(what: str, given: object) -> tuple[Any, ...]:
    """The values of a list; one thing alone, and a text, are refused."""
    if isinstance(given, tuple):
        return given
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        problem = f"got {brief(given)}, expected a list"
        remedy = f"write [{given!r}]" if isinstance(given, str) else "write [it]"
        raise DefinitionError(what, problem, remedy)
    return tuple(sorted(given, key=repr) if isinstance(given, AbstractSet) else given)


def several(what: str, given: Iterable[_T]) -> Iterator[_T]:
    """The things one by one, of which there may be more than fit into memory.

    Raises:
        DefinitionError: it is one thing alone.
    """
    if not isinstance(given, Iterable):
        raise DefinitionError(
            what, f"got {brief(given)}, expected several", "write [it]"
        )
    return iter(given)


def required_mapping(what: str, given: object, example: str) -> None:
    """Refuse names alone, where each has something to it."""
    if not isinstance(given, Mapping):
        problem = f"got {brief(given)}, expected a mapping"
        raise DefinitionError(what, problem, f"write {example}")


@frozen(kw_only=True)
class Identity:
    """One name of a contact on a platform (身份标识), unique in its scope.

    Args:
        namespace: the kind of id: `"wecom.external_userid"`, `"phone"`.
        value: the id itself.
        scope: within which it is unique: a corp, an account, an app.
        since: when it became theirs, where known.
        until: when it stops being valid; a WeCom pending_id lives 90 days.

    Source:
        https://developer.work.weixin.qq.com/document/path/97108, 2025-11-17.
    """

    namespace: str = field(kw_only=False)
    value: str = field(kw_only=False)
    scope: str = ""
    since: Instant | None = None
    until: Instant | None = None

    def __attrs_post_init__(self) -> None:
        required_text("Identity.namespace", self.namespace)
        required_text("Identity.value", self.value)
        required_life("Identity", self.since, self.until)

    def is_valid(self, *, now: Instant) -> bool:
        """Whether the id can be used at `now`."""
        since, until, us = self.since, self.until, now.us
        return (since is None or since.us <= us) and (until is None or us < until.us)


def identity_key(identity: Identity) -> tuple[str, str, str]:
    """What no two identities share."""
    return identity.namespace, identity.value, identity.scope


def _labels_of(given: Iterable[str]) -> tuple[str, ...]:
    return all_of("Relation.tags", str, given)


@frozen(kw_only=True)
class Relation:
    """One staff member follows one contact (跟进关系).

    Remark, tags of the member's own, source and way of adding belong here and not to
    the contact: each staff member has their own.

    Args:
        staff: the member's user id.
        since: when the relation began.
        until: when it ended; None while it lasts.
        ended_by: `"contact"`, `"staff"` or `"transfer"`: three different facts.
        state: the channel parameter of the QR code or link that was used.
        remark: the name that the staff member gave.
        add_way: the platform's code for how the contact was added.
        tags: the member's own labels, which nobody else sees.

    Source:
        https://developer.work.weixin.qq.com/document/path/92265.
    """

    staff: str
    since: Instant
    until: Instant | None = None
    ended_by: str = ""
    state: str = ""
    remark: str = ""
    add_way: int | None = None
    tags: tuple[str, ...] = field(default=(), converter=_labels_of)

    def __attrs_post_init__(self) -> None:
        required_text("Relation.staff", self.staff)
        required_instant("Relation.since", self.since)
        required_life("Relation", self.since, self.until)
        enders = ("", "contact", "staff", "transfer")
        if self.ended_by not in enders:
            problem = f"got {self.ended_by!r}, expected one of {enders[1:]}"
            raise DefinitionError("Relation.ended_by", problem, "say who ended it")

    def lasts(self, *, now: Instant) -> bool:
        """Whether the staff member follows the contact at `now`."""
        until, us = self.until, now.us
        return self.since.us <= us and (until is None or us < until.us)
