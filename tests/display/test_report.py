"""A value that is shown as its table."""

from __future__ import annotations

import pytest
from attrs import frozen
from typing_extensions import override

from privflow.display import Report, Table, render
from privflow.errors import UnknownFormatError


@frozen
class Sizes(Report):
    names: tuple[str, ...]

    @override
    def table(self) -> Table:
        return Table(["segment"], [[name] for name in self.names])


@frozen
class Brief(Sizes):
    @override
    def __str__(self) -> str:
        return super().__str__() if self.names else "none"


SIZES = Sizes(("vip", "<new>"))


@pytest.mark.parametrize("spec", ["text", "md", "html"])
def test_it_is_its_table_in_every_format(spec: str) -> None:
    assert format(SIZES, spec) == format(SIZES.table(), spec)


def test_it_is_rendered_like_its_table() -> None:
    assert render(SIZES, "md") == render(SIZES.table(), "md")


def test_it_prints_as_its_table() -> None:
    assert str(SIZES) == f"{SIZES}" == SIZES.table().to_text()


def test_a_notebook_shows_the_table_with_names_escaped() -> None:
    page = SIZES._repr_html_()
    assert page == SIZES.table().to_html()
    assert "&lt;new&gt;" in page


def test_one_with_words_of_its_own_says_them_where_no_format_is_named() -> None:
    nobody = Brief(())
    assert f"{nobody}" == str(nobody) == "none"
    assert format(nobody, "text") == nobody.table().to_text()
    assert str(Brief(("vip",))) == Brief(("vip",)).table().to_text()


def test_a_format_that_a_table_has_not_is_refused() -> None:
    with pytest.raises(UnknownFormatError):
        format(SIZES, "svg")


def test_it_takes_no_attributes_beside_its_own() -> None:
    assert not hasattr(SIZES, "__dict__")
