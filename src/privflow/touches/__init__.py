"""Messages, touches, what is heard of them, channels, and the gates before a send."""

from __future__ import annotations

from privflow.touches.channel import STANDARD_CHANNELS, ChannelProfile, Token
from privflow.touches.gate import Allow, Deny, Gate, Hold, Recalling, Ruling, View
from privflow.touches.ledger import Ledger, TouchRecord
from privflow.touches.message import KINDS, PRIORITIES, Message, names_of, one_of
from privflow.touches.quiet_hours import QuietHours
from privflow.touches.send_window import SendWindow
from privflow.touches.touch import PROGRESS, REASONS, RELEASES, Receipt, Touch

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
    "Gate",
    "Hold",
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
    "View",
    "names_of",
    "one_of",
]
