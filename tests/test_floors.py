"""The house rules that can be read from the source: floors, bans, sizes, docstrings.

Every import counts, those for typing and those inside functions too. A rule that
is broken is named with its file and line. The last tests test the reader itself.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import pytest

SOURCE: Final = Path(__file__).parents[1] / "src" / "privflow"

FLOORS: Final = {
    "errors": 0,
    "display": 0,
    "timing": 1,
    "facts": 2,
    "conditions": 3,
    "touches": 4,
    "segments": 5,
    "quotas": 5,
    "journeys": 5,
    "rules": 5,
    "engine": 6,
    "documents": 7,
    "checking": 7,
    "simulation": 7,
    "insight": 7,
    "channels": 7,
    "playbooks": 7,
    "scale": 7,
    "testing": 8,
    "__init__": 9,
}

# The only arrows between rooms of one floor, and why.
SIDEWAYS: Final = {
    ("display", "errors"): "an unknown format is refused with an error of the library",
}

BANNED: Final = frozenset({
    "asyncio",
    "logging",
    "os",
    "random",
    "socket",
    "subprocess",
    "threading",
    "time",
    "urllib",
})

# Modules that only the rooms named here may import.
RESERVED: Final = {
    "random": {"simulation"},  # random.Random(seed): a seeded population
    "pendulum": {"timing"},
    "zoneinfo": {"timing"},
}

CLOCKS: Final = frozenset({
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "pendulum.DateTime.now",
    "pendulum.DateTime.today",
    "pendulum.DateTime.utcnow",
    "pendulum.Date.today",
    "pendulum.now",
    "pendulum.parse",  # parse('now') and parse('12:00') read it
    "pendulum.today",
    "pendulum.tomorrow",
    "pendulum.yesterday",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
    "time.time_ns",
})

EVALUATORS: Final = frozenset({"eval", "exec", "compile", "__import__"})

# The only files that may evaluate text, and why.
EVALUATING: Final = {
    "conditions/source.py": "compiles the Python source that it built from nodes",
    "facts/maker.py": "writes a function from the names of a class's own fields",
}

LONGEST_FILE: Final = 600
LONGEST_FIRST_LINE: Final = 88


class Breach(NamedTuple):
    """One broken rule: where, and what it asks."""

    place: str
    rule: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}"


class Import(NamedTuple):
    """One imported module, with the name taken from it, if any."""

    line: int
    module: str
    name: str | None


class Source(NamedTuple):
    """One parsed file of the package."""

    path: Path
    relative: str
    room: str
    text: str
    tree: ast.Module

    def breach(self, line: int, rule: str) -> Breach:
        return Breach(f"{self.relative}:{line}", rule)


# ── Reading ──────────────────────────────────────────────────────────────────


def sources(package: Path) -> list[Source]:
    """Every Python file below the package, parsed, in order."""
    files = sorted(package.rglob("*.py"))
    return [read(package, path) for path in files]


def read(package: Path, path: Path) -> Source:
    relative = path.relative_to(package)
    room = relative.parts[0].removesuffix(".py")
    text = path.read_text(encoding="utf-8")
    return Source(path, relative.as_posix(), room, text, ast.parse(text))


def imports(source: Source) -> Iterator[Import]:
    """Every import statement, wherever it stands, one entry per name."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(node.lineno, alias.name, None)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = "." * level + (module or "")
                for alias in names:
                    yield Import(node.lineno, origin, alias.name)


@cache
def listed(package: Path, room: str) -> frozenset[str] | None:
    """The names in the `__all__` of a room; None for a room of one module."""
    path = package / room / "__init__.py"
    if not path.exists():
        return None
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(
                    target=ast.Name(id="__all__"), value=ast.expr() as value
                )
            ):
                return frozenset(ast.literal_eval(value))
    return frozenset()


def aliases(source: Source) -> dict[str, str]:
    """What the imported names of a file mean, as full dotted names."""
    meaning = {}
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    head = alias.name.partition(".")[0]
                    meaning[alias.asname or head] = alias.name if alias.asname else head
            case ast.ImportFrom(module=str(module), names=names):
                for alias in names:
                    meaning[alias.asname or alias.name] = f"{module}.{alias.name}"
    return meaning


