"""What the answers of official accounts and mini-programs come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privflow.channels.answer import Resolver, answer_of, code_of, failed, sent
from privflow.channels.request import Request
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.channels.wechat.code import CODES
from privflow.conditions import event, prop
from privflow.facts import channel_matches
from privflow.quotas import Grants, ReplyWindow
from privflow.timing import Instant
from privflow.touches import Allow, View


def decode_weixin_answer(
    request: Request,
    response: Response,
    *,
    channel: str,
    resolvers: Mapping[str, Resolver],
    view: View | None,
) -> Result:
    """The result of a call, mass sends and messages alike."""
    answer = answer_of(response, CODES, channel=channel, code="errcode", words="errmsg")
    if answer.meaning is not None:
        return failed(request, response, answer, resolvers=resolvers, view=view)
    numbers = (code_of(answer.fields.get(name)) for name in ("msg_id", "msgid"))
    reference = next((number for number in numbers if number), "")
    return sent(request, response, answer, reference=reference)


def has_left(view: View, at: Instant, *, family: str) -> bool:
    """Whether the person followed and has stopped, as far as the timeline tells."""

    def latest(name: str) -> Instant | None:
        found = (
            when
            for when, _, fields in view.timeline.rows(name)
            if when <= at and channel_matches(family, str(fields.get("channel", "")))
        )
        return max(found, default=None)

    left, came = latest("unsubscribed"), latest("subscribed")
    return left is not None and (came is None or came < left)


def follows(family: str, otherwise: str) -> Resolver:
    """40003: nobody who follows, where the timeline tells; else what is left."""

    def resolve(request: Request, view: View, at: Instant) -> str:
        del request
        return "not_friend" if has_left(view, at, family=family) else otherwise

    return resolve


def window(family: str, gates: Iterable[ReplyWindow]) -> Resolver:
    """45015: whether the person has left, or no action of theirs is recent enough."""
    windows = tuple(gates)

    def resolve(request: Request, view: View, at: Instant) -> str:
        if has_left(view, at, family=family):
            return "not_friend"
        for whom in request.recipients:
            record = view.ledger.find(whom.touch_id)
            if record is None:
                return ""
            rulings = [gate.judge(record.touch, view, now=at) for gate in windows]
            if any(isinstance(ruling, Allow) for ruling in rulings):
                return ""
        return "window_closed"

    return resolve


def grants(channel: str) -> Resolver:
    """43101: whether a grant was revoked, or none is left by our own count."""

    def resolve(request: Request, view: View, at: Instant) -> str:
        template = str(request.json.get("template_id", ""))
        about = (prop.template_id == template) & (prop.channel == channel)
        granted = event("subscription_granted").where(about)
        revoked = event("subscription_revoked").where(about)
        if _revoked_since_decided(request, view, at, template):
            return "refused"
        ever = Grants("ever", granted_by=granted, channel=channel)
        since = Grants("since", granted_by=granted, revoked_by=revoked, channel=channel)
        # The touch itself is in the ledger, so a grant for it leaves a balance of 0.
        if since.balance(view, now=at) >= 0:
            return ""
        return "refused" if ever.balance(view, now=at) >= 0 else "grant_exhausted"

    return resolve


def _revoked_since_decided(
    request: Request, view: View, at: Instant, template: str
) -> bool:
    records = (view.ledger.find(whom.touch_id) for whom in request.recipients)
    decided = min((r.decided_at for r in records if r is not None), default=at)
    return any(
        decided <= when <= at and fields.get("template_id") == template
        for when, _, fields in view.timeline.rows("subscription_revoked")
    )
