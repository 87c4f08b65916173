"""Every error teaches, pickles, and stands on the page of errors."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from privflow import errors, touches
from privflow.engine.wording import REASONS
from privflow.errors import (
    AdapterError,
    ConditionError,
    ConditionSyntaxError,
    ConditionTypeError,
    ContentError,
    DefinitionError,
    DocumentError,
    DocumentProblem,
    DuplicateNameError,
    FutureInputError,
    MissingExtraError,
    NaiveTimeError,
    NotABooleanError,
    PayloadError,
    PrivflowError,
    ProtocolError,
    TimeFormatError,
    TimeReversedError,
    UnknownFormatError,
    UnknownNameError,
    UnknownZoneError,
    WrongContactError,
)

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
LATER, EARLIER = "2026-10-21T02:00:00Z", "2026-10-20T02:00:00Z"
HUNDRED: Final = [f"name-{number:03}" for number in range(100)]

# One of each class, as it is shown on the page.
SAMPLES: Final = [
    DefinitionError("Journey.stages", "got no stage", "give it at least one Stage"),
    NaiveTimeError("2026-10-20T09:30"),
    TimeFormatError("span", "30 days", "'30d' or '1h30m'"),
    UnknownZoneError("Asia/Beijing"),
    UnknownNameError("stage", "convrt", ["acquaint", "convert", "sleeping"]),
    DuplicateNameError("Journey.stages", "convert"),
    NotABooleanError("condition", "write a & b instead of a and b"),
    UnknownFormatError("Journey", "pdf", ["text", "md", "mermaid", "svg", "html"]),
    ConditionError("attr.city.is_in", "got no value", "name at least one city"),
    ConditionTypeError("attr.age > …", "40", "a number"),
    ConditionSyntaxError("attr.age >> 40", "no such operator", 1, 10),
    DocumentError(
        "plan",
        [
            DocumentProblem("got '3', expected an integer", "store 3").at(
                "$.quotas[0].limit"
            ),
            UnknownNameError("stage", "convrt", ["convert"]).at(
                "$.journeys[0].stages[1]"
            ),
        ],
    ),
    DocumentProblem("got '3', expected an integer", "store 3").at("$.quotas[0].limit"),
    ProtocolError(
        "got a receipt of the unknown touch 't-1'", "report on touches of this state"
    ),
    WrongContactError("c-001", "c-002"),
    TimeReversedError(LATER, EARLIER),
    FutureInputError(LATER, EARLIER),
    ContentError(
        "wecom.mass",
        "got a text of 4002 bytes, expected at most 4000",
        "shorten the text",
    ),
    AdapterError(
        "wecom",
        "the event names no external_userid",
        "keep the payload and report it",
    ),
    PayloadError("wechat", "got 12 MB, expected at most 1 MB", "refuse it"),
    MissingExtraError("frames", "narwhals"),
]

# Errors that were given far more names or problems than anybody reads.
CROWDED: Final = [
    UnknownNameError("stage", "nothing like them", HUNDRED),
    UnknownNameError("stage", "name-00", HUNDRED),
    UnknownFormatError("Journey", "pdf", HUNDRED),
    DocumentError("plan", [DuplicateNameError("tag", name) for name in HUNDRED]),
]

sampled = pytest.mark.parametrize(
    "error", SAMPLES, ids=[sample.code for sample in SAMPLES]
)


def family(root: type[PrivflowError]) -> Iterator[type[PrivflowError]]:
    """The class and all below it that the library defines."""
    if root.__module__ == errors.__name__:
        yield root
    for child in root.__subclasses__():
        yield from family(child)


FAMILY: Final = sorted(set(family(PrivflowError)), key=lambda cls: cls.code)


def test_every_class_but_the_root_has_a_sample() -> None:
    missing = set(FAMILY) - {type(sample) for sample in SAMPLES} - {PrivflowError}
    assert missing == set(), "add one to SAMPLES and to docs/errors.md"


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [cls.code for cls in FAMILY]
    assert len(set(codes)) == len(codes)
    assert all("code" in vars(cls) for cls in FAMILY)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("cls", FAMILY, ids=lambda cls: cls.code)
def test_every_class_has_its_heading_on_the_page(cls: type[PrivflowError]) -> None:
    assert re.search(rf"^##+ {cls.__name__} \[{cls.code}\]$", PAGE, re.MULTILINE)


def test_the_page_names_no_error_that_is_gone() -> None:
    headings = re.findall(r"^##+ (\w+) \[[a-z-]+\]$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(cls.__name__ for cls in FAMILY)


@sampled
def test_the_page_shows_the_sample_as_it_is_printed(error: PrivflowError) -> None:
    assert str(error) in PAGE


def reasons_of(source: str) -> Iterator[str]:
    """The codes of reasons that a module names: given, assigned, or returned."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Deny" | "Hold"), args=[reason, *_]):
                yield from literals(reason)
            case ast.Call(
                func=ast.Attribute(attr="note"), args=[_, _, _, _, reason, *_]
            ):
                yield from literals(reason)
            case ast.keyword(arg="reason", value=reason):
                yield from literals(reason)
            case ast.Assign(targets=[ast.Name(id="reason" | "refused")], value=reason):
                yield from literals(reason)
            case ast.FunctionDef(name="refusal" | "_refusal" | "refusal_again"):
                for returned in ast.walk(node):
                    if isinstance(returned, ast.Return) and returned.value:
                        yield from literals(returned.value)


