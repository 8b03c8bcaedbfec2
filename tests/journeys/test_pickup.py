"""Pickup: waiting tasks are on a list in the agents' chats, and whoever takes one first talks with the customer."""

from __future__ import annotations

import asyncio

from playwright.async_api import Locator, expect

from local.desk.user_actions import REFRESH_PAUSE
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Agent

WAITING = "Thank you, {}. A colleague will be with you shortly."


def tasks(agent: Agent) -> Locator:
    """The newest list of waiting tasks."""
    return agent.log.get_by_role("article").filter(has_text="Waiting tasks").last


async def refreshes_until(agent: Agent, customer: str) -> None:
    """A task is on the list as soon as the customer's page has given a sign of life."""
    async with asyncio.timeout(SOON / 1000):
        while not await tasks(agent).get_by_text(customer).count():
            await tasks(agent).get_by_role("button", name="Refresh").click()
            await asyncio.sleep(0.3)


async def test_an_agent_picks_a_task_from_the_list_and_the_other_reads_who_was_faster(
    company: Company, people: People
) -> None:
    service = await company.service("Lunifico Pickup", *chat_workflow(distribution="pickup"))
    mario, luisa = await people.team()
    carla = await people.visitor()
    await carla.open_chat(company.preview(service))
    await carla.start("Whoever has time.")
    await carla.sees(WAITING.format(carla.name))
    for agent in (mario, luisa):
        await agent.writes("tasks")
        await refreshes_until(agent, carla.name)
        await expect(tasks(agent)).to_contain_text("Lunifico Pickup · waiting for")

    await tasks(luisa).get_by_role("button", name="Pick up").click()
    await expect(luisa.conversation(carla.name)).to_be_visible(timeout=SOON)
    await expect(tasks(luisa)).to_contain_text(f"You are now talking with {carla.name}.")
    await expect(tasks(luisa)).to_contain_text("No task is waiting to be picked up.")
    await luisa.sees("Whoever has time.")
    await luisa.writes("I have.")
    await carla.sees("I have.")

    await tasks(mario).get_by_role("button", name="Pick up").click()
    await expect(tasks(mario)).to_contain_text("Luisa has taken this conversation.", timeout=SOON)


async def test_the_list_refreshes_by_its_button_and_when_it_is_opened_again(company: Company, people: People) -> None:
    service = await company.service("Lunifico Refresh", *chat_workflow(distribution="pickup"))
    mario = await people.agent("Mario")
    carla, otto = await people.visitor("Carla Customer"), await people.visitor("Otto")
    await mario.writes("/aufgaben")
    await expect(tasks(mario)).to_contain_text("No task is waiting to be picked up.", timeout=SOON)

    await carla.open_chat(company.preview(service))
    await carla.start("I am first.")
    await carla.sees(WAITING.format(carla.name))
    await refreshes_until(mario, carla.name)

    await otto.open_chat(company.preview(service))
    await otto.start("I am second.")
    await otto.sees(WAITING.format(otto.name))
    async with asyncio.timeout(SOON / 1000):
        while not await tasks(mario).get_by_text(otto.name).count():
            await mario.page.reload()
            await asyncio.sleep(REFRESH_PAUSE)
    await expect(tasks(mario).get_by_role("button", name="Pick up")).to_have_count(2)
