"""The browser of tests that drive pages, and what axe says of a page in it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

AXE = Path(__file__).parents[1] / "local" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The shell is the same engine without what a person needs around it, for half of the work; widget/tests/chromium.ts has
# this order as well.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Of the Chromium that `CHROMIUM` names, else of the first that is installed; None without any."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium until the block is left; where none is installed the test fails."""
    installed = executable()
    if installed is None:
        pytest.fail(f"no Chromium: install one of {', '.join(NAMES)}, or name one in CHROMIUM")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        yield launched
        await launched.close()


async def violations(page: Page) -> list[str]:
    """What axe finds, as rule and element."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    assert found["passes"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]
