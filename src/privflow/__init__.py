"""privflow: a typed, composable domain model for private-domain operation (私域运营)."""

from __future__ import annotations
