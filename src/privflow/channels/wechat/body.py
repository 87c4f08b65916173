"""The parts of request bodies that official accounts and mini-programs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from privflow.channels.content import (
    Article,
    Attachment,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Template,
    Video,
    Voice,
)

Body = dict[str, object]


def worded(content: Content, attached: Callable[[Attachment], Body]) -> Body:
    """Words, or one attachment in the form of an interface."""
    if content.attachments:
        return attached(content.attachments[0])
    return {"msgtype": "text", "text": {"content": content.text}}


def service_part(part: Attachment) -> Body:
    """An attachment of an official account's customer service.

    Source:
        https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    """
    match part:
        case Image() | Voice() | File():
            return {"msgtype": part.kind, part.kind: {"media_id": part.media}}
        case Video():
            named = {"title": part.title, "description": part.description}
            video = {"media_id": part.media, **{k: v for k, v in named.items() if v}}
            return {"msgtype": "video", "video": video}
        case Article():
            return {"msgtype": "mpnews", "mpnews": {"media_id": part.media}}
        case Link():
            article = {
                "title": part.title,
                "description": part.description,
                "url": part.url,
                "picurl": part.picture,
            }
            return {"msgtype": "news", "news": {"articles": [article]}}
        case MiniProgram():
            return page_part(part, app=part.app)
        case _:
            assert_never(part)


def app_part(part: Attachment) -> Body:
    """An attachment of a mini-program's customer service.

    Source:
        https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/send.html
    """
    if isinstance(part, Link):
        link = {
            "title": part.title,
            "description": part.description,
            "url": part.url,
            "thumb_url": part.picture,
        }
        return {"msgtype": "link", "link": link}
    if isinstance(part, MiniProgram):
        return page_part(part, app="")
    return service_part(part)


def page_part(part: MiniProgram, *, app: str) -> Body:
    """A card of a mini-program; its own one is not named."""
    page = {
        "title": part.title,
        "pagepath": part.page,
        "thumb_media_id": part.media,
    }
    page |= {"appid": app} if app else {}
    return {"msgtype": "miniprogrampage", "miniprogrampage": page}


def mass_part(part: Attachment) -> Body:
    """An attachment of a mass send.

    Source:
        https://developers.weixin.qq.com/doc/subscription/guide/product/message/Batch_Sends.html
    """
    if isinstance(part, Video):
        video = {
            "media_id": part.media,
            "title": part.title,
            "description": part.description,
        }
        return {"msgtype": "mpvideo", "mpvideo": video}
    return service_part(part)


def template_values(template: Template) -> Body:
    """The values of a template in the platform's form; a number becomes its text."""
    return {name: {"value": str(value)} for name, value in template.values.items()}
