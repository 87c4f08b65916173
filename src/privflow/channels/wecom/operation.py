"""Calls to WeCom that touch nobody: to ask, to remind, to tag, to hand over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from privflow.channels.request import Recipient, Request, written
from privflow.engine import Withdraw
from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.touches import one_of

EXTERNAL: Final = "/cgi-bin/externalcontact"
MASS_RESULT: Final = f"{EXTERNAL}/get_groupmsg_send_result"
MASS_TASK: Final = f"{EXTERNAL}/get_groupmsg_task"
MOMENT_JOB: Final = f"{EXTERNAL}/get_moment_task_result"
MOMENT_TASK: Final = f"{EXTERNAL}/get_moment_task"
MOMENT_RESULT: Final = f"{EXTERNAL}/get_moment_send_result"
TRANSFER: Final = f"{EXTERNAL}/transfer_customer"
_PAGE: Final = 500
_MOST_TRANSFERRED: Final = 100
_MASS_SENDS: Final = ("wecom.mass", "wecom.group")


def _asking(path: str, sent: Request, body: dict[str, object], cursor: str) -> Request:
    body |= {"limit": _PAGE}
    if cursor:
        body["cursor"] = cursor
    return Request(
        "POST",
        path,
        body=written(body),
        channel=sent.channel,
        recipients=sent.recipients,
    )


def mass_results(
    sent: Request, reference: str, *, staff: str, cursor: str = ""
) -> Request:
    """Asks what became of a mass send, one customer or group after another (93338).

    Its result has a receipt for each of those of `sent` whom the answer names.

    Args:
        sent: the request of the mass send, whose recipients are meant.
        reference: the `Result.reference` of it.
        staff: the member whose sends are asked for.
        cursor: of the answer before, for its next page.

    Source:
        https://developer.work.weixin.qq.com/document/path/93338.
    """
    body: dict[str, object] = {"msgid": reference, "userid": staff}
    return _asking(MASS_RESULT, sent, body, cursor)


def mass_tasks(sent: Request, reference: str, *, cursor: str = "") -> Request:
    """Asks which members have confirmed a mass send (93338)."""
    return _asking(MASS_TASK, sent, {"msgid": reference}, cursor)


def moment_job(sent: Request, reference: str) -> Request:
    """Asks for the id of the Moments post that a job created; a job lives 24 hours.

    Source:
        https://developer.work.weixin.qq.com/document/path/95095.
    """
    return Request(
        "GET",
        MOMENT_JOB,
        query={"jobid": reference},
        channel=sent.channel,
        recipients=sent.recipients,
    )


def moment_tasks(sent: Request, moment: str, *, cursor: str = "") -> Request:
    """Asks which members have published a Moments post.

    Source:
        https://developer.work.weixin.qq.com/document/path/93333.
    """
    return _asking(MOMENT_TASK, sent, {"moment_id": moment}, cursor)


def moment_results(
    sent: Request, moment: str, *, staff: str, cursor: str = ""
) -> Request:
    """Asks which customers of a member can see a Moments post (93333)."""
    body: dict[str, object] = {"moment_id": moment, "userid": staff}
    return _asking(MOMENT_RESULT, sent, body, cursor)


def remind(reference: str, *, channel: str = "wecom.mass") -> Request:
    """Reminds the members of a mass send; three times in 24 hours at most.

    Args:
        channel: `"wecom.group"` for one to customer groups.

    Raises:
        DefinitionError: a channel without mass sends.

    Source:
        https://developer.work.weixin.qq.com/document/path/97610, 2025-11-17.
    """
    body = written({"msgid": required_text("reference", reference)})
    return Request(
        "POST",
        f"{EXTERNAL}/remind_groupmsg_send",
        body=body,
        channel=one_of("remind.channel", channel, _MASS_SENDS),
    )


def cancel(sent: Request, reference: str) -> Request:
    """Stops a mass send or a Moments post; what has left stays.

    Args:
        reference: the msgid of a mass send, the moment_id of a post.

    Source:
        https://developer.work.weixin.qq.com/document/path/97611 and 97612.
    """
    is_moment = sent.channel == "wecom.moments"
    name, action = (
        ("moment_id", "cancel_moment_task")
        if is_moment
        else ("msgid", "cancel_groupmsg_send")
    )
    return Request(
        "POST",
        f"{EXTERNAL}/{action}",
        body=written({name: required_text("reference", reference)}),
        channel=sent.channel,
    )


def withdrawal(
    sent: Request, reference: str, commands: Iterable[Withdraw]
) -> Request | None:
    """Stops a task when all of its touches have been taken back; None until then.

    The platform stops a task as a whole, so one of a thousand customers cannot be taken
    out of it. Ask for the results afterwards (`mass_results`), and report `cancelled`
    for whoever got nothing: members may have been quicker.

    Args:
        sent: the request of the task, whose recipients are meant.
        reference: as for `cancel`.
        commands: those that took touches back; of whatever tasks, in any order.
    """
    gone = {command.touch.id for command in commands}
    if not all(whom.touch_id in gone for whom in sent.recipients):
        return None
    return cancel(sent, reference)


def mark_tags(
    external_userid: str,
    *,
    staff: str,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> Request:
    """Adds and removes corp tags of a contact, by the ids of the tags.

    Raises:
        DefinitionError: no tag at all.

    Source:
        https://developer.work.weixin.qq.com/document/path/92118.

    >>> mark_tags("wmA", staff="zhang", add=["etA"]).json["add_tag"]
    ['etA']
    """
    added, removed = list(add), list(remove)
    if not (added or removed):
        problem = "got no tag to add or remove"
        raise DefinitionError("mark_tags", problem, "pass add= or remove=")
    body: dict[str, object] = {
        "userid": required_text("staff", staff),
        "external_userid": required_text("external_userid", external_userid),
    }
    body |= {"add_tag": added} if added else {}
    body |= {"remove_tag": removed} if removed else {}
    return Request(
        "POST", f"{EXTERNAL}/mark_tag", body=written(body), channel="wecom.message"
    )


def transfer(
    external_userids: Iterable[str], *, staff: str, to: str, says: str = ""
) -> Request:
    """Hands contacts of a member over to another one, both of whom are in office.

    A contact is handed over when they agree or 24 hours have passed; each of them at
    most twice within 90 days.

    Args:
        says: what the contact reads about it; empty for the platform's words.

    Raises:
        DefinitionError: nobody, or more contacts than one call takes.

    Source:
        https://developer.work.weixin.qq.com/document/path/92125.
    """
    contacts = list(external_userids)
    if not 1 <= len(contacts) <= _MOST_TRANSFERRED:
        problem = f"got {len(contacts)} contacts, expected 1 to {_MOST_TRANSFERRED}"
        raise DefinitionError("transfer", problem, "hand them over in several calls")
    body: dict[str, object] = {
        "handover_userid": required_text("staff", staff),
        "takeover_userid": required_text("to", to),
        "external_userid": contacts,
    }
    body |= {"transfer_success_msg": says} if says else {}
    return Request("POST", TRANSFER, body=written(body), channel="wecom.message")


def recipients_by_address(request: Request) -> dict[str, list[Recipient]]:
    """The recipients of a request under their addresses."""
    found: dict[str, list[Recipient]] = {}
    for whom in request.recipients:
        found.setdefault(whom.address, []).append(whom)
    return found
