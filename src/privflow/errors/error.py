"""The base of all errors: what a program and a reader find on each of them."""

from __future__ import annotations

from typing import ClassVar, Self

from typing_extensions import override


class PrivflowError(Exception):
    """Base of all errors of the library.

    Subclasses take typed arguments, keep them in `args`, and build `message` and
    `hint` from them, so that every error pickles and can be read by a program.
    """

    code: ClassVar[str] = "privflow"
    path: str = ""

    @property
    def message(self) -> str:
        """What is wrong, in one line, without path and hint."""
        return " ".join(str(argument) for argument in self.args)

    @property
    def hint(self) -> str:
        """What to do about it, in one line."""
        return "please report this as a bug"

    def at(self, path: str) -> Self:
        """This error with the path of the value that caused it."""
        self.path = path
        return self

    @override
    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message} [{self.code}]\nhint: {self.hint}"
