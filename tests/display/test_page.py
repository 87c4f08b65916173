from __future__ import annotations

import re

import pytest
from attrs import frozen
from typing_extensions import override

from privflow.display import Page, Report, Table, Text
from privflow.errors import DefinitionError


def test_a_page_is_one_document_with_a_policy_against_scripts():
    html = Page("Title", [("Head", Text("x"))], intro="Hello").to_html()
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert '<meta charset="utf-8">' in html
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert "prefers-color-scheme:dark" in html
    assert 'name="viewport"' in html
    assert html.count("<h1>") == html.count("<h2>") == html.count("<style>") == 1


def test_a_section_without_heading_has_none():
    page = Page("T", [("", Table(["a"], []))])
    assert "<h2>" not in page.to_html()
    assert "##" not in page.to_markdown()
    assert page.to_text() == "T\n═\n\na\n─"


@frozen
class Sizes(Report):
    @override
    def table(self) -> Table:
        return Table(["segment", "size"], [["vip", 2]])


def test_what_a_notebook_draws_goes_on_a_page() -> None:
    page = Page("T", [("Sizes", Sizes())])
    assert page == Page("T", [("Sizes", Sizes().table())])
    assert "<td>vip</td>" in page.to_html()


def test_in_a_notebook_it_leaves_everything_around_it_alone() -> None:
    page = Page("<T>", [("Sizes", Sizes())], intro="Hello")
    shown, whole = page._repr_html_(), page.to_html()
    body = whole.partition("<body>\n")[2].partition("\n</body>")[0]
    assert body in shown and "&lt;T&gt;" in shown
    sheet = shown.partition("<style>")[2].partition("</style>")[0]
    rules = re.sub(r"@media[^{]*{|}}", "}", sheet)
    selectors = re.findall(r"(?:^|})([^{}]+)", rules)
    assert selectors and all(one.strip().startswith(".pd") for one in selectors)
    assert "<html" not in shown and "<meta" not in shown


def test_what_is_no_drawing_is_refused_with_its_heading() -> None:
    with pytest.raises(DefinitionError, match="section 'Sizes': got 2, expected"):
        Page("T", [("Sizes", 2)])


def test_an_unstyled_page_has_no_style_sheet():
    assert "<style>" not in Page("T", []).to_html(styled=False)


def test_text_with_line_breaks_keeps_its_form():
    assert "<pre>a\n  b</pre>" in Text("a\n  b").to_html()
    assert "<p>a</p>" in Text("a").to_html()
    assert Text("a\n  b").to_markdown() == "```\na\n  b\n```"
