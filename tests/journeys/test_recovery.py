"""What breaks in the middle is taken up again; nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal

from tests.journeys.conftest import People
from tests.journeys.stack import Stack

RESTART_SECONDS = 40


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
