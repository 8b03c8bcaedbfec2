"""The deployment in memory of tests/functions."""

from __future__ import annotations

from tests.functions.conftest import world

__all__ = ["world"]
