"""Messages, touches, what is heard of them, channels, and the gates before a send."""

from __future__ import annotations

from privflow.touches.channel import STANDARD_CHANNELS, ChannelProfile, Token
from privflow.touches.gate import (
    Allow,
    Deny,
    Forgetting,
    Gate,
    Hold,
    Recalling,
    Ruling,
    View,
)
from privflow.touches.identifier import (
    Ids,
    id_at,
    ids_of,
    joined,
    spelled,
    with_id_at,
)
from privflow.touches.ledger import Ledger
from privflow.touches.message import KINDS, PRIORITIES, Message, names_of, one_of
from privflow.touches.page import Use
from privflow.touches.quiet_hours import QuietHours
from privflow.touches.record import TouchRecord
from privflow.touches.send_window import SendWindow
from privflow.touches.touch import PROGRESS, REASONS, RELEASES, Receipt, Touch, touch_of
from privflow.touches.traits import Traits, shared_traits

__all__ = [
    "KINDS",
    "PRIORITIES",
    "PROGRESS",
    "REASONS",
    "RELEASES",
    "STANDARD_CHANNELS",
    "Allow",
    "ChannelProfile",
    "Deny",
    "Forgetting",
    "Gate",
    "Hold",
    "Ids",
    "Ledger",
    "Message",
    "QuietHours",
    "Recalling",
    "Receipt",
    "Ruling",
    "SendWindow",
    "Token",
    "Touch",
    "TouchRecord",
    "Traits",
    "Use",
    "View",
    "id_at",
    "ids_of",
    "joined",
    "names_of",
    "one_of",
    "shared_traits",
    "spelled",
    "touch_of",
    "with_id_at",
]
