"""How the values of one type look in a document.

Theory of operation
-------------------
1. `read(write(x)) == x`. What `write` writes, `read` takes; what one of them cannot
   mean exactly, both refuse.
2. Both raise errors of privflow alone: one problem, or a `DocumentError` that holds
   all of them. Their paths count from the value itself.
3. A form recurses only where its type does, which is in conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen


@frozen
class Form:
    """A pair of inverses between a value and its plain data."""

    write: Callable[[Any], object]
    read: Callable[[object], Any]
