"""A desk and a window of it; all tests here share one loop, because the browser lives in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser import chromium
from tests.local.desk.conftest import RunningDesk, running_desk


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of the page."""
    async with chromium() as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="package")
async def desk() -> AsyncIterator[RunningDesk]:
    async with running_desk() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window in which no script may fail and no content may be blocked."""
    window = await browser.new_page(viewport={"width": 1180, "height": 760})
    problems: list[str] = []
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    yield window
    await window.close()
    assert problems == []
