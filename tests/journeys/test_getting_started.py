"""docs/getting-started.md is played as it is printed, on a tenant that nobody has set up, until people talk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from local import demo
from local.demo import TENANT_ADMINISTRATOR
from tests.journeys.administrator import Administrator
from tests.journeys.conftest import People, invited_people
from tests.journeys.printed import Command, File, Printed
from tests.journeys.stack import ROOT, Stack, running

PAGE = ROOT / "docs" / "getting-started.md"
FIRST_COMMAND = "make run EMPTY=1"
SITE = "python3 -m http.server"
DEMO = {"service", "user", "preview"}
SECONDS = 60
ASKED = re.compile(r"open (\S+) and enter the code (\S+)")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """What `make run EMPTY=1` starts."""
    with running(tmp_path_factory.mktemp("empty"), ROOT, "--empty") as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def newcomers(browser: Browser, empty_stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[People]:
    async with invited_people(browser, empty_stack, request) as made:
        yield made


async def test_on_an_empty_tenant_nothing_is_set_up_and_an_administrator_may_begin(empty_stack: Stack) -> None:
    run = empty_stack.run
    assert not DEMO & run.keys()
    assert run["tenant"] == {"id": demo.TENANT_ID}
    async with Administrator(run) as administrator:
        assert (await administrator.get("me"))["roles"] == ["tenantAdministrator"]
        status, problem = await administrator.call("GET", "tenant")
        assert (status, problem["code"]) == (404, "not_found")
        for kind in ("organizationUnits", "users", "services"):
            assert (await administrator.get(kind))["items"] == []


async def test_a_newcomer_follows_the_page_and_chats_on_the_page_that_results(
    empty_stack: Stack, newcomers: People, browser: Browser, tmp_path: Path
) -> None:
    site_port = free_port()
    base = urlsplit(empty_stack.run["functions"]).port or 0
    printed = Printed.of(PAGE, {7071: base, 7073: base + 2, 8000: site_port})
    async with Reader(tmp_path).at_work() as reader:
        context = await browser.new_context()
        await reader.follows(printed, await context.new_page())
        await context.close()
        of_service, of_user, desk, page = printed.addresses()
        assert desk == empty_stack.run["desk"]

        team = await newcomers.team()
        carla = await newcomers.visitor()
        await carla.open_chat(page)
        await carla.start("Hello from the new page.")
        await carla.sees(f"Welcome to Lunifico Support, {carla.name}!")
        await carla.sees(f"One of us will be with you shortly, {carla.name}.")
        agent = await newcomers.invited(team, carla.name)
        await agent.accepts(carla.name)
        await carla.sees(f"You are now connected with {agent.name}.")
        await agent.writes("Hello to the new page.")
        await carla.sees("Hello to the new page.")

        mario = team[0]
        otto = await newcomers.visitor("Otto")
        await otto.open_chat(of_user)
        await otto.start("Is that Mario?")
        await mario.accepts(otto.name)
        await otto.sees("You are now connected with Mario of Lunifico.")

        await carla.leaves()
        await agent.sees(f"{carla.name} has left the chat.")
        await carla.page.goto(of_service)
        await expect(carla.page.get_by_role("button", name="Open chat")).to_be_visible()


@dataclass
class Reader:
    """Somebody with a folder, a terminal and a browser, who does what the page says; `home` is all of it."""

    home: Path
    site: asyncio.subprocess.Process | None = None

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[Reader]:
        try:
            yield self
        finally:
            await ended(self.site)

    async def follows(self, printed: Printed, page: Page) -> None:
        first, *steps = printed.steps()
        # That one is the fixture.
        assert first == Command(FIRST_COMMAND)
        for step in steps:
            match step:
                case File(name, text):
                    file = self.home / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, "utf-8")
                case Command(line) if line.startswith(SITE):
                    self.site = await self._begin(line)
                case Command(line) if line.startswith("interact login"):
                    await self._signs_in(line, page)
                case Command(line):
                    await self._runs(line)

    async def _signs_in(self, line: str, page: Page) -> None:
        process = await self._begin(line)
        assert process.stderr is not None
        try:
            async with asyncio.timeout(SECONDS):
                said = (await process.stderr.readline()).decode()
                asked = ASKED.search(said)
                assert asked is not None, said
                await page.goto(asked[1])
                await page.get_by_role("textbox", name="Code").fill(asked[2])
                await page.get_by_role("button", name="Continue").click()
                await page.get_by_role("button", name=TENANT_ADMINISTRATOR.name).click()
                assert await process.wait() == 0
        finally:
            await ended(process)

    async def _runs(self, line: str) -> None:
        process = await self._begin(line)
        try:
            async with asyncio.timeout(SECONDS):
                printed, said = await process.communicate()
        finally:
            await ended(process)
        assert process.returncode == 0, f"{line}\n{printed.decode()}{said.decode()}"

    async def _begin(self, line: str) -> asyncio.subprocess.Process:
        """Run it as a shell does, in which `interact` is the command of this checkout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("INTERACT_")}
        path = f"{self._installed()}{os.pathsep}{os.environ['PATH']}"
        own = {"PATH": path, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(self.home / "settings")}
        # In place of the shell, so that nobody is left behind who holds its output.
        return await asyncio.create_subprocess_shell(
            f"exec {line}",
            cwd=self.home,
            env={**environment, **own},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    def _installed(self) -> Path:
        """The folder with the command, as an installation has it."""
        command = self.home / "bin" / "interact"
        if not command.exists():
            command.parent.mkdir()
            command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli "$@"\n', "utf-8")
            command.chmod(0o755)
        return command.parent


async def ended(process: asyncio.subprocess.Process | None) -> None:
    if process is not None and process.returncode is None:
        process.kill()
        await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
