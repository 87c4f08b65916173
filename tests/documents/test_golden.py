"""Documents as they are stored, compared with the files in `golden/`.

A stored document loads for ever. After a change of the form that is meant, raise the
schema, write a migration, and write the files anew:

    python -m documents.test_golden        (in `tests/`)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

import privflow as pf
from documents.samples import PLAN, STATE, VIP, WELCOME

GOLDEN: Final = Path(__file__).parent / "golden"
VALUES: Final = {
    "contact_state": STATE,
    "journey": WELCOME,
    "plan": PLAN,
    "segment": VIP,
}


def text_of(value: object) -> str:
    return json.dumps(pf.dump(value), ensure_ascii=False, indent=1) + "\n"


def stored(name: str) -> str:
    return (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VALUES)
def test_the_document_is_the_stored_one(name):
    assert text_of(VALUES[name]) == stored(name)


@pytest.mark.parametrize("name", VALUES)
def test_the_stored_document_loads(name):
    """E5."""
    assert pf.load(json.loads(stored(name))) == VALUES[name]


if __name__ == "__main__":
    for name, value in VALUES.items():
        (GOLDEN / f"{name}.json").write_text(text_of(value), encoding="utf-8")
