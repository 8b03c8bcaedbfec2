"""A visitor sees whether somebody can be reached: at once by push, later by asking, or not at all if not wanted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Agent, Visitor
from tests.journeys.stack import Stack

BY_PUSH, BY_ASKING = 2.0, 15.0
"""Seconds in which a change has to be seen."""
OUTAGE = 2
"""Seconds for which nobody gets a connection."""


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def everybody_is_available_again(stack: Stack, people: People) -> AsyncIterator[None]:
    yield
    visitor = await people.visitor()
    for agent in stack.run["agents"]:
        body = {"user": agent["id"], "availability": "Available"}
        await visitor.page.request.post(f"{stack.run['desk']}/_standin/presence", data=body)


def sign(visitor: Visitor, state: str) -> Locator:
    """What stands beside the launcher."""
    return visitor.page.get_by_role("status").get_by_text(state, exact=True)


async def sees(visitor: Visitor, state: str) -> None:
    await expect(sign(visitor, state)).to_be_visible(timeout=SOON)


async def sets(agent: Agent, presence: str) -> None:
    """In Teams."""
    await agent.page.get_by_role("combobox", name="Presence").select_option(label=presence)


async def seconds_until(visitor: Visitor, agent: Agent, presence: str, state: str) -> float:
    """From the agent's choice in Teams to the visitor's page."""
    begin = time.monotonic()
    await sets(agent, presence)
    await sees(visitor, state)
    return time.monotonic() - begin


async def listens(visitor: Visitor, stack: Stack) -> None:
    """The visitor is the only one who has a connection."""
    async with asyncio.timeout(BY_ASKING):
        while True:
            answer = await visitor.page.request.get(f"{stack.run['signalr']}/_standin/log")
            log: dict[str, Any] = await answer.json()
            if log["connections"]:
                return
            await asyncio.sleep(0.05)


async def test_a_change_in_teams_is_seen_within_two_seconds(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.page.goto(stack.run["preview"]["user"])
    await sees(carla, "Available")
    await listens(carla, stack)
    changes = [("Busy", "Busy"), ("Offline", "Offline"), ("Available", "Available")]
    times = [await seconds_until(carla, mario, presence, state) for presence, state in changes]
    assert sorted(times)[1] < BY_PUSH, times


async def test_what_an_agent_tells_the_bot_is_seen_at_once_and_in_the_open_panel(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    header = carla.page.locator(".header")
    await expect(header.get_by_text("Available", exact=True)).to_be_visible(timeout=SOON)
    await listens(carla, stack)
    times: list[float] = []
    for command, state in (("off", "Offline"), ("on", "Available")):
        begin = time.monotonic()
        await mario.writes(command)
        await expect(header.get_by_text(state, exact=True)).to_be_visible(timeout=SOON)
        times.append(time.monotonic() - begin)
    assert min(times) < BY_PUSH, times


async def test_a_service_is_available_while_one_of_its_agents_is_and_names_nobody(stack: Stack, people: People) -> None:
    team, carla = await people.team(), await people.visitor()
    await carla.page.goto(stack.run["preview"]["service"])
    await sees(carla, "Available")
    await sets(team[0], "Busy")
    await asyncio.sleep(1.2)
    await sees(carla, "Available")
    await sets(team[1], "Do not disturb")
    await sees(carla, "Busy")
    heard = await carla.page.evaluate(
        "fetch(performance.getEntriesByType('resource').map((each) => each.name)"
        ".find((name) => name.includes('/v1/presence'))).then((answer) => answer.text())"
    )
    assert all(agent.name not in heard for agent in team)
    assert '"state":"busy"' in heard


async def test_whoever_asks_now_and_then_sees_it_within_fifteen_seconds(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    sockets: list[str] = []
    carla.page.on("websocket", lambda socket: sockets.append(socket.url))
    await carla.page.goto(f"{stack.host_page}/?subscription=poll")
    await sees(carla, "Available")
    assert await seconds_until(carla, mario, "Busy", "Busy") < BY_ASKING
    assert sockets == []


async def test_who_wants_none_asks_for_nothing(stack: Stack, people: People) -> None:
    carla, asked = await people.visitor(), list[str]()
    carla.page.on("request", lambda request: asked.append(request.url))
    await carla.open_chat(f"{stack.host_page}/?subscription=none")
    await expect(carla.page.get_by_role("textbox", name="Name")).to_be_visible(timeout=SOON)
    await carla.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "presence" in url] == []


async def test_without_a_connection_it_goes_on_silently_and_the_connection_comes_back(
    stack: Stack, people: People
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.page.goto(stack.host_page)
    await sees(carla, "Available")
    await listens(carla, stack)
    drop = f"{stack.run['signalr']}/_standin/drop"
    await carla.page.request.post(drop, data={"refuseSeconds": OUTAGE})
    assert await seconds_until(carla, mario, "Busy", "Busy") < BY_ASKING
    await listens(carla, stack)
    assert await seconds_until(carla, mario, "Available", "Available") < 2 * BY_PUSH
    # The browser notes the refused connection by itself; the widget says nothing.
    assert all("/client/negotiate" in text or "WebSocket" in text for text in carla.complaints), carla.complaints
    carla.complaints.clear()
