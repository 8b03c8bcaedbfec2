"""Every test gets a Lunifico of its own."""

from __future__ import annotations

import pytest

from tests.application.world import World


@pytest.fixture
def world() -> World:
    return World()
