from __future__ import annotations

import pytest

from privflow.errors import DefinitionError
from privflow.timing import instant
from privflow.touches import PROGRESS, REASONS, RELEASES, Receipt, Touch

NOW = instant("2026-10-20T09:30+08:00")


@pytest.mark.parametrize(
    ("source", "journey"),
    [
        ("journey:new-friend", "new-friend"),
        ("journey:a:b", "a:b"),
        ("rule:price-asked", ""),
        ("journey", ""),
    ],
)
def test_a_touch_knows_the_journey_that_decided_it(source: str, journey: str) -> None:
    touch = Touch(
        id="t-1",
        contact_id="c-1",
        channel="sms",
        message="hello",
        kind="service",
        source=source,
    )
    assert touch.journey == journey


@pytest.mark.parametrize("status", [*PROGRESS, *RELEASES, "unknown"])
def test_a_receipt_takes_every_status_of_the_vocabulary(status: str) -> None:
    assert Receipt("t-1", status, at=NOW).status == status


@pytest.mark.parametrize("reason", REASONS)
def test_a_receipt_takes_every_reason_of_the_vocabulary(reason: str) -> None:
    assert Receipt("t-1", "failed", at=NOW, reason=reason).reason == reason


@pytest.mark.parametrize(
    ("touch_id", "status", "reason"),
    [
        ("t-1", "sent", ""),
        ("t-1", "", ""),
        ("t-1", "failed", "tired"),
        ("", "read", ""),
    ],
)
def test_a_receipt_outside_the_vocabulary_is_refused(
    touch_id: str, status: str, reason: str
) -> None:
    with pytest.raises(DefinitionError, match=r"Receipt\.\w+: got"):
        Receipt(touch_id, status, at=NOW, reason=reason)


@pytest.mark.parametrize("at", ["2026-10-20T09:30+08:00", None, 0])
def test_a_receipt_is_of_an_instant(at: object) -> None:
    """T1."""
    with pytest.raises(DefinitionError, match=r"Receipt\.at"):
        Receipt("t-1", "read", at=at)
