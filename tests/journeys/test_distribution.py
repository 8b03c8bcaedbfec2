"""Distribution: direct, broadcast, limits and after-call work; who waits hears the position."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from shared.domain.services import ServiceDistribution
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON


async def test_broadcast_rings_at_all_agents_and_the_first_to_accept_wins(company: Company, people: People) -> None:
    service = await company.service("Lunifico Broadcast", *chat_workflow(distribution="broadcast"))
    mario, luisa = await people.team()
    carla = await people.visitor()
    await carla.open_chat(company.preview(service))
    await carla.start("Who is the fastest?")
    await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    await expect(luisa.invitation(carla.name)).to_be_visible(timeout=SOON)
    await luisa.accepts(carla.name)
    await carla.sees("You are now connected with Luisa.")
    await mario.sees_outcome(carla.name, "Luisa has taken this conversation.")


async def test_an_agent_who_becomes_free_gets_the_next_task_at_once(company: Company, people: People) -> None:
    (person,) = [each for each in people.stack.run["agents"] if each["name"] == "Mario"]
    service = await company.service("Lunifico One", *chat_workflow(announce_every=30), members=[person["id"]])
    mario = await people.agent("Mario")
    carla, otto = await people.visitor("Carla Customer"), await people.visitor("Otto")
    async with company.tenant_with(conversations_per_agent=1):
        await carla.open_chat(company.preview(service))
        await carla.start("I am first.")
        await mario.accepts(carla.name)
        await otto.open_chat(company.preview(service))
        await otto.start("I am second.")
        # How long it may take is known as well, because Carla has just been connected.
        await expect(otto.log.get_by_text("You are number 1 in the queue.")).to_have_count(1, timeout=SOON)
        await carla.ends()
        # Without being told, the queue would look again only after ten seconds.
        async with asyncio.timeout(9):
            await expect(mario.invitation(otto.name)).to_be_visible(timeout=SOON)
        await mario.accepts(otto.name)
        await otto.sees("You are now connected with Mario.")


async def test_a_service_with_all_its_tasks_says_so_and_how_long_to_wait(company: Company, people: People) -> None:
    service = await company.service(
        "Lunifico Small", *chat_workflow(), distribution=ServiceDistribution(concurrency_cap=1)
    )
    carla, otto = await people.visitor("Carla Customer"), await people.visitor("Otto")
    await carla.open_chat(company.preview(service))
    await carla.start("There is one place.")
    await otto.open_chat(company.preview(service))
    await otto.tries_to_start("Is there another one?")
    await expect(otto.page.get_by_role("alert").first).to_contain_text("30", timeout=SOON)
    otto.complaints = [each for each in otto.complaints if "429" not in each]
    await carla.ends()
    await carla.sees_the_end()
    await otto.tries_to_start("And now?")
    await otto.sees("And now?")
