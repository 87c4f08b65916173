"""Whatever a text holds, `parse` reads a condition or refuses it, and does no more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conditions.strategies import evenly, written
from privflow.conditions import Condition, attr, parse
from privflow.conditions.pattern import pattern_of
from privflow.errors import (
    ConditionError,
    ConditionSyntaxError,
    DefinitionError,
    PrivflowError,
)

# What a text would set off if any of it were run; parsing itself sets off "compile".
DEEDS = {"exec", "import", "open", "os.system", "subprocess.Popen", "socket.connect"}
pattern_of("^")  # the reader of patterns is loaded with the first one
seen: list[str] = []
watching = [False]


@sys.addaudithook
def _watch(event: str, _: object) -> None:
    if watching[0] and event in DEEDS:
        seen.append(event)


@contextmanager
def watched() -> Iterator[None]:
    """Fails where anything was run, imported or opened meanwhile."""
    seen.clear()
    watching[0] = True
    try:
        yield
    finally:
        watching[0] = False
    assert seen == []


def reads_or_says_why(text: str) -> Condition | None:
    """The law: a condition that reads as itself, or one of our errors that teaches."""
    refusal = None
    try:
        found = parse(text)
    except PrivflowError as error:
        refusal = error
    if refusal is not None:
        assert isinstance(refusal, DefinitionError)
        assert str(refusal).encode()
        assert len(str(refusal)) < 2_000
        assert refusal.hint != PrivflowError().hint
        return None
    assert parse(repr(found)).same_as(found)
    assert hash(parse(repr(found))) == hash(found)
    return found


HOSTILE = [
    "__import__('os')",
    "__import__('os').system('true')",
    "().__class__.__base__.__subclasses__()",
    "attr.__class__",
    "attr.a.__init__.__globals__",
    "attr.a.term",
    "event('b').happening",
    "tag('t')._tagged('x')",
    "open('/etc/passwd').read()",
    "eval('1')",
    "(lambda: 1)()",
    "[x for x in [1]]",
    "{**attr}",
    "(a := 1)",
    "f'{1}'",
    "f'{__import__(\"os\")}'",
    "b'x'",
    "1j",
    "nan",
    "...",
    "None",
    "1e999",
    "-1e999",
    "-0.0",
    "Decimal('NaN')",
    "Decimal('sNaN')",
    "Decimal('-Infinity')",
    "date('2026-01-01')",
    "instant('2026-10-20T09:30')",
    "instant('now')",
    "'2026-10-20T09:30+08:00' == attr.at",
    "[[1], [2]]",
    "*[1]",
    "self=1",
    "node=1",
    "function=1",
    "'\ud800'",
    "'\x00'",
    "\u202e\u2066",
    "，",
    "\x0c",
    "#",
    "\\",
    "'''",
    "await x",
    "yield",
    "print",
    "0x" + "f" * 5_000,
    "9" * 5_000,
    "'" + "长" * 5_000 + "'",
    "a" * 5_000,
]
hostile = st.sampled_from(HOSTILE)
PLACES = [
    "{}",
    "attr.a == {}",
    "attr[{}] == 1",
    "attr.a.is_in([{}])",
    "attr.a.is_in({})",
    "attr.a.between(1, {})",
    "attr.a.fill({}) == 1",
    "attr.a.matches({})",
    "attr.a.before({})",
    "attr.a.anniversary_within({})",
    "attr.a.length({}) == 1",
    "event({}).exists()",
    "event('b').within({}).exists()",
    "event('b').in_({}).exists()",
    "event('b').where({}).exists()",
    "event('b').between({}, {}).exists()",
    "event('b').sum({}) > 1",
    "event('b').at_least({})",
    "event('b').then({}, within='3d')",
    "event('b').then(event('c'), within={})",
    "tag({}).has('a')",
    "tag('t').any_of([{}])",
    "tag('t', order={}).at_least('a')",
    "tag('t').held_for('a', {})",
    "tag('t').held_since('a', {})",
    "tag('t').has({}, label='a')",
    "bucket({}) < 1",
    "member({})",
    "in_stage({}, {})",
    "in_journey({}).surely({})",
    "event('b').in_(calendar({})).exists()",
    "event('b').in_(aligned('1h', tz={})).exists()",
    "attr.a == date(2026, {}, 1)",
    "attr.a == Decimal({})",
    "attr.a == instant({})",
    "now.hour == {}",
    "(attr.a == 1) & ({})",
    "~({})",
]


@pytest.mark.parametrize("place", PLACES)
def test_nothing_hostile_is_run(place: str) -> None:
    """C5."""
    for text in HOSTILE:
        full = place.replace("{}", text)
        with watched():
            reads_or_says_why(full)


@pytest.mark.parametrize("place", PLACES)
def test_no_place_runs_a_call_of_python(place: str) -> None:
    """C5."""
    text = place.replace("{}", "__import__('os').abort()")
    with pytest.raises(ConditionError), watched():
        parse(text)


def test_what_is_run_would_be_seen() -> None:
    with pytest.raises(AssertionError), watched():
        exec("1")  # noqa: S102 - that is what must not happen


TOKENS = [
    *["(", ")", "[", "]", "&", "|", "~", "==", "<", ".", ",", "-", "'", '"', "\\", "="],
    *["attr", "prop", "event", "tag", "now", "and", "in", "not", "if", "\n", "\t", " "],
    *["1", "'x'", "_", "上", "\u3000", "\x00", "\ud800", "\u202e", "\U0001f600"],
]
pieces = evenly(st.sampled_from(TOKENS), hostile, st.text(max_size=3))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The text of a condition with a few parts left out, doubled, moved or replaced."""
    text = repr(draw(written))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        cut, other = text[start:end], draw(st.integers(0, len(text)))
        middle = draw(
            evenly(pieces, st.sampled_from(["", cut * 2, text[other : other + 8]]))
        )
        text = text[:start] + middle + text[end:]
    return text


