"""Fixtures of the tests of the local Functions host."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from azure.storage.queue.aio import QueueClient


@pytest.fixture
async def queue(storage: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[QueueClient]:
    """A new queue; the setting STORAGE names its account."""
    monkeypatch.setenv("STORAGE", storage)
    async with QueueClient.from_connection_string(storage, f"listened-{uuid.uuid4().hex[:12]}") as queue:
        await queue.create_queue()
        yield queue
