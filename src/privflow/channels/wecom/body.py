"""The parts of WeCom's request bodies that content becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from privflow.channels.content import (
    Article,
    Attachment,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Video,
    Voice,
)

Body = dict[str, object]


def filled(pairs: Mapping[str, object]) -> Body:
    """The pairs whose value says something."""
    return {name: value for name, value in pairs.items() if value}


def content_body(content: Content) -> Body:
    """The text and attachments of a mass send or a welcome."""
    body: Body = {}
    if content.text:
        body["text"] = {"content": content.text}
    if content.attachments:
        body["attachments"] = [attachment_body(part) for part in content.attachments]
    return body


def attachment_body(part: Attachment) -> Body:
    """An attachment of a mass send, a welcome or a Moments task.

    Source:
        https://developer.work.weixin.qq.com/document/path/92135 and 95094.
    """
    match part:
        case Image():
            inner = filled({"media_id": part.media, "pic_url": part.url})
        case Link():
            inner = filled({
                "title": part.title,
                "picurl": part.picture,
                "media_id": part.media,
                "desc": part.description,
                "url": part.url,
            })
        case MiniProgram():
            inner = {
                "title": part.title,
                "pic_media_id": part.media,
                "appid": part.app,
                "page": part.page,
            }
        case Voice() | Video() | File() | Article():
            inner = {"media_id": part.media}
        case _:
            assert_never(part)
    return {"msgtype": part.kind, part.kind: inner}


def single_body(content: Content) -> Body:
    """One message of customer service: words, or one attachment.

    Source:
        https://developer.work.weixin.qq.com/document/path/94677.
    """
    if not content.attachments:
        return {"msgtype": "text", "text": {"content": content.text}}
    part = content.attachments[0]
    match part:
        case Link():
            inner = filled({
                "title": part.title,
                "desc": part.description,
                "url": part.url,
                "thumb_media_id": part.media,
            })
        case MiniProgram():
            inner = {
                "appid": part.app,
                "title": part.title,
                "thumb_media_id": part.media,
                "pagepath": part.page,
            }
        case Image() | Voice() | Video() | File() | Article():
            inner = {"media_id": part.media}
        case _:
            assert_never(part)
    return {"msgtype": part.kind, part.kind: inner}


def app_body(content: Content) -> Body:
    """One message of an app to a member: words, or one attachment.

    Source:
        https://developer.work.weixin.qq.com/document/path/90236.
    """
    if content.attachments and isinstance(content.attachments[0], Link):
        part = content.attachments[0]
        article = filled({
            "title": part.title,
            "description": part.description,
            "url": part.url,
            "picurl": part.picture,
        })
        return {"msgtype": "news", "news": {"articles": [article]}}
    return single_body(content)
