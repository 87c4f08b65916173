"""The turn of whoever stored a document: every problem, each with its path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from typing_extensions import override

from privflow.errors.error import PrivflowError
from privflow.errors.wording import MOST_SHOWN


class DocumentError(PrivflowError, ExceptionGroup[PrivflowError]):
    """A document cannot be loaded; holds every problem, each with its path."""

    code: ClassVar[str] = "document"

    def __new__(cls, what: str, problems: Sequence[PrivflowError]) -> Self:
        """The group, whose parts Python wants to know before `__init__`."""
        return super().__new__(cls, what, problems)

    def __init__(self, what: str, problems: Sequence[PrivflowError]) -> None:
        super().__init__(what, problems)
        self.what, self.problems = what, tuple(problems)

    @property
    @override
    def message(self) -> str:
        listed = [str(problem).partition("\n")[0] for problem in self.problems]
        more = len(listed) - MOST_SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        lines = "".join(f"\n  {line}" for line in [*listed[:MOST_SHOWN], *rest])
        return f"{self.what} has {len(listed)} problem(s):{lines}"

    @property
    @override
    def hint(self) -> str:
        return self.problems[0].hint

    @override
    def derive(self, excs: Sequence[PrivflowError]) -> DocumentError:  # type: ignore[override]
        """The same document with some of its problems, for `except*`."""
        return DocumentError(self.what, excs)


class DocumentProblem(PrivflowError, ValueError):  # noqa: N818 - a part of an error
    """One value of a document is not what the schema says.

    Args:
        problem: what is wrong, with *got* and *expected*.
        remedy: what the document should hold there.
    """

    code: ClassVar[str] = "document-value"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy

    @property
    @override
    def message(self) -> str:
        return self.problem

    @property
    @override
    def hint(self) -> str:
        return self.remedy
