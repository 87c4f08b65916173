from __future__ import annotations

import pickle

import pytest

from privflow.errors import DefinitionError
from privflow.touches import KINDS, PRIORITIES, Message, names_of, one_of


def test_a_message_is_a_name_with_a_kind_labels_and_variants() -> None:
    """J9."""
    message = Message(
        "coupon",
        kind="marketing",
        labels=["promotion", "autumn"],
        variants={"A": 0.5, "B": 0.5},
        parameters={"amount": 20},
    )
    assert message.labels == ("promotion", "autumn")
    assert message.variants == {"A": 0.5, "B": 0.5}
    assert message.parameters == {"amount": 20}


def test_a_message_has_no_default_kind() -> None:
    """K5."""
    with pytest.raises(TypeError):
        Message("coupon")  # type: ignore[call-arg]


def test_messages_are_equal_by_value_hashable_and_pickle() -> None:
    one = Message("coupon", kind="marketing", variants={"A": 0.25, "B": 0.75})
    same = Message("coupon", kind="marketing", variants={"B": 0.75, "A": 0.25})
    assert one == same
    assert hash(one) == hash(same)
    assert pickle.loads(pickle.dumps(one)) == one


def test_the_variants_of_a_message_cannot_be_changed() -> None:
    message = Message("coupon", kind="marketing", variants={"A": 1.0})
    with pytest.raises(TypeError, match="immutable"):
        message.variants["A"] = 0.5  # type: ignore[index]


@pytest.mark.parametrize(
    "variants",
    [
        {"A": 0.5},
        {"A": 0.5, "B": 0.6},
        {"A": 1.5, "B": -0.5},
        {"A": 1.0, "B": float("nan")},
        {"A": float("inf")},
        {"A": "1"},
        {"A": True},
    ],
)
def test_shares_that_are_no_split_are_refused(variants: dict[str, float]) -> None:
    with pytest.raises(DefinitionError, match=r"Message\.variants"):
        Message("coupon", kind="marketing", variants=variants)


def test_three_thirds_make_a_whole() -> None:
    thirds = dict.fromkeys("ABC", 1 / 3)
    assert Message("coupon", kind="marketing", variants=thirds).variants == thirds


@pytest.mark.parametrize("kind", ["advertising", "", "Marketing"])
def test_an_unknown_kind_is_refused_with_the_kinds_that_there_are(kind: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Message("coupon", kind=kind)
    assert all(repr(known) in caught.value.hint for known in KINDS)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_message_needs_a_name(name: str) -> None:
    with pytest.raises(DefinitionError, match=r"Message\.name"):
        Message(name, kind="service")


def test_labels_written_as_one_text_are_refused_with_a_hint() -> None:
    with pytest.raises(DefinitionError) as caught:
        Message("coupon", kind="service", labels="promotion")
    assert caught.value.hint == "write ['promotion']"


def test_an_empty_label_is_refused() -> None:
    with pytest.raises(DefinitionError, match="names: got ''"):
        names_of(["promotion", ""])


def test_priorities_ascend() -> None:
    assert PRIORITIES == ("low", "normal", "high", "urgent")


def test_one_of_gives_the_text_back_or_names_the_others() -> None:
    assert one_of("priority", "high", PRIORITIES) == "high"
    with pytest.raises(DefinitionError, match="priority: got 'top'"):
        one_of("priority", "top", PRIORITIES)
