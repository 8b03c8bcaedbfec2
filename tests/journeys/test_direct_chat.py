"""A customer asks one person."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack


async def test_a_customer_and_a_user_talk(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Hello, is that you?")
    await mario.accepts(carla.name)
    await carla.sees("You are now connected with Mario.")
    await mario.sees(f"{carla.name}: Hello, is that you?")
    await mario.writes("It is me.")
    await carla.sees("It is me.")


async def test_a_user_who_declines_ends_it_and_the_customer_is_told(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Do you have a minute?")
    await mario.declines(carla.name)
    await carla.sees("Nobody can answer at the moment. Please try again later.")
    await carla.sees_the_end()


async def test_who_asks_while_the_user_rings_for_another_waits_and_is_offered_next(
    stack: Stack, people: People
) -> None:
    mario = await people.agent("Mario")
    carla, otto = await people.visitor(), await people.visitor("Otto")
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Do you ring already?")
    await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    await otto.open_chat(stack.run["preview"]["user"])
    await otto.start("May I as well?")
    await otto.sees("May I as well?")
    await expect(mario.invitation(otto.name)).to_have_count(0)

    await mario.declines(carla.name)
    await carla.sees("Nobody can answer at the moment. Please try again later.")
    await mario.accepts(otto.name)
    await otto.sees("You are now connected with Mario.")
