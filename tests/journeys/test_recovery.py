"""What breaks in the middle is taken up again; nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal

from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack

RESTART_SECONDS = 40
DENIED = """
const denied = () => { throw new DOMException("denied", "SecurityError"); };
for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: denied });
Object.defineProperty(Navigator.prototype, "locks", { value: { request: async () => denied() } });
"""
"""As in a frame that the browser keeps apart from everything."""


async def test_a_reload_in_the_middle_goes_on_where_it_was(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Please wait a moment.")
    await mario.accepts(carla.name)
    await mario.writes("I am waiting.")
    await carla.sees("I am waiting.")
    await carla.page.reload()
    await carla.sees("Please wait a moment.")
    await carla.sees("I am waiting.")
    await carla.writes("Here I am again.")
    await mario.sees("Here I am again.")
    await mario.writes("Welcome back.")
    await carla.sees("Welcome back.")
    assert await carla.texts() == ["Please wait a moment.", "I am waiting.", "Here I am again.", "Welcome back."]


async def test_the_host_is_killed_in_the_middle_and_the_conversation_goes_on(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Are you there?")
    await mario.accepts(carla.name)
    await mario.writes("Yes, I am.")
    await carla.sees("Yes, I am.")
    killed = stack.run["hostPid"]
    os.kill(killed, signal.SIGKILL)
    # Goes to the chat service, which lives; its event finds no host and comes again later.
    await carla.writes("Did you see this?")
    async with asyncio.timeout(RESTART_SECONDS):
        while stack.run["hostPid"] == killed:
            await asyncio.sleep(0.1)
    await mario.sees("Did you see this?")
    await mario.writes("I did, in spite of all.")
    await carla.sees("I did, in spite of all.")
    assert await carla.texts() == ["Are you there?", "Yes, I am.", "Did you see this?", "I did, in spite of all."]
    # Heartbeats and reads that fell into the gap are complaints of the browser, not of the widget.
    carla.complaints.clear()
    mario.complaints.clear()


async def test_three_tabs_are_one_conversation_whichever_of_them_is_closed(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    heartbeats: list[str] = []
    carla.page.context.on("request", lambda call: heartbeats.append(call.url) if "/heartbeat" in call.url else None)
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("I have three tabs.")
    others = [Visitor(await carla.page.context.new_page(), carla.name) for _ in range(2)]
    for tab in others:
        await tab.open_chat(stack.run["preview"]["user"])
        await tab.sees("I have three tabs.")
    await mario.accepts(carla.name)
    await mario.writes("Which one is it?")
    for tab in (carla, *others):
        await tab.sees("Which one is it?")
    assert len(heartbeats) == 1
    second, third = others
    await second.page.get_by_role("textbox", name="Type a message").fill("not sent")
    await carla.page.close()
    people.visitors.remove(carla)
    people.visitors.append(third)
    await third.writes("The third.")
    await mario.sees("The third.")
    await mario.writes("I see.")
    for tab in others:
        await tab.sees("I see.")
    await third.ends()
    await second.page.get_by_role("button", name="Start a new chat").click(timeout=SOON)
    await expect(second.page.get_by_role("textbox", name="Message")).to_have_value("not sent")
    assert [*second.complaints, *third.complaints] == []


async def test_a_laptop_sleeps_and_the_conversation_goes_on_where_it_was(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.page.context.clock.install()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("I close the lid now.")
    await mario.accepts(carla.name)
    await carla.sees_state("Mario is with you")
    async with carla.page.expect_request("**/heartbeat"):
        await carla.page.context.clock.fast_forward("08:00:00")
    await mario.writes("Good morning.")
    await carla.sees("Good morning.")
    await carla.writes("Here I am again.")
    await mario.sees(f"{carla.name}: Here I am again.")


async def test_a_page_that_may_store_nothing_has_its_conversation_as_long_as_it_lives(
    stack: Stack, people: People
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.page.add_init_script(DENIED)
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Nothing is kept here.")
    await mario.accepts(carla.name)
    await mario.writes("We have it.")
    await carla.sees("We have it.")
    await carla.writes("Nothing was lost.")
    await mario.sees(f"{carla.name}: Nothing was lost.")


async def test_while_signalr_is_gone_the_page_asks_for_messages_itself(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    tried = await carla.loses_push(stack.run["signalr"])
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Can you hear me without push?")
    await mario.accepts(carla.name)
    await carla.writes(f"Asked by {carla.name}.")
    await mario.sees(f"{carla.name}: Asked by {carla.name}.")
    await mario.writes(f"Answered to {carla.name}.")
    await carla.sees(f"Answered to {carla.name}.")
    # While it tries to connect again it may be told of the end.
    carla.may_meet_the_end()
    await mario.ends(carla.name)
    await carla.sees_the_end()
    assert tried
