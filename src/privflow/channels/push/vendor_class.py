"""How phone makers sort messages, beyond marketing and the rest."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import Properties, properties_of, required_text


@frozen(kw_only=True)
class VendorClass:
    """A class of messages at a phone maker (厂商消息分类), which it has approved.

    A maker delivers by it, and counts by it: a message without the class that the maker
    wants is refused, or is taken for marketing.

    Args:
        vendor: the maker, as the service writes it: `"xiaomi"` (Jiguang), `"XM"`
            (Getui).
        fields: what the service passes on to the maker, as it writes it:
            `{"channel_id": "104086"}` (Jiguang), `{"/extra.channel_id": "104086"}`
            (Getui).
        kind: of the touches that go as it; None for all.

    Raises:
        DefinitionError: no maker or no fields.

    Source:
        https://docs.jiguang.cn/jpush/client/Android/android_channel_id, 2025-04-07.

    >>> VendorClass("xiaomi", {"channel_id": "104086"}, kind="marketing").vendor
    'xiaomi'
    """

    vendor: str = field(kw_only=False)
    fields: Properties = field(converter=properties_of, kw_only=False)
    kind: str | None = None

    def __attrs_post_init__(self) -> None:
        required_text("VendorClass.vendor", self.vendor)
        if not self.fields:
            problem = f"got no fields for {self.vendor!r}"
            remedy = "write those that the maker gave you, a channel_id, say"
            raise DefinitionError("VendorClass.fields", problem, remedy)


def vendor_classes(given: Iterable[VendorClass]) -> tuple[VendorClass, ...]:
    """The classes as a tuple."""
    return tuple(given)


def fields_by_vendor(
    classes: Iterable[VendorClass], kind: str
) -> dict[str, dict[str, object]]:
    """The fields of each maker for a touch of a kind; a later class adds to an earlier.

    >>> both = [
    ...     VendorClass("XM", {"a": 1}),
    ...     VendorClass("XM", {"a": 2}, kind="service"),
    ... ]
    >>> fields_by_vendor(both, "service"), fields_by_vendor(both, "marketing")
    ({'XM': {'a': 2}}, {'XM': {'a': 1}})
    """
    found: dict[str, dict[str, object]] = {}
    for one in classes:
        if one.kind in {None, kind}:
            found.setdefault(one.vendor, {}).update(one.fields)
    return found
