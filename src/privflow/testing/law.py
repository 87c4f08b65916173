"""How a law that does not hold is told."""

from __future__ import annotations


def demand(law: str, got: object, expected: object) -> None:
    """Fail with the law in words, unless both are equal."""
    if got != expected:
        problem = f"{law}\n     got: {got!r}\nexpected: {expected!r}"
        raise AssertionError(problem)
