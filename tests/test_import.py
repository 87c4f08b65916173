"""What an import of the library leaves for the first one who wants it."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import privflow

DRAWN = "privflow.Journey('j', enter_on=privflow.event('x'), stages=[s])"
ON_DEMAND = {
    "privflow.conditions.pattern": "privflow.attr.x.matches('^a')",
    "privflow.display.picture": f"format({DRAWN}, 'svg')",
}


@pytest.mark.parametrize("module", ON_DEMAND)
def test_some_modules_are_loaded_by_the_first_who_wants_them(module):
    lines = [
        "import sys, privflow",
        "s = privflow.Stage('s')",
        f"assert {module!r} not in sys.modules",
        ON_DEMAND[module],
        f"assert {module!r} in sys.modules",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)  # noqa: S603 - this very Python


def test_an_import_loads_no_room_before_something_of_it_is_used():
    lines = [
        "import sys, privflow",
        "rooms = [name for name in sys.modules if name.startswith('privflow.')]",
        "assert not rooms, rooms",
        "privflow.Contact",
        "assert 'privflow.facts' in sys.modules",
        "assert 'privflow.conditions' not in sys.modules",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)  # noqa: S603 - this very Python


def written_names() -> dict[str, str]:
    """What a type checker sees: public name to room."""
    tree = ast.parse(inspect.getsource(privflow))
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {
        alias.name: str(node.module)
        for node in imports
        if str(node.module).startswith("privflow.")
        for alias in node.names
    }


def test_what_a_checker_sees_is_what_there_is():
    written = written_names()
    assert sorted(written) == sorted(privflow.__all__)
    for name, room in written.items():
        assert getattr(privflow, name) is getattr(import_module(room), name)


def test_all_public_names_are_listed_and_no_others_answer():
    assert set(privflow.__all__) <= set(dir(privflow))
    with pytest.raises(AttributeError, match="no attribute 'Kontact'"):
        privflow.Kontact  # noqa: B018 - the access is the test