@given(mutated())
@settings(max_examples=300)
@example("attr.a.between(self=1)")
@example("attr.a == 1\\")
@example("(attr.a == 1) & \\\n(attr.b == 1)")
def test_a_changed_text_is_read_or_refused(text: str) -> None:
    """C5."""
    reads_or_says_why(text)


@given(evenly(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join)))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    """C5."""
    reads_or_says_why(text)


LIMIT = 100_000


def filled(opened: str, core: str, closed: str = "") -> str:
    """As many levels as a text may have characters for."""
    levels = (LIMIT - len(core)) // len(opened + closed)
    return opened * levels + core + closed * levels


@pytest.mark.parametrize(
    "text",
    [
        filled("~", "x"),
        filled("not ", "x"),
        filled("(", "x", ")"),
        filled("[", "x", "]"),
        filled("{1:", "x", "}"),
        filled("(\n", "x", "\n)"),
        filled("lambda:", "x"),
        filled("1 if 1 else ", "x"),
        filled("1**", "1"),
        filled("1<", "1"),
        filled("a|b&", "c"),
        filled("f'{", "1", "}'"),
        filled("event('b').where(", "prop.x==1", ").exists()"),
        filled("", "attr", ".a"),
        filled("", "attr.a", "()"),
        filled("", "attr.a.is_missing()", ".surely()"),
        "attr.a == " + "9" * 90_000,
        "attr.a == 0x" + "f" * 90_000,
        "attr.a == Decimal('" + "9" * 90_000 + "')",
        "event('b').within('" + "9" * 90_000 + "d').exists()",
        "attr.a.matches('" + "(a|b)*" * 15_000 + "')",
        "a" * 90_000 + " == 1",
        "event('" + "x" * 90_000 + "').where(attr.a == 1).exists()",
        "tag('t', order=[" + "'a'," * 20_000 + "]).has('a')",
        " " * LIMIT + "x",
        "\\" * LIMIT,
    ],
)
def test_the_longest_text_is_refused_in_a_few_words(text: str) -> None:
    """C5: no text overflows, hangs, or fills the log."""
    assert reads_or_says_why(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "attr.a == '" + "长" * 90_000 + "'",
        "attr.a == '" + r"\n" * 45_000 + "'",
        "attr.a.is_in([" + "1, " * 30_000 + "])",
        "attr.a == 1 #" + "x" * 90_000,
        "attr.a == 1." + "9" * 90_000,
    ],
)
def test_a_long_text_is_read_where_it_is_one(text: str) -> None:
    condition = parse(text)
    assert parse(repr(condition)).same_as(condition)


def test_a_text_has_a_limit() -> None:
    with pytest.raises(ConditionSyntaxError, match="has 100001 characters, at most"):
        parse("x" * (LIMIT + 1))


def test_minus_zero_is_zero_and_written_as_it_is() -> None:
    assert repr(parse("attr.a == -0.0")) == "attr.a == -0.0"
    assert parse("attr.a == -0.0") == (attr.a == -0.0)
