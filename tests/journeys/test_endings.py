"""Either side may end a conversation, and the other one is told."""

from __future__ import annotations

from tests.journeys.conftest import People
from tests.journeys.stack import Stack


async def test_the_agent_ends(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("One question.")
    await mario.accepts(carla.name)
    await mario.ends(carla.name)
    await carla.sees("Mario has ended the conversation.")
    await carla.sees_the_end()
    await mario.sees_the_end(carla.name)


async def test_the_customer_ends(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Never mind.")
    await mario.accepts(carla.name)
    await carla.ends()
    await carla.sees_the_end()
    await mario.sees_the_end(carla.name)
    await mario.sees(f"The instant message session has ended. {carla.name} has left.")
