from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import Element, read_xml
from privflow.channels.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS
from privflow.errors import PayloadError

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
BILLION = f'<!DOCTYPE xml [<!ENTITY l0 "lol">{LAUGHS}]><xml>&l9;</xml>'
EXTERNAL = '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml>&f;</xml>'
PARAMETER = '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://h/x"> %p;]><xml/>'


def nested(depth: int) -> str:
    """A document of that many levels, the root counted."""
    return "<xml>" + "<a>" * (depth - 1) + "</a>" * (depth - 1) + "</xml>"


def sized(size: int) -> str:
    """A document of exactly that many bytes."""
    return f"<xml>{'a' * (size - 11)}</xml>"


REFUSED = {
    "nothing": ("", "malformed"),
    "only white space": (" \n", "malformed"),
    "text": ("hello", "malformed"),
    "billion laughs": (BILLION, "DOCTYPE"),
    "external entity": (EXTERNAL, "DOCTYPE"),
    "parameter entity": (PARAMETER, "DOCTYPE"),
    "external subset": ('<!DOCTYPE xml SYSTEM "http://h/x"><xml/>', "DOCTYPE"),
    "bare doctype": ("<!DOCTYPE xml><xml/>", "DOCTYPE"),
    "undefined entity": ("<xml>&nope;</xml>", "malformed"),
    "truncated": ("<xml><a>1</a>", "malformed"),
    "cut in CDATA": ("<xml><a><![CDATA[1</a></xml>", "malformed"),
    "second root": ("<xml/><xml/>", "malformed"),
    "trailing text": ("<xml/>junk", "malformed"),
    "crossed tags": ("<xml><a></xml></a>", "malformed"),
    "control character": ("<xml>\x01</xml>", "malformed"),
    "NUL": ("<xml>\x00</xml>", "NUL"),
    "text read as UTF-16": ("<\x00x\x00m\x00l\x00/\x00>\x00", "NUL"),
    "wrong root": ("<html/>", "root element 'html'"),
    "root in capitals": ("<XML/>", "root element 'XML'"),
    "declared GBK": ('<?xml version="1.0" encoding="GBK"?><xml/>', "'GBK'"),
    "bytes of GBK": ("<xml>中文</xml>".encode("gbk"), "not UTF-8"),
    "bytes of UTF-16": ("<xml/>".encode("utf-16"), "not UTF-8"),
    "bytes of UTF-16 without mark": ("<xml/>".encode("utf-16-le"), "NUL"),
    "lone surrogate": ("<xml>\ud800</xml>", "not UTF-8"),
    "encoded surrogate": (b"<xml>\xed\xa0\x80</xml>", "not UTF-8"),
    "too deep": (nested(MAX_DEPTH + 1), "deeper than 8"),
    "too many": (f"<xml>{'<a/>' * MAX_ELEMENTS}</xml>", "more than 2000"),
    "too long": (sized(MAX_BYTES + 1), "larger than 65536"),
    "too long in bytes": (sized(MAX_BYTES + 1).encode(), "larger than 65536"),
    "too long once encoded": (f"<xml>{'中' * 30_000}</xml>", "larger than 65536"),
}


@pytest.mark.parametrize(("payload", "told"), list(REFUSED.values()), ids=list(REFUSED))
def test_a_refused_document_is_one_error_with_a_hint(payload, told):
    with pytest.raises(PayloadError) as caught:
        read_xml(payload)
    assert told in caught.value.message
    assert caught.value.hint
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


ACCEPTED = {
    "deepest": nested(MAX_DEPTH),
    "most elements": f"<xml>{'<a/>' * (MAX_ELEMENTS - 1)}</xml>",
    "largest": sized(MAX_BYTES),
    "declared": '<?xml version="1.0" encoding="utf-8"?><xml/>',
    "byte order mark": b"\xef\xbb\xbf<xml/>",
    "white space around": "\n  <xml/>\n",
    "space in the closing tag": "<xml></xml >",
    "comment": "<!-- a --><xml><!-- b --></xml><!-- c -->",
}


@pytest.mark.parametrize("payload", list(ACCEPTED.values()), ids=list(ACCEPTED))
def test_a_document_within_the_bounds_is_read(payload):
    assert read_xml(payload).name == "xml"


def test_a_tree_is_read_by_name_and_keeps_repeats_and_order():
    tree = read_xml("<xml><a>1</a><b><c> 2 </c></b><a><![CDATA[<3>]]></a></xml>")
    assert [child.name for child in tree.children] == ["a", "b", "a"]
    assert [child.text for child in tree.all("a")] == ["1", "<3>"]
    assert tree["a"].text == "1"
    assert tree["b"]["c"].text == " 2 "
    assert "b" in tree and "c" not in tree
    assert tree.get("c") is None and tree.all("c") == ()


def test_a_missing_child_is_a_key_error_as_in_a_mapping():
    with pytest.raises(KeyError, match="FromUserName"):
        read_xml("<xml/>")["FromUserName"]


def test_a_tree_is_an_immutable_hashable_value():
    tree = read_xml("<xml><a>1</a></xml>")
    assert tree == Element("xml", children=(Element("a", text="1"),))
    assert len({tree, read_xml(b"<xml><a>1</a></xml>")}) == 1
    with pytest.raises(AttributeError):
        tree.name = "b"  # type: ignore[misc]


def test_a_refusal_names_the_channel_and_cuts_hostile_names_short():
    with pytest.raises(PayloadError) as caught:
        read_xml(f"<{'a' * 50_000}/>", channel="wecom")
    assert caught.value.message.startswith("wecom: ")
    assert len(str(caught.value)) < 300


PIECES = st.sampled_from([
    "<xml>",
    "</xml>",
    "</xml >",
    "<a>",
    "</a>",
    "<a/>",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE xml [",
    '<!ENTITY a "b">',
    "]>",
    "&a;",
    "&amp;",
    "&#0;",
    '<?xml version="1.0" encoding="UTF-16"?>',
    "中",
    "\ud800",
    " ",
])


def is_read_or_refused(payload: str | bytes) -> bool:
    """Whether the reader answers as it promises; other errors propagate."""
    try:
        return isinstance(read_xml(payload), Element)
    except PayloadError as error:
        return bool(error.hint)


@given(st.binary())
def test_any_bytes_are_read_or_refused(payload):
    assert is_read_or_refused(payload)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_read_or_refused_lone_surrogates_included(payload):
    assert is_read_or_refused(payload)


@given(st.lists(PIECES).map("".join))
def test_any_mixture_of_markup_is_read_or_refused(payload):
    assert is_read_or_refused(payload)
    assert is_read_or_refused(payload.encode("utf-8", "surrogatepass"))


NAMES = st.sampled_from(["a", "b", "MsgId"])
# U+FFFE and U+FFFF are no characters of XML.
LETTERS = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"
)
LEAVES = st.builds(Element, NAMES, text=st.text(LETTERS, max_size=9))


def parents(children: st.SearchStrategy[Element]) -> st.SearchStrategy[Element]:
    """Elements that hold such children."""
    held = st.lists(children, max_size=3).map(tuple)
    return st.builds(Element, NAMES, children=held)


def written(element: Element) -> str:
    """An element as XML, as the platforms write it."""
    text = element.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    inner = "".join(map(written, element.children))
    return f"<{element.name}>{text}{inner}</{element.name}>"


@given(st.lists(LEAVES | parents(LEAVES | parents(LEAVES)), max_size=4))
def test_a_written_tree_is_read_back(children):
    tree = Element("xml", children=tuple(children))
    assert read_xml(written(tree)) == tree
