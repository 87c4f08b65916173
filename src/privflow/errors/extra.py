"""The turn of whoever installs privflow: an extra that is not there."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from privflow.errors.error import PrivflowError


class MissingExtraError(PrivflowError):
    """A part of privflow needs a library that an extra brings, and it is not there.

    Args:
        extra: the extra's name.
        library: what it would have brought.
    """

    code: ClassVar[str] = "missing-extra"

    def __init__(self, extra: str, library: str) -> None:
        super().__init__(extra, library)
        self.args = (extra, library)
        self.extra, self.library = extra, library

    @property
    @override
    def message(self) -> str:
        return f"{self.library} is not installed"

    @property
    @override
    def hint(self) -> str:
        return f"pip install 'privflow[{self.extra}]'"
