"""Documents: every public value as plain data, and back."""

from __future__ import annotations

from privflow.documents.document import SCHEMA, dump, load

__all__ = ["SCHEMA", "dump", "load"]
