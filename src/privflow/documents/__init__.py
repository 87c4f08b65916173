"""Documents: every public value as plain data, and back."""

from __future__ import annotations

from privflow.documents.document import dump, load
from privflow.documents.frame import SCHEMA

__all__ = ["SCHEMA", "dump", "load"]
