"""What a channel can carry, as data, and the check before anything is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import digits

from attrs import field, frozen

from privflow.channels.content import Content
from privflow.errors import ContentError
from privflow.facts import EMPTY


def _required_content(channel: str, given: object) -> None:
    if not isinstance(given, Content):
        excess = f"got a value of type {type(given).__name__}, expected a Content"
        raise ContentError(channel, excess, "write Content('the words')")


@frozen(kw_only=True)
class ContentLimits:
    """What a channel takes of a content (内容限制).

    Args:
        characters: the longest text, in characters; None where none is documented.
        title: the longest title, in characters; None where none is documented.
        octets: the longest text, in bytes of UTF-8; None where none is documented.
        attachments: how many at most.
        kinds: of attachments, those that the channel knows.
        most: kind to how many of it, where that is less than `attachments`.
        mixed: attachments of several kinds may go together.
        together: a text and attachments may go together.
        template: the channel carries a template.
        beside: words may stand beside a template, to be looked at and not sent.
        parts: words and attachments go with a template, each as a message of its own:
            how many messages at most, the template's included; None where they do not.
        values: the kind of a template's value, which is its name without the number,
            to the longest one in characters: `{"thing": 20}` for `thing1`.
    """

    characters: int | None = None
    title: int | None = None
    octets: int | None = None
    attachments: int = 0
    kinds: tuple[str, ...] = ()
    most: Mapping[str, int] = field(default=EMPTY)
    mixed: bool = True
    together: bool = True
    template: bool = False
    beside: bool = False
    parts: int | None = None
    values: Mapping[str, int] = field(default=EMPTY)

    def check(self, channel: str, content: Content) -> None:
        """Nothing, if the channel can carry the content.

        Raises:
            ContentError: it cannot; the first of the reasons.
        """
        _required_content(channel, content)
        for excess, remedy in self._problems(content):
            raise ContentError(channel, excess, remedy)

    def _problems(self, content: Content) -> Iterator[tuple[str, str]]:
        if self.template:
            yield from self._problems_of_template(content)
            return
        if content.template is not None:
            yield "got a template, expected words", "render the text yourself"
        yield from self._problems_of_text(content)
        yield from self._problems_of_attachments(content)

    def _problems_of_template(self, content: Content) -> Iterator[tuple[str, str]]:
        if content.template is None:
            yield "got no template", "pass Content(template=Template(id, {...}))"
            return
        if self.parts is not None:
            yield from self._problems_of_attachments(content)
            count = 1 + len(content.attachments) + bool(content.text)
            if count > self.parts:
                problem = f"got {count} messages, expected at most {self.parts}"
                yield problem, "leave some out"
        elif (content.text and not self.beside) or content.attachments:
            yield "got words beside a template", "the platform keeps the words"
        for name, value in content.template.values.items():
            most, length = self.values.get(name.rstrip(digits)), len(str(value))
            if most is not None and length > most:
                problem = f"got {name!r} of {length} characters"
                yield f"{problem}, expected at most {most}", "shorten it"

    def _problems_of_text(self, content: Content) -> Iterator[tuple[str, str]]:
        if not content.text and not content.attachments:
            yield "got an empty content", "render a text or attach something"
        length = len(content.text)
        if self.characters is not None and length > self.characters:
            found = f"got a text of {length} characters"
            yield f"{found}, expected at most {self.characters}", "shorten the text"
        length = len(content.title)
        if self.title is not None and length > self.title:
            found = f"got a title of {length} characters"
            yield f"{found}, expected at most {self.title}", "shorten the title"
        octets = len(content.text.encode("utf-8"))
        if self.octets is not None and octets > self.octets:
            found = f"got a text of {octets} bytes"
            yield f"{found}, expected at most {self.octets}", "shorten the text"

    def _problems_of_attachments(self, content: Content) -> Iterator[tuple[str, str]]:
        found = content.kinds
        if len(found) > self.attachments:
            problem = f"got {len(found)} attachments"
            yield f"{problem}, expected at most {self.attachments}", "leave some out"
        for kind in dict.fromkeys(found):
            if kind not in self.kinds:
                known = ", ".join(self.kinds) or "words alone"
                yield f"got an attachment of kind {kind!r}", f"it carries {known}"
            most = self.most.get(kind)
            if most is not None and found.count(kind) > most:
                problem = f"got {found.count(kind)} attachments of kind {kind!r}"
                yield f"{problem}, expected at most {most}", "leave some out"
        if not self.mixed and len(set(found)) > 1:
            yield "got attachments of several kinds", "use one kind in one message"
        if not self.together and found and content.text:
            yield "got a text and an attachment", "send them as two messages"
