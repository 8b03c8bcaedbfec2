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
from playwright.async_api import Browser, BrowserContext

from local.acs.options import AcsOptions
from local.host_settings import ACS_SECRET
from local.seed import seed
from local.serving import serving
from tests.browser import chromium
from tests.journeys.company import Company
from tests.journeys.host_page import host_page
from tests.journeys.pages import TELL_VIOLATIONS, Agent, Visitor, WatchedPage
from tests.journeys.stack import ROOT, Stack, running

EVIDENCE = ROOT / ".local" / "journeys"
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
    async with chromium() as launched:
        yield launched


@dataclass
class People:
    """Makes customers and agents, each with a browser context of their own.

    `windows` are those of agents by their names, left open by earlier tests: to load the desk in a new one costs
    as much as the rest of a short conversation.
    """

    browser: Browser
    stack: Stack
    windows: dict[str, Agent] = field(default_factory=dict)
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
        agent = self.windows.pop(name, None)
        if agent is None:
            agent = Agent(await self._page(), name)
        else:
            self.contexts.append(agent.page.context)
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

    async def leave(self, *, windows_stay: bool) -> None:
        """Close everything; the windows of agents stay for the next test if nothing has happened to them."""
        for agent in self.agents:
            if windows_stay and agent.name not in self.windows and not agent.page.is_closed():
                # A desk that nobody looks at would still be open, and ask for cards that refresh themselves.
                await agent.page.goto("about:blank")
                agent.complaints.clear()
                self.contexts.remove(agent.page.context)
                self.windows[agent.name] = agent
        for context in self.contexts:
            await context.close()

    @property
    def watched(self) -> list[WatchedPage]:
        return [*self.visitors, *self.agents]

    async def _page(self) -> Any:
        context = await self.browser.new_context()
        self.contexts.append(context)
        await context.add_init_script(TELL_VIOLATIONS)
        return await context.new_page()


@pytest.fixture(scope="session")
def windows() -> dict[str, Agent]:
    """Of the agents of the running system, between tests; they close with the browser."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, stack: Stack, company: Company, windows: dict[str, Agent], request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    """Afterwards no page has complained, and every conversation ends, so that the agents are free for the next test.

    Where the test failed there are screenshots and logs in `.local/journeys`.
    """
    try:
        async with invited_people(browser, stack, request, windows) as made:
            yield made
    finally:
        await company.refresh_agents()


@contextlib.asynccontextmanager
async def invited_people(
    browser: Browser, stack: Stack, request: pytest.FixtureRequest, windows: dict[str, Agent] | None = None
) -> AsyncIterator[People]:
    """People in front of any running system, as the fixture `people` has them."""
    made = People(browser, stack, {} if windows is None else windows)
    yield made
    complaints = [f"{watched.name}: {text}" for watched in made.watched for text in watched.complaints]
    failed = request.node.stash.get(_FAILED, False) or bool(complaints)
    if failed:
        await _keep_evidence(made, request.node.name, complaints)
    for visitor in made.visitors:
        await visitor.leaves()
    await made.leave(windows_stay=windows is not None and not failed)
    assert complaints == []


async def _keep_evidence(made: People, test: str, complaints: list[str]) -> None:
    directory = EVIDENCE / test
    directory.mkdir(parents=True, exist_ok=True)
    for watched in made.watched:
        await watched.page.screenshot(path=directory / f"{watched.name}.png")
    (directory / "complaints.txt").write_text("\n".join(complaints), "utf-8")
    for log in made.stack.logs.glob("*.log"):
        shutil.copy(log, directory)
