"""A worked example of another system, with its own answer and that of privflow."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen


@frozen
class Example:
    """A case with two answers; `docs/differences.md` has a row for each.

    Args:
        name: of its row.
        peer: whose example it is.
        source: how it is known: read in the source `"S"`, read on the vendor's page
            `"D"`, in an excerpt of it `"d"`, or `"RUN"`, executed.
        theirs: what the peer answers.
        ours: what privflow answers.
        found: asks privflow.
    """

    name: str
    peer: str
    source: str
    theirs: str = field(kw_only=True)
    ours: str = field(kw_only=True)
    found: Callable[[], str] = field(kw_only=True)

    @property
    def verdict(self) -> str:
        """Whether both answer the same."""
        return "same" if self.theirs == self.ours else "different"
