"""The messages of Douyin that content becomes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from privflow.channels.content import Attachment, Content, Image, Template, Video
from privflow.errors import ContentError

Body = dict[str, object]


def single_body(channel: str, content: Content) -> Body:
    """The one message of a content without a card: words, an image or a video.

    Source:
        https://developer.open-douyin.com, im-send-msg and im-group-message-send; the
        numbers of kinds as three clients write them: ArtisanCloud/MediaX,
        fudiwei/DotNetCore.SKIT.FlurlHttpClient.ByteDance and com.dyj.
    """
    return next(_messages(channel, content))


def several_bodies(channel: str, content: Content, *, miniprogram: str) -> list[Body]:
    """The messages of a call with a card: words, attachments, and the card last.

    Raises:
        ContentError: the card opens no page of a mini-program, or two.
    """
    card = content.template
    shown = [] if card is None else [_card_body(channel, card, miniprogram)]
    return [*_messages(channel, content), *shown]


def _messages(channel: str, content: Content) -> Iterator[Body]:
    if content.text:
        yield {"msg_type": 1, "text": {"text": content.text}}
    for part in content.attachments:
        yield _attachment_body(channel, part)


def _attachment_body(channel: str, part: Attachment) -> Body:
    match part:
        case Image(media=media) if media:
            return {"msg_type": 2, "image": {"media_id": media}}
        case Video(media=media):
            return {"msg_type": 3, "video": {"item_id": media}}
        case _:
            problem = "got an image by its address, expected one by its media id"
            remedy = "upload it to the platform and pass Image(media_id)"
            raise ContentError(channel, problem, remedy)


def _card_body(channel: str, card: Template, miniprogram: str) -> Body:
    """A card of a mini-program, which the platform keeps: title, picture, words.

    Source:
        https://developer.open-douyin.com, micro-app-card/create-template (2024-07-24)
        for the link, and clone-card/mini-app-card for app, path and query.
    """
    if bool(card.page) == bool(card.url):
        problem = "got a card with a page and a url, expected one of them"
        if not card.page:
            problem = "got a card that opens nothing"
        raise ContentError(channel, problem, "pass Template(id, page=) or (id, url=)")
    if card.page and not miniprogram:
        problem = "got a page of a mini-program, which is not named"
        raise ContentError(channel, problem, "make the adapter with miniprogram=")
    inner: Body = {"card_template_id": card.id}
    if card.url:
        inner["schema"] = card.url
    else:
        inner |= {"app_id": miniprogram, "path": card.page}
        if card.values:
            inner["query"] = json.dumps(dict(card.values), ensure_ascii=False)
    return {"msg_type": 10, "applet_card": inner}
