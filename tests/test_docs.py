"""What the pages promise: blocks that run, commands that are one line, every room."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

import privflow as pf
from privflow import quotas

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted(chain(ROOT.glob("README*.md"), ROOT.glob("docs/*.md")))
FENCE: Final = re.compile(
    r"^(?P<fence>```+|~~~+|:::+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)

# Fences whose content nobody runs; `python` is run by the root conftest.py.
NOT_RUN: Final = frozenset({"console", "text", "json", "mermaid", "toml"})


def fences(page: Path) -> list[tuple[str, str]]:
    """The info string and the body of every fenced block of a page."""
    text = page.read_text(encoding="utf-8")
    return [(found["info"].strip(), found["body"]) for found in FENCE.finditer(text)]


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def escaping(info: str, body: str) -> bool:
    """Whether a block looks like Python, or like nothing known, and is not run."""
    if info == "python" or info.startswith("{"):
        return False
    return info not in NOT_RUN or ">>>" in body or "import privflow" in body


def command_after(marker: str, page: str = "README.md") -> str:
    """The fenced block that follows `<!-- marker -->`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(
        rf"^<!-- {marker} -->\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no fenced block right after <!-- {marker} -->"
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_block_of_a_page_escapes_the_tests(page: Path) -> None:
    assert [info for info, body in fences(page) if escaping(info, body)] == []


@pytest.mark.parametrize(
    ("info", "body"),
    [("pycon", ">>> 1"), ("py", "x = 1"), ("", "x"), ("text", ">>> import x")],
)
def test_a_block_that_would_escape_is_seen(info: str, body: str) -> None:
    assert escaping(info, body)


@pytest.mark.parametrize("marker", ["main job", "tests"])
def test_each_of_the_two_commands_is_one_command_line(marker: str) -> None:
    command = command_after(marker).rstrip("\n")
    assert "\n" not in command.replace("\\\n", " ")
    assert command.startswith("python3 -m venv .venv && ")
    assert "pip" not in command.replace(".venv/bin/pip", "")


def test_the_main_job_of_the_readme_exists() -> None:
    script = re.search(r"examples/\S+\.py", command_after("main job"))
    assert script, "the main job names no example"
    assert (ROOT / script[0]).is_file()


def test_the_reference_has_a_section_for_every_room() -> None:
    package = ROOT / "src" / "privflow"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    rooms |= {path.stem for path in package.glob("[!_]*.py")}
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"automodule:: privflow\.(\w+)$", reference, re.MULTILINE))
    assert rooms - shown == set(), "add a section to docs/reference.md"
    assert shown - rooms == set(), "docs/reference.md shows a room that is gone"


def code_of(page: Path) -> list[str]:
    """The Python blocks of a page without their comments, which people read."""
    blocks = (body for info, body in fences(page) if info == "python")
    return [re.sub(r"  # [^\n]*", "", body) for body in blocks]


def test_both_readmes_show_the_same_code_and_commands() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    assert code_of(english) == code_of(chinese)
    consoles = [
        [body for info, body in fences(page) if info == "console"]
        for page in (english, chinese)
    ]
    assert consoles[0] == consoles[1]


LINKED: Final = sorted([*PAGES, ROOT / "CHANGELOG.md"])
LINK: Final = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s]*)(#(?P<heading>[^)\s]*))?\)")


@pytest.mark.parametrize("page", LINKED, ids=named)
def test_links_from_page_to_page_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    files = {page.parent / found["file"] for found in LINK.finditer(text)}
    assert [str(file) for file in files if not file.exists()] == []


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(?P<version>[^\]]+)\]", text, re.MULTILINE)
    assert newest, "CHANGELOG.md has no version"
    assert newest["version"] == project["project"]["version"]


DECISIONS: Final = ["C7a", "J1a", "R1a"] + [
    f"{section}{number}"
    for section, last in [
        ("T", 8),
        ("C", 8),
        ("K", 5),
        ("Q", 7),
        ("J", 9),
        ("R", 3),
        ("E", 7),
    ]
    for number in range(1, last + 1)
]


def test_semantics_says_of_every_decision_what_is_built_and_why() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    _, *told = re.split(r"^(?=\*\*[A-Z]\d+a? )", text, flags=re.MULTILINE)
    numbers = [one.removeprefix("**").split(" ")[0] for one in told]
    assert sorted(numbers) == sorted(DECISIONS)
    assert [one for one in told if "*Why: " not in one] == []


def test_every_quota_has_its_place_on_the_pages_of_quotas() -> None:
    pages = [ROOT / "docs" / name for name in ("quotas.md", "stores.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    shapes = [name for name in quotas.__all__ if hasattr(pf, name)]
    assert [name for name in shapes if f"pf.{name}" not in text] == []


def terms() -> dict[str, str]:
    """Each name of the glossary that is code, with the Chinese beside it."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE)
    named = [(name, zh) for en, zh in cells for name in re.findall(r"`(\w+)`", en)]
    assert len(named) == len(dict(named)), "a name stands in the glossary twice"
    return dict(named)


def test_the_glossary_has_the_chinese_terms_of_every_type() -> None:
    chinese, known = re.compile(r"[\u4e00-\u9fff]+"), terms()
    missing = {}
    for name in pf.__all__:
        value = getattr(pf, name)
        first = (
            (value.__doc__ or "").partition("\n")[0] if isinstance(value, type) else ""
        )
        said = chinese.findall("".join(re.findall(r"\(([^)]*)\)", first)))
        if lacking := [word for word in said if word not in known.get(name, "")]:
            missing[name] = lacking
    assert missing == {}
