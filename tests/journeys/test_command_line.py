"""An administrator signs in at the local issuer, in a browser, and works from the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.journeys.stack import ROOT, Stack

SECONDS = 30
READY = re.compile(r"open (\S+) and enter the code ([A-Z]{4}-[A-Z]{4})")


@dataclass
class Terminal:
    """A terminal of a user with settings of their own."""

    home: Path

    async def begin(self, *words: str) -> asyncio.subprocess.Process:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("INTERACT_")}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", *words),
            cwd=ROOT,
            env={**environment, "XDG_CONFIG_HOME": str(self.home)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str) -> tuple[int | None, Any]:
        """Exit code and document of a command."""
        process = await self.begin(*words, "--json")
        async with _ended(process), asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
        return process.returncode, json.loads(out)

    async def sign_in(self, page: Page, url: str, role: str) -> str:
        """Sign in with a code in the browser as whoever has the role; what the command says in the end."""
        process = await self.begin("login", url)
        assert process.stderr is not None
        async with _ended(process), asyncio.timeout(SECONDS):
            asked = READY.search((await process.stderr.readline()).decode())
            assert asked is not None
            await page.goto(asked[1])
            await page.get_by_role("textbox", name="Code").fill(asked[2])
            await page.get_by_role("button", name="Continue").click()
            await page.get_by_role("button", name=role).click()
            await expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
            out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()


@contextlib.asynccontextmanager
async def _ended(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """Nothing of it is left, whatever happens in the block."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def test_a_reader_signs_in_with_a_code_and_reads(stack: Stack, page: Page, tmp_path: Path) -> None:
    terminal, url = Terminal(tmp_path), stack.run["functions"]
    assert f"You are Reader (reader), signed in to {url}." in await terminal.sign_in(page, url, "Reader")
    code, me = await terminal.run("whoami")
    assert (code, me["name"], me["roles"], me["url"]) == (0, "Reader", ["reader"], url)
    code, listed = await terminal.run("list", "services")
    assert code == 0
    assert stack.run["service"]["id"] in {one["id"] for one in listed["items"]}
    code, refused = await terminal.run("key", "rotate", "--yes")
    assert (code, refused["error"]["code"]) == (4, "role_missing")
    assert (await terminal.run("logout"))[0] == 0
    code, refused = await terminal.run("whoami")
    assert (code, refused["error"]["code"]) == (3, "not_signed_in")


async def test_an_administrator_of_a_unit_sees_that_unit(stack: Stack, page: Page, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    said = await terminal.sign_in(page, stack.run["functions"], "Organization Unit Administrator")
    assert "(organizationUnitAdministrator of customer-care)" in said
    _, listed = await terminal.run("list", "organization-units")
    assert {one["id"] for one in listed["items"]} == {"customer-care", "support"}
