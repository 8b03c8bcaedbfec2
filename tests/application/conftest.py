"""Every test gets a Lunifico of its own."""

from __future__ import annotations

import pytest

from tests.application.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def session_id(world: World) -> str:
    opened = await world.connected()
    world.calls.clear()
    world.timers.due.clear()
    return opened
