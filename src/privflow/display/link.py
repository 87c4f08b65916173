"""What a layout is told: the sizes of blocks, and the links between them."""

from __future__ import annotations

from attrs import frozen


@frozen
class Size:
    """Width and height in pixels."""

    width: float
    height: float


@frozen
class Link:
    """An edge between two different blocks.

    Args:
        source: the index of a block.
        target: the index of another block.
        source_y: where it leaves, below the top of the source.
        target_y: where it arrives, below the top of the target.
        label: the room that its label needs.
    """

    source: int
    target: int
    source_y: float
    target_y: float
    label: Size
