"""Something that a contact did, or that was done to them, at an instant."""

from __future__ import annotations

from hashlib import blake2b

from attrs import field, frozen

from privflow.facts.identity import required_instant, required_string, required_text
from privflow.facts.properties import EMPTY, Properties, properties_of
from privflow.timing import Instant

_KEY_BYTES = 9


def content_key(name: str, contact_id: str, at_us: int, fields: Properties) -> str:
    """A key that is equal for equal content, in every process."""
    content = repr((name, contact_id, at_us, sorted(fields.items())))
    data = content.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=_KEY_BYTES).hexdigest()


@frozen(kw_only=True)
class Event:
    """Something that happened to one contact (事件).

    Args:
        name: what happened: `"purchase"`, `"contact_added"`.
        contact_id: to whom.
        at: when, by the sender's clock.
        properties: its fields; see `Properties` for the types.
        id: the sender's id against repeats. Without one, equal content at the same
            instant counts as the same event.
    """

    name: str = field(kw_only=False)
    contact_id: str = field(kw_only=False)
    at: Instant
    properties: Properties = field(default=EMPTY, converter=properties_of)
    id: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Event.name", self.name)
        required_text("Event.contact_id", self.contact_id)
        required_instant("Event.at", self.at)
        if type(self.id) is not str:
            required_string("Event.id", self.id)

    @property
    def key(self) -> str:
        """The id against repeats: the sender's, or one made from the content."""
        return self.id or content_key(
            self.name, self.contact_id, self.at.us, self.properties
        )
