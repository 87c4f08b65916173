"""What notifying devices (推送) is, by whichever platform."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from privflow.channels.adapter import CHANNELS, ChannelManual
from privflow.channels.limit import ContentLimits
from privflow.channels.push.vendor_class import VendorClass, vendor_classes
from privflow.facts import required_text

CHANNEL: Final = "push"


def manual(limits: ContentLimits, *, takes_key: bool = False) -> ChannelManual:
    """How notifications are used.

    Args:
        limits: of the platform.
        takes_key: the platform drops a repeated call by its key.
    """
    return ChannelManual(
        CHANNELS[CHANNEL],
        limits=limits,
        takes_key=takes_key,
        outcomes=(
            "sent",
            "not_friend",
            "retryable",
            "rate_limited",
            "invalid",
            "forbidden",
            "unknown",
        ),
    )


@frozen(kw_only=True)
class PushSender:
    """What an adapter of notifications is told of an app, by any platform.

    Args:
        app: the scope of the devices' ids.
        classes: of messages, which go on to the makers of phones.
    """

    app: str
    classes: tuple[VendorClass, ...] = field(default=(), converter=vendor_classes)

    def __attrs_post_init__(self) -> None:
        required_text(f"{type(self).__name__}.app", self.app)
