"""What an import of the library leaves for the first one who wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
