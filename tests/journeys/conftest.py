"""One running system and one browser for all journeys; customers and agents with pages of their own."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from local.acs.options import AcsOptions
from local.host_settings import ACS_SECRET
from local.seed import seed
from local.serving import serving
from tests.journeys.company import Company
from tests.journeys.host_page import host_page
from tests.journeys.pages import TELL_VIOLATIONS, Agent, Visitor, WatchedPage
from tests.journeys.stack import ROOT, Stack, running

EVIDENCE = ROOT / ".local" / "journeys"
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INVITED_SECONDS = 15
_FAILED = pytest.StashKey[bool]()
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives as long as the session, so all journeys share its event loop."""
    for item in items:
        is_ours = Path(__file__).parent in item.path.parents
        if is_ours and isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The running system, and beside it a web site of another origin that the domain template allows."""
    shutil.rmtree(EVIDENCE, ignore_errors=True)
    with running(tmp_path_factory.mktemp("interact")) as started:
        async with serving(host_page(started.run, started.acs_for_browsers)) as site:
            await seed(started.run["tables"], AcsOptions().resource_id, f"env:{ACS_SECRET}", site.url)
            started.host_page = site.url
            yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(stack: Stack) -> AsyncIterator[Company]:
    """With which a journey saves services and settings of its own."""
    administrator = Company(stack.run)
    yield administrator
    await administrator.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("chromium is not installed: the journeys drive the pages in it")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        yield launched
        await launched.close()


@dataclass
class People:
    """Makes customers and agents, each with a browser context of their own."""

    browser: Browser
    stack: Stack
    contexts: list[BrowserContext] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)

    async def visitor(self, name: str = "Carla Customer") -> Visitor:
        """A customer; a number behind the name tells apart those of different tests."""
        visitor = Visitor(await self._page(), f"{name} {next(_numbers)}")
        self.visitors.append(visitor)
        return visitor

    async def agent(self, name: str) -> Agent:
        """The agent of this name, signed in at the desk."""
        agent = Agent(await self._page(), name)
        self.agents.append(agent)
        user_id = next(each["id"] for each in self.stack.run["agents"] if each["name"] == name)
        await agent.sign_in(self.stack.run["desk"], user_id)
        return agent

    async def team(self) -> list[Agent]:
        """All members of the service."""
        return [await self.agent(each["name"]) for each in self.stack.run["agents"]]

    async def invited(self, team: list[Agent], customer: str) -> Agent:
        """The agent who is offered the customer's conversation."""
        async with asyncio.timeout(INVITED_SECONDS):
            while True:
                for agent in team:
                    if await agent.invitation(customer).count():
                        return agent
                await asyncio.sleep(0.1)

    @property
    def watched(self) -> list[WatchedPage]:
        return [*self.visitors, *self.agents]

    async def _page(self) -> Any:
        context = await self.browser.new_context()
        self.contexts.append(context)
        await context.add_init_script(TELL_VIOLATIONS)
        return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, stack: Stack, company: Company, request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    """Afterwards no page has complained, and every conversation ends, so that the agents are free for the next test.

    Where the test failed there are screenshots and logs in `.local/journeys`.
    """
    try:
        async with invited_people(browser, stack, request) as made:
            yield made
    finally:
        await company.refresh_agents()


@contextlib.asynccontextmanager
async def invited_people(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[People]:
    """People in front of any running system, as the fixture `people` has them."""
    made = People(browser, stack)
    yield made
    complaints = [f"{watched.name}: {text}" for watched in made.watched for text in watched.complaints]
    if request.node.stash.get(_FAILED, False) or complaints:
        await _keep_evidence(made, request.node.name, complaints)
    for visitor in made.visitors:
        await visitor.leaves()
    for context in made.contexts:
        await context.close()
    assert complaints == []


async def _keep_evidence(made: People, test: str, complaints: list[str]) -> None:
    directory = EVIDENCE / test
    directory.mkdir(parents=True, exist_ok=True)
    for watched in made.watched:
        await watched.page.screenshot(path=directory / f"{watched.name}.png")
    (directory / "complaints.txt").write_text("\n".join(complaints), "utf-8")
    for log in made.stack.logs.glob("*.log"):
        shutil.copy(log, directory)
