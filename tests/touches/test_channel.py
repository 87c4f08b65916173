from __future__ import annotations

import pytest

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import span
from privflow.touches import KINDS, STANDARD_CHANNELS, ChannelProfile, Token

BY_NAME = {profile.name: profile for profile in STANDARD_CHANNELS}


def test_the_standard_channels_have_one_profile_each() -> None:
    assert len(BY_NAME) == len(STANDARD_CHANNELS)


def test_a_welcome_needs_a_code_that_lives_twenty_seconds() -> None:
    assert BY_NAME["wecom.welcome"].token == Token("welcome_code", within="20s")
    assert Token("welcome_code", within="20s").within == span("20s")


@pytest.mark.parametrize("name", ["wecom.mass", "wecom.moments"])
def test_what_staff_confirm_is_marked(name: str) -> None:
    """J7."""
    assert BY_NAME[name].confirmed_by_staff


def test_every_wecom_channel_needs_a_follower() -> None:
    """Save for customer service, where anybody may write."""
    wecom = [p for name, p in BY_NAME.items() if name.startswith("wecom.")]
    assert {p.name for p in wecom if not p.needs_relation} == {
        "wecom.kf",
        "wecom.kf_welcome",
    }


def test_a_template_message_carries_no_marketing() -> None:
    assert BY_NAME["wechat.template"].kinds == ("transactional", "service")


def test_a_channel_carries_every_kind_unless_told_otherwise() -> None:
    assert ChannelProfile("mail").kinds == KINDS


@pytest.mark.parametrize(
    ("name", "kinds"), [("", KINDS), ("mail", ["spam"]), ("mail", "service")]
)
def test_a_profile_that_means_nothing_is_refused(name: str, kinds: list[str]) -> None:
    with pytest.raises(DefinitionError):
        ChannelProfile(name, kinds=kinds)


def test_a_token_needs_a_span_to_live() -> None:
    with pytest.raises(TimeFormatError):
        Token("welcome_code", within="soon")
