"""Who a contact is on each platform, and which staff member follows them."""

from __future__ import annotations

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.timing import Instant


def required_text(what: str, given: object) -> str:
    """The text, if it is one and not empty."""
    if not isinstance(given, str) or not given.strip():
        raise DefinitionError(what, f"got {given!r}", "use a non-empty text")
    return given


def required_instant(what: str, given: object) -> Instant:
    """The instant, if it is one."""
    if not isinstance(given, Instant):
        problem = f"got {given!r}, expected an instant"
        raise DefinitionError(what, problem, "make it with pf.instant(...)")
    return given


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

    def is_valid(self, *, now: Instant) -> bool:
        """Whether the id can be used at `now`."""
        begun = self.since is None or self.since <= now
        return begun and (self.until is None or now < self.until)


def identity_key(identity: Identity) -> tuple[str, str, str]:
    """What no two identities share."""
    return identity.namespace, identity.value, identity.scope


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
    tags: tuple[str, ...] = field(default=(), converter=tuple[str, ...])

    def __attrs_post_init__(self) -> None:
        required_text("Relation.staff", self.staff)
        enders = ("", "contact", "staff", "transfer")
        if self.ended_by not in enders:
            problem = f"got {self.ended_by!r}, expected one of {enders[1:]}"
            raise DefinitionError("Relation.ended_by", problem, "say who ended it")

    def lasts(self, *, now: Instant) -> bool:
        """Whether the staff member follows the contact at `now`."""
        return self.since <= now and (self.until is None or now < self.until)
