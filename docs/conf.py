"""How the docs are built: offline, strict, and nothing remote on a page."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import abc
from importlib.metadata import version as installed_version
from pathlib import Path
from types import ModuleType

import attrs
from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.logging import getLogger

project = "privflow"
copyright = "the privflow authors"
version = release = installed_version("privflow")
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]
nitpicky = True
default_role = "code"  # a docstring says `like this`, as Markdown does

# ── Markdown ─────────────────────────────────────────────────────────────────

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# ── Docstrings ───────────────────────────────────────────────────────────────

_LONGEST_DEFAULT = 32
_LONGEST_VALUE = 100
_PRIVATE = re.compile(r"\b_[A-Za-z]")
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = False  # those of dict or Exception say nothing of ours
autodoc_docstring_signature = False
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = ["Shape", "Source"]
python_use_unqualified_type_names = True

# What belongs to others: there is no inventory of theirs offline. The bare names are
# those of converters, which attrs copies to `__init__` without their module.
nitpick_ignore_regex = [
    (r"py:.*", rf"{package}(\..*)?")
    for package in (
        "attrs?",
        "collections",
        "contextlib",
        "datetime",
        "decimal",
        "enum",
        "hypothesis",
        "pathlib",
        "pendulum",
        "pytest",
        "types",
        "typing",
        "typing_extensions",
        "date",
        "timedelta",
        "Decimal",
        *abc.__all__,
    )
]

# What signatures name and no page has: protocols of one method, aliases of unions,
# and a module of Python's that has a class of the same name.
nitpick_ignore = [
    ("py:class", "privflow.facts.catalog.Checkable"),
    ("py:class", "privflow.facts.identity._T"),
    ("py:class", "privflow.conditions.crossing.Named"),
    ("py:class", "privflow.conditions.tag_operand.TagOperand"),
    ("py:class", "Afterwards"),
    ("py:class", "Column"),
    ("py:class", "Given"),
    ("py:class", "InFlight"),
    ("py:class", "Limit"),
    ("py:class", "Members"),
    ("py:class", "array"),
    ("py:class", "privflow.facts.maker._T"),
    ("py:class", "privflow.facts.row.T"),
    ("py:class", "privflow.segments.segment.SubjectT"),
]

# ── Pages ────────────────────────────────────────────────────────────────────

html_theme = "furo"
html_title = f"privflow {release}"
html_static_path = ["_static"]
html_css_files = ["privflow.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {
        "font-stack": "system-ui, 'PingFang SC', 'Microsoft YaHei', sans-serif",
        "font-stack--monospace": "ui-monospace, Menlo, Consolas, monospace",
        "code-font-size": "80%",  # 100 columns fit
    },
}


def resolve_public(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """The page entry of a type that a signature names in another way than the page.

    `privflow.timing.instant.Instant` is documented as `privflow.timing.Instant`, and
    a bare `Instant` from a converter is looked up in every room.
    """
    target = str(node.get("reftarget", ""))
    match target.split("."):
        case ["privflow", room, _, *names] if names and node.get("refdomain") == "py":
            public = ".".join(["privflow", room, *names])
        case [name] if node.get("refdomain") == "py":
            public, node["refspecific"] = name, True
        case _:
            return None
    return env.domains["py"].resolve_xref(
        env, node["refdoc"], app.builder, "obj", public, node, content
    )


def keep_colons(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Stops napoleon from reading `the id: once` as type and text: types are hints."""
    del app, name, obj, options
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]
    for place, line in enumerate(lines[:-1]):
        if line.strip() == "Returns:":
            text = lines[place + 1].lstrip()
            lines[place + 1] = f"    : {text}"


def show_data(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Lists a room's constants and aliases, which autodoc finds no docstring of.

    What is said of them stands where they are defined, not where they are public.
    """
    del app, options
    if what != "module" or not isinstance(obj, ModuleType):
        return
    origins = _origins(obj)
    for public in getattr(obj, "__all__", ()):
        value = getattr(obj, public)
        origin = origins.get(public)
        # What a maker has written goes by another name, and has no docstring.
        is_routine = inspect.isroutine(value) and value.__name__ == public
        if inspect.isclass(value) or is_routine or origin is None:
            continue
        analyzer = ModuleAnalyzer.for_module(origin)
        text = _source_of(public, analyzer.code)
        lines += ["", f".. py:data:: {public}", f"   :module: {name}"]
        if len(text) <= _LONGEST_VALUE and not _PRIVATE.search(text):
            lines.append(f"   :value: {text}")
        said = analyzer.find_attr_docs().get(("", public), [])
        lines += ["", *(f"   {line}" for line in said), ""]


def _origins(room: ModuleType) -> dict[str, str]:
    """The module from which a room has each of its names."""
    tree = ast.parse(Path(str(room.__file__)).read_text(encoding="utf-8"))
    return {
        name.name: str(statement.module)
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }


def _source_of(name: str, code: str) -> str:
    """What a name of a module is made of, on one line; "" if nothing assigns it."""
    for statement in ast.parse(code).body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
            ) if found == name:
                return ast.unparse(value)
    return ""


def miss_nothing(app: Sphinx, env: BuildEnvironment) -> None:
    """Warns of a public name that the reference does not have."""
    del app
    shown = {name for name, *_ in env.domains["py"].get_objects()}
    root = importlib.import_module("privflow")
    package = Path(str(root.__file__)).parent
    rooms = sorted(path.parent.name for path in package.glob("*/__init__.py"))
    for room in rooms:
        for name in importlib.import_module(f"privflow.{room}").__all__:
            public = f"privflow.{room}.{name}"
            if public not in shown and not any(
                other.startswith(f"{public}.") for other in shown
            ):
                getLogger(__name__).warning("the reference does not have %s", public)


def show_defaults(  # noqa: PLR0913, PLR0917 - the event of autodoc passes them so
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """The signature with the defaults of attrs where they are short, else `...`."""
    del app, name, options
    if what == "class" and signature and isinstance(obj, type) and attrs.has(obj):
        for field in attrs.fields(obj):
            hidden = f"attr_dict['{field.name}'].default"
            signature = signature.replace(hidden, _short(field.default))
        signature = signature.replace("NOTHING", "...")
    return signature, returns


def _short(default: object) -> str:
    """The default as Python text, if it is one short line of it."""
    text = repr(default)
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return "..."
    return text if len(text) <= _LONGEST_DEFAULT else "..."


def setup(app: Sphinx) -> None:
    """Registers what is above."""
    app.add_lexer("mermaid", TextLexer)  # a drawing to read; no page runs scripts
    app.connect("missing-reference", resolve_public)
    app.connect("autodoc-process-signature", show_defaults)
    app.connect("autodoc-process-docstring", keep_colons, priority=100)
    app.connect("autodoc-process-docstring", show_data)
    app.connect("env-check-consistency", miss_nothing)
