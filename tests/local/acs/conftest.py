"""A stand-in with real limits and nothing else switched on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.local.acs.harness import Acs, running


@pytest.fixture
async def acs() -> AsyncIterator[Acs]:
    async with running() as standin:
        yield standin
