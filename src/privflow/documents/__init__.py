"""Documents: every public value as plain data, and back."""

from __future__ import annotations

from privflow.documents.document import dump, load
from privflow.documents.frame import SCHEMA
from privflow.documents.lines import dump_lines, load_lines

__all__ = ["SCHEMA", "dump", "dump_lines", "load", "load_lines"]
