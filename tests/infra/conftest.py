"""Tests that need big tools run in a stage of their own: `pytest -m slow_tools tests/infra`."""

from __future__ import annotations

import pytest

MARKER = "slow_tools"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without -m they are left out; pytest counts them as deselected."""
    if MARKER in str(config.option.markexpr):
        return
    slow = [item for item in items if item.get_closest_marker(MARKER)]
    if slow:
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)