def dotted(node: ast.expr, meaning: dict[str, str]) -> str:
    """The full name of `a.b.c`, or nothing when it does not start with an import."""
    match node:
        case ast.Name(id=name):
            return meaning.get(name, "")
        case ast.Attribute(value=value, attr=attribute):
            head = dotted(value, meaning)
            return f"{head}.{attribute}" if head else ""
    return ""


# ── Rules ────────────────────────────────────────────────────────────────────


def unknown_rooms(source: Source) -> Iterator[Breach]:
    if source.room not in FLOORS:
        yield source.breach(
            1, f"{source.room!r} is in no row of the table of floors (tests)"
        )


def wrong_arrows(source: Source, package: Path) -> Iterator[Breach]:
    """Imports within the package that do not go down through a room's front door."""
    for found in imports(source):
        if found.module.startswith("."):
            yield source.breach(found.line, "a relative import: write it absolute")
            continue
        target = target_of(found)
        if target is None:
            continue
        room, inner, name = target
        if room == source.room:
            if not inner and (package / room).is_dir() and is_deep(source):
                yield source.breach(
                    found.line,
                    f"imports its own room {room!r}: import the sibling module",
                )
            continue
        rule = crossing(source.room, room, inner, name, package)
        if rule:
            yield source.breach(found.line, rule)


def is_deep(source: Source) -> bool:
    """Whether a file lies in the folder of its room, other than at its door."""
    return "/" in source.relative


def target_of(found: Import) -> tuple[str, str, str | None] | None:
    """Room, module inside it and name that an import of the package asks for."""
    head, _, rest = found.module.partition(".")
    if head != "privflow":
        return None
    name = found.name
    if not rest and name in FLOORS:  # from privflow import timing
        rest, name = name, None
    room, _, inner = rest.partition(".")
    return room or "__init__", inner, name


def crossing(
    importer: str, room: str, inner: str, name: str | None, package: Path
) -> str:
    """The rule that an arrow from one room to another breaks, if it breaks one."""
    here, there = FLOORS.get(importer), FLOORS.get(room)
    if here is None:
        return ""  # said once for the file, by unknown_rooms
    if there is None:
        return f"imports {room!r}, which is in no row of the table of floors (tests)"
    if there >= here and (importer, room) not in SIDEWAYS:
        way = "sideways" if there == here else "up"
        return f"{importer} (floor {here}) imports {way}: {room} (floor {there})"
    if importer == "__init__" and room == "testing":
        return "the root never imports testing, which needs hypothesis and pytest"
    if inner:
        return f"reaches past the door of {room!r} to {inner!r}: import privflow.{room}"
    names = listed(package, room)
    if name is not None and names is not None and name not in names:
        return f"{room}/__init__.py does not list {name!r} in its __all__"
    return ""


def banned_imports(source: Source) -> Iterator[Breach]:
    for found in imports(source):
        root = found.module.partition(".")[0]
        if source.room in RESERVED.get(root, ()):
            continue
        if root in RESERVED:
            rooms = ", ".join(sorted(RESERVED[root]))
            yield source.breach(found.line, f"only {rooms} may import {root}")
        elif root in BANNED:
            yield source.breach(found.line, f"nothing here imports {root}")


