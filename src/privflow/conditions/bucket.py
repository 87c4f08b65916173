"""Sticky splits: a share of contacts that is the same in every process (J5)."""

from __future__ import annotations

from collections.abc import Mapping

_FNV_OFFSET = 0x811C9DC5
_FNV_PRIME = 0x01000193
_BUCKETS = 10_000


def _fnv1a(text: str) -> int:
    digest = _FNV_OFFSET
    for byte in text.encode("utf-8", "surrogatepass"):
        digest = ((digest ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return digest


def share_of(seed: str, subject: str) -> float:
    """Where a subject falls between 0 and 1, evenly spread and independent of others.

    Args:
        seed: one for each split; subjects keep their place while it stays.

    Source:
        GrowthBook SDK specification 0.8.0, `hash` version 2 (FNV-1a 32).
    """
    return _fnv1a(str(_fnv1a(seed + subject))) % _BUCKETS / _BUCKETS


def chosen(shares: Mapping[str, float], seed: str, subject: str) -> str:
    """The name whose range of shares the subject falls into; empty without shares."""
    if not shares:
        return ""
    place = share_of(seed, subject)
    reached, last = 0.0, ""
    for name, share in shares.items():
        reached += share
        if place < reached:
            return name
        last = name
    return last
