from __future__ import annotations

from privflow.display import Page, Table, Text


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


def test_an_unstyled_page_has_no_style_sheet():
    assert "<style>" not in Page("T", []).to_html(styled=False)


def test_text_with_line_breaks_keeps_its_form():
    assert "<pre>a\n  b</pre>" in Text("a\n  b").to_html()
    assert "<p>a</p>" in Text("a").to_html()
    assert Text("a\n  b").to_markdown() == "```\na\n  b\n```"
