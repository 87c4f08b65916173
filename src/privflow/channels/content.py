"""What a message says once the host has rendered it: text, attachments, a template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from attrs import field, frozen

from privflow.channels.quote import quoted
from privflow.errors import ContentError
from privflow.facts import EMPTY, Properties, properties_of


def sound(what: str, given: object) -> str:
    """The text, if every platform can be sent it: no lone surrogate, no NUL."""
    if not isinstance(given, str):
        problem = f"got {quoted(given)}, expected a text"
        raise ContentError(what, problem, "render it to a str")
    if "\0" in given:
        raise ContentError(what, "got a NUL character", "leave it out")
    try:
        given.encode("utf-8")
    except UnicodeEncodeError as error:
        problem = f"got a lone surrogate at position {error.start}"
        remedy = "decode what you render from UTF-8, with errors='replace'"
        raise ContentError(what, problem, remedy) from None
    return given


def _needed(what: str, given: object) -> str:
    text = sound(what, given)
    if not text.strip():
        raise ContentError(what, "got an empty text", "fill it, or leave the part out")
    return text


def _either(what: str, media: str, url: str) -> None:
    sound(f"{what}.media", media)
    sound(f"{what}.url", url)
    if not (media or url):
        problem = "got neither media nor url"
        raise ContentError(what, problem, "upload it and pass the platform's media id")


@frozen(kw_only=True)
class Image:
    """An image (图片): the media id that the platform gave for it, or its address."""

    kind: ClassVar[str] = "image"
    media: str = field(default="", kw_only=False)
    url: str = ""

    def __attrs_post_init__(self) -> None:
        _either("Image", self.media, self.url)


@frozen(kw_only=True)
class Voice:
    """A voice message (语音), by the platform's media id."""

    kind: ClassVar[str] = "voice"
    media: str = field(kw_only=False)

    def __attrs_post_init__(self) -> None:
        _needed("Voice.media", self.media)


@frozen(kw_only=True)
class Video:
    """A video (视频), by the platform's media id."""

    kind: ClassVar[str] = "video"
    media: str = field(kw_only=False)
    title: str = ""
    description: str = ""

    def __attrs_post_init__(self) -> None:
        _needed("Video.media", self.media)
        sound("Video.title", self.title)
        sound("Video.description", self.description)


@frozen(kw_only=True)
class File:
    """A file (文件), by the platform's media id."""

    kind: ClassVar[str] = "file"
    media: str = field(kw_only=False)

    def __attrs_post_init__(self) -> None:
        _needed("File.media", self.media)


@frozen(kw_only=True)
class Link:
    """A link with title, description and picture (图文链接).

    Args:
        picture: the address of the picture.
        media: the picture by media id, where a platform wants it so.
    """

    kind: ClassVar[str] = "link"
    title: str = field(kw_only=False)
    url: str = field(kw_only=False)
    description: str = ""
    picture: str = ""
    media: str = ""

    def __attrs_post_init__(self) -> None:
        _needed("Link.title", self.title)
        _needed("Link.url", self.url)
        for name in ("description", "picture", "media"):
            sound(f"Link.{name}", getattr(self, name))


@frozen(kw_only=True)
class MiniProgram:
    """A card that opens a page of a mini-program (小程序卡片).

    Args:
        app: its appid.
        page: the page, with its query.
        media: the cover, by the platform's media id.
    """

    kind: ClassVar[str] = "miniprogram"
    title: str = field(kw_only=False)
    app: str
    page: str
    media: str

    def __attrs_post_init__(self) -> None:
        for name in ("title", "app", "page", "media"):
            _needed(f"MiniProgram.{name}", getattr(self, name))


@frozen(kw_only=True)
class Article:
    """Articles that an official account has stored (图文消息), by their media id."""

    kind: ClassVar[str] = "article"
    media: str = field(kw_only=False)

    def __attrs_post_init__(self) -> None:
        _needed("Article.media", self.media)


Attachment = Image | Voice | Video | File | Link | MiniProgram | Article
"""What can go with a text, or instead of one."""

ATTACHMENTS: Final = (Image, Voice, Video, File, Link, MiniProgram, Article)


@frozen(kw_only=True)
class Template:
    """A text that the platform keeps and fills in (模板): its id and the values.

    Args:
        values: by the names that the template has.
        page: what a tap opens inside the mini-program; empty for nothing.
        url: what a tap opens in a browser; empty for nothing.
    """

    id: str = field(kw_only=False)
    values: Properties = field(default=EMPTY, converter=properties_of, kw_only=False)
    page: str = ""
    url: str = ""

    def __attrs_post_init__(self) -> None:
        _needed("Template.id", self.id)
        sound("Template.page", self.page)
        sound("Template.url", self.url)
        for name, value in self.values.items():
            sound(f"Template.values[{quoted(name)}]", str(value))
            sound("Template.values", name)


def _attachments(given: Iterable[Attachment]) -> tuple[Attachment, ...]:
    parts = tuple(given)
    checked: tuple[object, ...] = parts
    for i, part in enumerate(checked):
        if not isinstance(part, ATTACHMENTS):
            problem = f"got {quoted(part)}, expected an Image, Link or the like"
            where = f"Content.attachments[{i}]"
            raise ContentError(where, problem, "write Image(...)")
    return parts


@frozen(kw_only=True)
class Content:
    """What the host rendered for one touch (触达内容); privflow renders no text (J9).

    Args:
        text: the words, finished.
        title: of a push notification.
        template: instead of words, for channels whose texts the platform keeps.

    Raises:
        ContentError: a text with a lone surrogate or a NUL, an empty part that is
            needed, or something that is no attachment.

    >>> Content("您好", attachments=[Image("media-1")]).kinds
    ('image',)
    """

    text: str = field(default="", kw_only=False)
    attachments: tuple[Attachment, ...] = field(
        default=(), converter=_attachments, kw_only=False
    )
    title: str = ""
    template: Template | None = None

    def __attrs_post_init__(self) -> None:
        sound("Content.text", self.text)
        sound("Content.title", self.title)
        template: object = self.template
        if template is not None and not isinstance(template, Template):
            problem = f"got {quoted(template)}, expected a Template"
            raise ContentError("Content.template", problem, "write Template(id, {...})")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each attachment, in order."""
        return tuple(part.kind for part in self.attachments)