def clock_reads(source: Source) -> Iterator[Breach]:
    meaning = aliases(source)
    for found in imports(source):
        full = f"{found.module}.{found.name}"
        if full in CLOCKS:
            yield source.breach(found.line, f"reads the clock: {full}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node, meaning) in CLOCKS:
            full = dotted(node, meaning)
            yield source.breach(node.lineno, f"reads the clock: {full}; take `now`")


def evaluations(source: Source) -> Iterator[Breach]:
    if source.relative in EVALUATING:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in EVALUATORS:
                yield source.breach(node.lineno, f"uses {name}: nothing here may")
            case ast.Attribute(value=ast.Name(id="builtins"), attr=name) if (
                name in EVALUATORS
            ):
                yield source.breach(node.lineno, f"uses {name}: nothing here may")


def long_files(source: Source) -> Iterator[Breach]:
    length = len(source.text.splitlines())
    if length > LONGEST_FILE:
        yield source.breach(length, f"{length} lines: {LONGEST_FILE} is the wall")


def stray_errors(source: Source, package: Path) -> Iterator[Breach]:
    """Errors of the library that are defined outside `errors/`."""
    if source.room == "errors":
        return
    known = listed(package, "errors") or frozenset()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for parent in node.bases:
                name = ast.unparse(parent).rpartition(".")[2]
                if name in known:
                    yield source.breach(
                        node.lineno, f"{node.name} is an error: define it in errors/"
                    )


def undocumented(names: dict[str, object]) -> list[str]:
    """Public names without a docstring, or with too long a first line."""
    problems = []
    for name, value in names.items():
        first = (inspect.getdoc(value) or "").partition("\n")[0]
        if not first:
            problems.append(f"privflow.{name}: has no docstring")
        elif len(first) > LONGEST_FIRST_LINE:
            problems.append(
                f"privflow.{name}: first line of {len(first)} characters,"
                f" {LONGEST_FIRST_LINE} at most"
            )
    return problems


def report(breaches: Iterator[Breach]) -> str:
    return "\n".join(str(breach) for breach in breaches)


# ── The tree ─────────────────────────────────────────────────────────────────

TREE: Final = sources(SOURCE)


def test_the_reader_finds_the_package() -> None:
    assert {"errors", "__init__"} <= {source.room for source in TREE}


def test_every_room_stands_on_a_floor() -> None:
    assert report(chain.from_iterable(map(unknown_rooms, TREE))) == ""


def test_imports_go_down_through_the_front_door() -> None:
    found = (breach for source in TREE for breach in wrong_arrows(source, SOURCE))
    assert report(found) == ""


def test_no_room_imports_input_output_threads_or_randomness() -> None:
    assert report(chain.from_iterable(map(banned_imports, TREE))) == ""


def test_nothing_reads_the_clock() -> None:
    assert report(chain.from_iterable(map(clock_reads, TREE))) == ""


def test_nothing_evaluates_text_but_the_files_that_say_why() -> None:
    assert report(chain.from_iterable(map(evaluations, TREE))) == ""


def test_no_file_is_longer_than_the_wall() -> None:
    assert report(chain.from_iterable(map(long_files, TREE))) == ""


def test_every_error_is_defined_in_errors() -> None:
    found = (breach for source in TREE for breach in stray_errors(source, SOURCE))
    assert report(found) == ""


def test_every_public_name_says_what_it_is_in_one_line() -> None:
    import privflow  # noqa: PLC0415  the rules above must work on a tree that is broken

    names = {name: getattr(privflow, name) for name in privflow.__all__}
    assert names
    assert "\n".join(undocumented(names)) == ""


# ── The reader itself ────────────────────────────────────────────────────────

GOOD: Final = {
    "__init__.py": "from privflow.timing import Instant\n__all__ = ['Instant']\n",
    "errors/__init__.py": (
        "from privflow.errors.error import PrivflowError\n__all__ = ['PrivflowError']\n"
    ),
    "errors/error.py": "class PrivflowError(Exception): pass\n",
    "display/__init__.py": "from privflow.errors import PrivflowError\n__all__ = []\n",
    "timing/__init__.py": (
        "from privflow.timing.instant import Instant\n__all__ = ['Instant']\n"
    ),
    "timing/instant.py": (
        "import pendulum\nfrom datetime import time\n"
        "from privflow.errors import PrivflowError\n"
    ),
    "quotas/__init__.py": "from privflow import timing\n__all__ = []\n",
    "quotas/source.py": "import re\nWORD = re.compile('a')\nnow = attr.datetime.now\n",
    "rules/__init__.py": "__all__ = ('Rule',)\n",
    "simulation/__init__.py": "import random\n__all__: list[str] = []\n",
    "conditions/__init__.py": "__all__: list[str] = []\n",
    "conditions/source.py": "exec(compile('1', '<condition>', 'exec'), {})\n",
}

UNDER_TYPING = (
    "from typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n    from privflow.engine import Engine\n"
)

BAD: Final = [
    ("quotas/cap.py", UNDER_TYPING, 3, "quotas (floor 5) imports up: engine"),
    (
        "quotas/cap.py",
        "def f():\n    from privflow.rules import Rule\n",
        2,
        "imports sideways: rules (floor 5)",
    ),
    (
        "errors/error.py",
        "class PrivflowError(Exception): pass\nimport privflow.display\n",
        2,
        "errors (floor 0) imports sideways: display (floor 0)",
    ),
    ("timing/zone.py", "import privflow\n", 1, "imports up: __init__ (floor 9)"),
    ("timing/zone.py", "import privflow as pf\n", 1, "imports up: __init__"),
    ("timing/zone.py", "from privflow import Contact\n", 1, "imports up: __init__"),
    ("timing/zone.py", "from privflow import engine\n", 1, "imports up: engine"),
    (
        "quotas/cap.py",
        "from privflow.timing.instant import Instant\n",
        1,
        "reaches past the door of 'timing' to 'instant'",
    ),
    ("quotas/cap.py", "import privflow.timing.instant\n", 1, "reaches past the door"),
    (
        "quotas/cap.py",
        "from privflow.timing import instant\n",
        1,
        "timing/__init__.py does not list 'instant'",
    ),
    ("quotas/cap.py", "from .source import WORD\n", 1, "a relative import"),
    ("quotas/cap.py", "from privflow.quotas import Cap\n", 1, "the sibling module"),
    ("quotas/cap.py", "from privflow.core import x\n", 1, "'core', which is in no row"),
    ("utils.py", "X = 1\n", 1, "'utils' is in no row"),
    ("utils/__init__.py", "", 1, "'utils' is in no row"),
    ("__init__.py", "import privflow.testing\n", 1, "the root never imports testing"),
    ("rules/x.py", "import os.path\n", 1, "nothing here imports os"),
    (
        "rules/x.py",
        "from urllib.parse import quote\n",
        1,
        "nothing here imports urllib",
    ),
    ("rules/x.py", "def f():\n    import time\n", 2, "nothing here imports time"),
    ("rules/x.py", "import random\n", 1, "only simulation may import random"),
    ("rules/x.py", "import pendulum\n", 1, "only timing may import pendulum"),
    ("rules/x.py", "from zoneinfo import ZoneInfo\n", 1, "only timing may import"),
    (
        "rules/x.py",
        "from datetime import datetime as dt\nx = dt.now()\n",
        2,
        "reads the clock: datetime.datetime.now",
    ),
    (
        "rules/x.py",
        "import datetime\nx = datetime.date.today\n",
        2,
        "reads the clock: datetime.date.today",
    ),
    (
        "timing/x.py",
        "from pendulum import now\n",
        1,
        "reads the clock: pendulum.now",
    ),
    ("rules/x.py", "x = eval('1')\n", 1, "uses eval"),
    ("rules/source.py", "exec('1')\n", 1, "uses exec"),
    ("conditions/parser.py", "x = compile('1', '', 'eval')\n", 1, "uses compile"),
    ("rules/x.py", "x = __import__('os')\n", 1, "uses __import__"),
    ("rules/x.py", "import builtins\nx = builtins.eval\n", 2, "uses eval"),
    ("rules/x.py", "\n" * 601, 601, "601 lines: 600 is the wall"),
    (
        "rules/x.py",
        "from privflow import errors\nclass E(errors.PrivflowError): pass\n",
        2,
        "E is an error: define it in errors/",
    ),
]


def planted(package: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


def breaches(package: Path) -> list[Breach]:
    """Every breach of every rule that reads the source."""
    return [
        breach
        for source in sources(package)
        for found in (
            unknown_rooms(source),
            wrong_arrows(source, package),
            banned_imports(source),
            clock_reads(source),
            evaluations(source),
            long_files(source),
            stray_errors(source, package),
        )
        for breach in found
    ]


def test_a_tree_that_keeps_the_rules_has_no_breach(tmp_path: Path) -> None:
    assert breaches(planted(tmp_path, GOOD)) == []


@pytest.mark.parametrize(("file", "text", "line", "rule"), BAD)
def test_a_planted_breach_is_named_with_file_and_line(
    tmp_path: Path, file: str, text: str, line: int, rule: str
) -> None:
    found = breaches(planted(tmp_path, {**GOOD, file: text}))
    named = [breach for breach in found if breach.place == f"{file}:{line}"]
    assert any(rule in breach.rule for breach in named), report(iter(found))


def test_a_public_name_without_a_docstring_is_named() -> None:
    def silent() -> None: ...

    def wordy() -> None:
        pass

    wordy.__doc__ = "w" * 89
    assert undocumented({"silent": silent, "wordy": wordy, "fine": Path}) == [
        "privflow.silent: has no docstring",
        "privflow.wordy: first line of 89 characters, 88 at most",
    ]
