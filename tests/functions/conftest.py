"""Every test gets a deployment of its own, in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import bootstrap
from tests.functions.office import Office
from tests.functions.world import World


@pytest.fixture
def world() -> Iterator[World]:
    created = World()
    bootstrap.use(created.application, created.surroundings)
    yield created
    bootstrap.use(None)


@pytest.fixture
def office(world: World) -> Office:
    """The world with its administrators."""
    created = Office(world)
    created.use()
    return created
