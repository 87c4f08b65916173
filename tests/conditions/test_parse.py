"""`parse` reads a closed subset of Python, never evaluates, and says where it fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import Condition, attr, parse
from privflow.errors import (
    ConditionError,
    ConditionSyntaxError,
    ConditionTypeError,
    DefinitionError,
    PrivflowError,
    TimeFormatError,
    UnknownNameError,
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "invalid syntax"),
        ("attr.age >", "invalid syntax"),
        ("attr.age >> 40", "'attr.age >> 40' is not part of a condition"),
        (
            "attr.age > 40 & attr.x == 3",
            "put each comparison beside & or | in parentheses",
        ),
        (
            "attr.a == 1 and attr.b == 1",
            "write & instead of and, with each comparison in parentheses",
        ),
        (
            "attr.a == 1 or attr.b == 1",
            "write | instead of or, with each comparison in parentheses",
        ),
        ("not attr.a == 1", "write ~ instead of not"),
        ("attr.a in ['x']", "write .is_in([...]) instead of in"),
        ("attr.a not in ['x']", "write ~ and .is_in([...]) instead of not in"),
        ("attr.a is 'x'", "write == instead of is"),
        ("attr.a is None", "nothing can be compared with None: write .is_missing()"),
        ("attr.a is not None", "compared with None: write .is_missing()"),
        ("attr.a.is_in(['x', None])", "compared with None: write .is_missing()"),
        ("attr.a is not 'x'", "write != instead of is not"),
        (
            "1 < attr.a < 3",
            "write a < b < c as (a < b) & (b < c), or with .between(low, high)",
        ),
        ("1 < attr.a", "cannot be compared like this: write attr.name == value"),
        (
            "attr.a & attr.b",
            "is no condition: compare it, and put comparisons in parentheses",
        ),
        ("attr.a", "is no condition: compare it, and put comparisons in parentheses"),
        ("~attr.a", "is no condition: compare it, and put comparisons in parentheses"),
        (
            "event('buy')",
            "is no condition: compare it, and put comparisons in parentheses",
        ),
        ("True", "is no condition: compare it, and put comparisons in parentheses"),
        ("attr", "is not part of a condition by itself"),
        ("attr == 1", "is not part of a condition by itself"),
        ("tag", "is not part of a condition by itself"),
        ("attr.__class__ == 1", "write attr['__class__']"),
        ("attr.a.b == 1", "unknown method 'b': "),
        ("attr.__init__()", "cannot be called"),
        ("now.hour()", "cannot be called"),
        ("now.huor == 3", "now has no 'huor': did you mean 'hour'?"),
        (
            "now.__class__ == 3",
            "now has no '__class__': use one of 'hour', 'weekday', 'day', 'month'",
        ),
        ("attr.a = 1", "invalid syntax: write == instead of =\n"),
        ("attr.a => 1", "invalid syntax: write >= instead of =>\n"),
        ("== 1", "invalid syntax\n"),
        ("attr.a <> 1", "invalid syntax: write != instead of <>"),
        ("!(attr.a == 1)", "invalid syntax: write ~ instead of !"),
        ("(attr.a == 1) && (attr.b == 2)", "invalid syntax: write & instead of &&"),
        ("(attr.a == 1) || (attr.b == 2)", "invalid syntax: write | instead of ||"),
        ("(attr.a == 1) AND (attr.b == 2)", "syntax: write & instead of AND"),
        ("(attr.a == 1) OR (attr.b == 2)", "syntax: write | instead of OR"),
        ("attr.a LIKE 'x'", "invalid syntax: write .contains('…') instead of LIKE"),
        ("attr.a android 'x'", "invalid syntax\n"),
        ("attr.a == “x”", "(U+201C): write the sign on an English keyboard"),
        ("event('a'，'b')", "(U+FF0C): write the sign on an English keyboard"),
        ("（attr.a == 1)", "(U+FF08): write the sign on an English keyboard"),
        ("attr.a == €", "invalid character '€' (U+20AC)"),
        ("attr.a == 👍", "invalid character '👍' (U+1F44D)\n"),
        ("attr['a']['b'] == 1", "is not part of a condition by itself"),
        ("attr[0] == 1", None),
        ("now['hour'] == 1", "is not part of a condition by itself"),
        ("evnt('buy').exists()", "unknown function 'evnt': did you mean 'event'?"),
        ("atr.a == 1", "is not part of a condition by itself"),
        ("a == 1", "unknown name 'a': an attribute is attr.a"),
        ("城市 == '上海'", "unknown name '城市': an attribute is attr.城市"),
        ("evnt == 1", "unknown name 'evnt': did you mean 'event'?"),
        ("attr.vip == true", "unknown name 'true': write True"),
        ("attr.vip == FALSE", "unknown name 'FALSE': write False"),
        ("attr.vip == null", "unknown name 'null': ask .is_missing() instead"),
        ("event('buy').exist()", "unknown method 'exist': did you mean 'exists'"),
        ("event('buy').happening", "unknown method 'happening': "),
        ("event('buy').exists", "write .exists() to ask it"),
        ("attr.a.length > 3", "write .length() to ask it"),
        ("attr.a.name()", "unknown method 'name': "),
        ("attr.a.__eq__(1)", "unknown method '__eq__': "),
        ("tag('t').group()", "unknown method 'group': "),
        ("'x'.upper() == 'X'", "unknown method 'upper': none are defined yet"),
        ("event('buy')()", "cannot be called"),
        ("(lambda: 1)()", "cannot be called"),
        ("event(**{'name': 'x'}).exists()", "** is not part of a condition"),
        ("event(*['x']).exists()", "is not part of a condition"),
        ("event().exists()", "TypeError: "),
        (
            "attr.a == Decimal('x')",
            "ValueError: 'x' is no number: write Decimal('9.90')",
        ),
        ("attr.a == date(2026, 13, 1)", "ValueError: month must be in 1..12"),
        ("attr.a == 1j", "'1j' is not part of a condition"),
        ("attr.a == None", "nothing can be compared with None: write .is_missing()"),
        ("attr.a == b'x'", "is not part of a condition"),
        ("attr.a == f'{x}'", "is not part of a condition"),
        ("attr.a == {1: 2}", "'{1: 2}' is not part of a condition"),
        ("attr.a == [x for x in [1]]", "'[x for x in [1]]' is not part of a condition"),
        ("attr.a == (b := 1)", "'b := 1' is not part of a condition"),
        ("attr.a == -'x'", "is not part of a condition"),
        ("attr.a == __import__('os')", "unknown function '__import__': "),
        ("attr.a == '\x00'", r"has the character '\x00': write it as that escape"),
        ("attr.a == '\ud800'", r"has the character '\ud800': write it as that"),
        ("attr.a == " + "1" * 5_000, "has a number of too many digits\n"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text, problem):
    """C5."""
    with pytest.raises(PrivflowError) as caught:
        parse(text)
    if problem is not None:
        assert isinstance(caught.value, ConditionSyntaxError)
        assert problem in caught.value.message
        assert caught.value.line >= 1


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ("attr.a.is_in('x')", ConditionTypeError, "write a list of values"),
        ("attr.a.is_in([])", ConditionTypeError, "write a non-empty list"),
        ("event('b').within('x').exists()", TimeFormatError, "write it like"),
        ("event('b').in_('day').exists()", ConditionTypeError, "write a window like"),
        (
            "event('b').in_(calendar('dya')).exists()",
            UnknownNameError,
            "did you mean 'day'",
        ),
        (
            "event('b').where(attr.a == 1).exists()",
            ConditionError,
            "ask about prop alone",
        ),
        ("event('b').where(prop.a).exists()", ConditionError, "put comparisons in"),
        ("tag('t', order=['a', 'b']).at_least('c')", UnknownNameError, "use one of"),
        (
            "tag('t').at_least('c')",
            ConditionError,
            "declare the group with ordered=True",
        ),
        ("tag('t', order='ab').at_least('a')", ConditionTypeError, "write a list"),
        ("tag('t').any_of('ab')", ConditionTypeError, "write a list"),
        ("attr.a == 1e999", DefinitionError, "leave it out instead"),
        ("attr.a == Decimal('1e999')", DefinitionError, "keep it as text"),
    ],
)
def test_an_impossible_operand_is_the_same_error_as_in_python(text, error, hint):
    with pytest.raises(error) as caught:
        parse(text)
    assert hint in caught.value.hint
    assert caught.value.path.startswith("line 1, column ")


@pytest.mark.parametrize(
    ("text", "place", "note"),
    [
        (
            "(attr.上海 == 1)\n& event('b').within('7x').exists()",
            "line 2, column 14",
            "  & event('b').within('7x').exists())\n               ^",
        ),
        (
            "attr.上海 > 1e999",
            "line 1, column 11",
            "  attr.上海 > 1e999\n" + 14 * " " + "^",
        ),
        (
            "event('b').where(attr.a.between(2, 1)).exists()",
            "line 1, column 25",
            "  event('b').where(attr.a.between(2, 1)).exists()\n" + 26 * " " + "^",
        ),
        ("bucket('') < 1", "line 1, column 1", "  bucket('') < 1\n  ^"),
    ],
)
def test_an_impossible_operand_is_told_with_its_place(text, place, note):
    """C5."""
    with pytest.raises(DefinitionError) as caught:
        parse(f"({text})" if "\n" in text else text)
    assert caught.value.path == place
    assert str(caught.value).startswith(f"{place}: ")
    assert caught.value.__notes__ == [note]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("attr.a.is_inn([1])", 8),
        ("event('buy').within('7d').exist()", 27),
        ("event('buy').within('7d').exists", 27),
        ("event('buy').where(attr.上海\t.lenght() > 1).exists()", 29),
        ("event('buy').sum() > 1", 14),
        ("attr.ﬁrst.lenght() > 1", 11),
    ],
)
def test_what_is_asked_is_underlined_where_its_name_stands(text, column):
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    "text",
    [
        "~" * 10_000 + "attr.a.is_missing()",
        "(" * 10_000 + "attr.a.is_missing()" + ")" * 10_000,
        " & ".join(["attr.a.is_missing()"] * 3_500),
        "attr" + ".a" * 10_000,
        "attr.a" + ".fill(1)" * 5_000,
        "attr.a" + ".fill(1)" * 900,
        "attr.a == " + "-" * 10_000 + "1",
        "attr.a == " + "[" * 10_000 + "]" * 10_000,
        "attr.a.is_in([" + "1, " * 40_000 + "])",
    ],
)
def test_text_of_ten_thousand_levels_does_not_overflow(text):
    """C5."""
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert len(str(caught.value)) < 1_000


def nested(levels: int) -> str:
    text = "attr.x.is_missing()"
    for level in range(levels):
        text = f"({text} {'&' if level % 2 else '|'} attr.y.is_missing())"
    return text


def test_nesting_ends_at_64_levels():
    parse(nested(63))
    with pytest.raises(ConditionError, match="nested more than 64 levels deep"):
        parse(nested(64))


def test_joining_ends_at_1000_parts():
    with pytest.raises(ConditionError) as caught:
        parse(" | ".join(["attr.a.is_missing()"] * 1_001))
    assert caught.value.message == "condition: joins 1001 parts, expected 1 to 1000"
    assert "is_in" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        (
            "((attr.a == '上\u2028海') &\n (attr.城市 == '海') & foo.x)",
            (2, 21),
            [" (attr.城市 == '海') & foo.x)", 23 * " " + "^"],
        ),
        ("\n \n  attr.a ==\n", (3, 12), ["  attr.a ==", 11 * " " + "^"]),
        ("  foo.x", (1, 3), ["  foo.x", "  ^"]),
        ("attr.a.is_in([\r\n1,\r\tfoo])", (3, 2), [" foo])", " ^"]),
        (
            "(attr.上海 == 1) &\tfoo.x",
            (1, 18),
            ["(attr.上海 == 1) & foo.x", 19 * " " + "^"],
        ),
        ("(attr.上海 == 1 &", (1, 16), ["(attr.上海 == 1 &", 17 * " " + "^"]),
        ("attr.上 === '海'", (1, 10), ["attr.上 === '海'", 10 * " " + "^"]),
        (
            "(attr.a == '\x1b') & y",
            (1, 19),
            ["(attr.a == '\ufffd') & y", 18 * " " + "^"],
        ),
        (
            "(attr.a == 'e\u0301') & y",
            (1, 20),
            ["(attr.a == 'e\u0301') & y", 18 * " " + "^"],
        ),
        ("attr.a == '上\x00'", (1, 13), ["attr.a == '上\ufffd'", 13 * " " + "^"]),
        ("(attr.a ==\n '\ud800')", (2, 3), [" '\ufffd')", "  ^"]),
        (
            "attr.a == '\u202e'\u202e",
            (1, 14),
            ["attr.a == '\ufffd'\ufffd", 13 * " " + "^"],
        ),
        (
            "attr.上.matches('海\\d')",
            (1, 18),
            ["attr.上.matches('海\\d')", 19 * " " + "^"],
        ),
        ("attr.a.is_in(['''x\n上\\d'''])", (2, 2), ["上\\d'''])", "  ^"]),
    ],
)
def test_the_place_is_counted_in_characters_and_underlined_in_columns(
    text, place, shown
):
    """C5: in the text as it was written; Chinese takes two columns, a tab one."""
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == place
    assert caught.value.text == text
    assert caught.value.message.splitlines()[1:] == [f"  {line}" for line in shown]
    assert str(caught.value).encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"attr.a == '\\d'", r"\d"),
        (r"attr.a == r'\d'", r"\d"),
        (r"attr.a == '\n\x41\u4e0a\101\\'", "\nA上A\\"),
        (r"attr.a == '\N{BULLET}'", "\N{BULLET}"),
    ],
)
def test_what_is_escaped_well_is_read(text, value):
    assert parse(text).same_as(attr.a == value)


def test_an_escape_that_is_none_is_refused_with_its_remedy():
    """Python would take it with a warning, to whoever runs the host."""
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(r"attr.a.matches(r'\d') & attr.a.matches('\d')")
    assert caught.value.problem == r"'\\d' is no escape: double the backslash, or r'…'"
    assert caught.value.column == 41


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("attr.city ==", 13),
        ("attr.city == ", 13),
        ("(attr.a == 1) &", 16),
        ("~", 2),
        ("attr.", 6),
        ("event('buy'", 12),
        ("attr.a.is_in(['a'", 18),
        ("attr.a == 1)", 12),
        ("attr.x ===1", 10),
        ("attr.a == 'x", 11),
    ],
)
def test_what_is_missing_at_the_end_is_underlined_there(text, column):
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, column)
    assert caught.value.message.splitlines()[-1] == "  " + " " * (column - 1) + "^"


def test_the_end_may_be_lines_behind_what_was_opened():
    with pytest.raises(ConditionSyntaxError) as caught:
        parse("(attr.a == 1) & (\n attr.b ==")
    assert (caught.value.line, caught.value.column) == (2, 11)
    assert "from line 1, column 17" in caught.value.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("attr.a == 1\n", None),
        ("(attr.a == 1)\n& (attr.b == 2)", (2, 1)),
        (" (attr.a == 1)\n   & (attr.b == 2)", (2, 4)),
        ("(attr.a == 1) &\n(attr.b == 2)", (1, 16)),
        ("(attr.a == 1) &\n(attr.b = 2)", (1, 16)),
        ("(attr.a == 1)\r\n& (attr.b ==== 2)", (2, 1)),
        ("(attr.a == 1)\n\t| (attr.b = 2)", (2, 2)),
        ("((attr.a == 1)\n& (attr.b == 2))", None),
    ],
)
def test_lines_are_held_together_by_parentheses(text, place):
    if place is None:
        assert isinstance(parse(text), Condition)
        return
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(text)
    assert caught.value.problem == "a condition of several lines stands in ( )"
    assert (caught.value.line, caught.value.column) == place


def test_only_text_is_parsed():
    with pytest.raises(ConditionSyntaxError, match="got no text"):
        parse(attr.a == 1)


@given(st.text(max_size=60) | st.text("atr.=()&|~ '1<[]", max_size=60))
def test_any_other_text_is_a_condition_or_an_error_of_ours(text):
    try:
        found = parse(text)
    except PrivflowError as error:
        assert error.hint  # noqa: PT017 - either outcome is fine
    else:
        assert parse(repr(found)).same_as(found)


@pytest.mark.parametrize(
    "text",
    [
        "tag(group='t').has(label='a')",
        "event('b').in_(window=rolling('7d')).exists()",
        "attr.a.between(low=-2, high=1)",
        "attr.a == instant('2026-10-20T09:30', tz='Asia/Shanghai')",
        "attr.a.is_in(('a', 'b'))",
    ],
)
def test_names_of_arguments_may_be_written(text):
    found = parse(text)
    assert parse(repr(found)).same_as(found)
