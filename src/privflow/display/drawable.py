"""What every drawing can do, and the one door to all formats."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import TypeVar

from typing_extensions import override

from privflow.errors import DefinitionError, UnknownFormatError, brief

_METHODS = MappingProxyType({
    "text": "to_text",
    "md": "to_markdown",
    "mermaid": "to_mermaid",
    "svg": "to_svg",
    "html": "to_html",
})
T = TypeVar("T")
_PAIR = 2


class Drawable(ABC):
    """A small value that can be drawn as text, Markdown and HTML at least.

    `str()` and `format()` draw it too: `format(drawable, "svg")`.
    """

    __slots__ = ()

    @abstractmethod
    def to_text(self) -> str:
        """Plain text for a terminal, without a line break at the end."""

    @abstractmethod
    def to_markdown(self) -> str:
        """GitHub-flavoured Markdown."""

    @abstractmethod
    def to_html(self, *, styled: bool = True) -> str:
        """A fragment of HTML without script and without anything remote.

        Args:
            styled: brings its own style sheet; a page that has one says False.
        """

    @override
    def __str__(self) -> str:
        return self.to_text()

    @override
    def __format__(self, spec: str) -> str:
        return render(self, spec)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.to_html()


class Drawn(ABC):
    """A value that is shown by a drawing: in any format, in a notebook, on a page."""

    __slots__ = ()

    @abstractmethod
    def drawing(self) -> Drawable:
        """What is shown."""

    @override
    def __format__(self, spec: str) -> str:
        return render(self.drawing(), spec) if spec else str(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return render(self.drawing(), "html")


def pairs_of(
    what: str, given: Iterable[tuple[str, T]], second: str
) -> Iterator[tuple[str, T]]:
    """The pairs of a label and something more.

    Raises:
        DefinitionError: one is no pair, as those of a mapping and a column are none.
    """
    for pair in given:
        if not _is_pair(pair):
            problem = f"got {brief(pair)}, expected a pair of label and {second}"
            remedy = "write [(label, …), …]; a mapping or a column has .items()"
            raise DefinitionError(what, problem, remedy)
        yield pair


def _is_pair(given: object) -> bool:
    return isinstance(given, tuple | list) and len(given) == _PAIR


def render(drawable: Drawable | Drawn, spec: str) -> str:
    """The drawing in a format: "text" (or ""), "md", "mermaid", "svg" or "html".

    Raises:
        UnknownFormatError: there is no such format, or not for this drawing.

    >>> from privflow.display import Tree, render
    >>> print(render(Tree("all of", [Tree("age > 40", mark="NO")]), "text"))
    all of
    └─ NO  age > 40
    """
    drawing = drawable.drawing() if isinstance(drawable, Drawn) else drawable
    method: Callable[[], str] | None = getattr(
        drawing, _METHODS.get(spec or "text", ""), None
    )
    if method is None:
        supported = [name for name, to in _METHODS.items() if hasattr(drawing, to)]
        raise UnknownFormatError(type(drawable).__name__, spec, supported)
    return method()