def literals(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    match value:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*literals(one), *literals(other))
        case ast.BoolOp(values=several):
            for each in several:
                yield from literals(each)
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(end))]):
            yield from (f"{kind}{end}" for kind in ("current", "future"))


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page, cell by cell."""
    _, _, section = PAGE.partition(f"\n### {heading}\n")
    lines = re.findall(r"^\| (`.+) \|$", section.partition("\n### ")[0], re.MULTILINE)
    return [line.split(" | ") for line in lines]


def codes(heading: str) -> list[str]:
    return [code for row in rows(heading) for code in re.findall(r"`(\w+)`", row[0])]


WHY: Final = "Why a step or a touch did not leave"
JOURNAL: Final = "What the journal adds"
RECEIPTS: Final = "What a platform or a member of staff says"


def test_every_reason_of_why_stands_on_the_page_in_its_own_words() -> None:
    """E4."""
    said = {code: words[0] for code, words in REASONS.items() if code}
    assert {row[0].strip("`"): row[2] for row in rows(WHY)} == said


def test_every_reason_of_a_receipt_stands_on_the_page() -> None:
    assert codes(RECEIPTS) == list(touches.REASONS)


def test_every_reason_that_the_source_names_stands_on_the_page_and_no_other() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("engine", "journeys", "quotas", "rules", "touches")
        for path in (ROOT / "src" / "privflow" / room).glob("*.py")
    ]
    named = {reason for source in sources for reason in reasons_of(source)}
    assert named - {*codes(WHY), *codes(JOURNAL)} == set()
    assert {*codes(JOURNAL)} - named == {"once"}  # which is the rule's own `limit`


@sampled
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_pickles_with_its_arguments_and_path(
    error: PrivflowError, protocol: int
) -> None:
    path = error.path
    try:
        again = pickle.loads(pickle.dumps(error.at("$.here[1]"), protocol))
    finally:
        error.at(path)
    assert type(again) is type(error)
    assert again.path == "$.here[1]"
    assert again.message == error.message
    assert again.hint == error.hint
    assert repr(again.args) == repr(error.args)


@sampled
def test_a_message_starts_in_lower_case_or_with_the_name_of_a_field(
    error: PrivflowError,
) -> None:
    assert re.match(r"([A-Z]\w*(\.\w+)*: |attr\.\S+ .*: )?[a-z'$]", error.message)


@sampled
def test_a_hint_is_one_line_that_says_something(error: PrivflowError) -> None:
    assert error.hint.strip()
    assert "\n" not in error.hint


@sampled
def test_the_text_has_path_message_code_and_hint_in_this_order(
    error: PrivflowError,
) -> None:
    where = f"{error.path}: " if error.path else ""
    text = str(error)
    assert text.startswith(where + error.message.partition("\n")[0])
    assert f"[{error.code}]" in text
    assert text.endswith(f"\nhint: {error.hint}")


@pytest.mark.parametrize("error", CROWDED, ids=lambda error: error.code)
def test_at_most_five_alternatives_are_shown(error: PrivflowError) -> None:
    shown = set(re.findall(r"name-\d{3}", str(error)))
    assert 1 <= len(shown) <= 5


def test_the_rest_of_the_alternatives_is_counted() -> None:
    assert errors.shown(HUNDRED).endswith(" and 95 more")
    assert errors.shown(HUNDRED[:5]).count(",") == 4
    assert errors.shown([]) == "nothing"


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("ctiy", ["city", "age"], "did you mean 'city'?"),
        ("colour", ["city", "age"], "use one of 'city', 'age'"),
        ("city", [], "none are defined yet"),
        (SimpleNamespace(name="id"), ["id", "at"], "write its name: 'id'"),
        (SimpleNamespace(name="x"), ["id", "at"], "use one of 'id', 'at'"),
        (None, ["id", "at"], "use one of 'id', 'at'"),
        (7, [], "none are defined yet"),
        ("ID", ["id", "at"], "did you mean 'id'?"),
        ("WeCom.Mass", ["sms", "wecom.mass"], "did you mean 'wecom.mass'?"),
        ("tag", ["Tag", "TAG", "tags"], "did you mean 'Tag' or 'TAG'?"),
    ],
)
def test_a_hint_names_the_nearest_names_or_all(
    name: str, known: list[str], hint: str
) -> None:
    assert errors.did_you_mean(name, known) == hint


def test_the_root_asks_for_a_report_and_joins_its_arguments() -> None:
    error = PrivflowError("lost", 3)
    assert error.message == "lost 3"
    assert "report" in error.hint


def test_a_document_error_splits_like_an_exception_group() -> None:
    error = DocumentError(
        "plan", [DuplicateNameError("tag", "a"), ProtocolError("x", "y")]
    )
    matched, rest = error.split(DefinitionError)
    assert isinstance(matched, DocumentError)
    assert matched.what == "plan"
    assert rest is not None
    assert [type(problem) for problem in rest.exceptions] == [ProtocolError]


def test_a_long_line_of_a_condition_is_cut_around_the_place() -> None:
    error = ConditionSyntaxError("x" * 200 + "?" + "y" * 200, "what is this", 1, 201)
    _, excerpt, caret = error.message.split("\n")
    assert len(excerpt) <= 76
    assert excerpt[caret.index("^")] == "?"


def test_the_place_in_a_text_of_several_lines_is_on_its_own_line() -> None:
    error = ConditionSyntaxError("a\nb ?\nc", "what is this", 2, 3)
    assert error.message.split("\n")[1:] == ["  b ?", "    ^"]


def test_an_empty_condition_has_an_empty_excerpt() -> None:
    assert ConditionSyntaxError("", "nothing to read", 1, 1).message.endswith("^")


def test_a_line_is_underlined_by_its_columns_and_steers_no_terminal() -> None:
    error = ConditionSyntaxError("上\t\x1b\u202ee\u0301 ?", "what is this", 1, 8)
    _, excerpt, caret = error.message.split("\n")
    assert excerpt == "  上 \ufffd\ufffde\u0301 ?"
    assert caret == "  " + " " * 7 + "^"


def test_a_long_value_is_cut_and_stays_in_the_arguments() -> None:
    name = "x" * 100_000
    error = UnknownNameError("stage", name, [name])
    assert len(str(error)) < 1_000
    assert error.name == name
    assert "characters more" in error.message
    assert len(str(DefinitionError(name, name, "cut it"))) < 1_500


def test_a_number_that_python_does_not_write_out_has_words() -> None:
    error = TimeFormatError("span", 10**5_000, "'30d'")
    assert error.message == "span: got a number of thousands of digits"
