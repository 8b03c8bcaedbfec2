"""*Interact license*: withdrawn, nobody is let in any more; assigned again, all settings are what they were."""

from __future__ import annotations

from playwright.async_api import expect

from local import demo
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack


async def test_a_licence_withdrawn_refuses_visitors_from_the_time_that_the_answer_says(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Licensed", *chat_workflow(), members=[demo.MARIO.id])
    carla = await people.visitor()
    await carla.open_chat(company.preview(service))
    await expect(carla.page.get_by_role("button", name="Start chat")).to_be_visible(timeout=SOON)
    async with Administrator(stack.run) as administrator:
        path = f"services/{service}"
        await until_live(await administrator.change(path, {"licences": ["enterprise"]}))
        await carla.tries_to_start("Is there still somebody?")
        await carla.sees_state("This chat is not available on this page.")
        assert all("403" in complaint for complaint in carla.complaints)
        carla.complaints.clear()

        kept = (await administrator.get(path))["interact"]
        assert (kept["active"], kept["modalities"]) == (True, ["instantMessaging"])
        await until_live(await administrator.change(path, {"licences": ["enterprise", "interact"]}))
    otto = await people.visitor("Otto")
    await otto.open_chat(company.preview(service))
    await otto.start("Are you back?")
    await mario.accepts(otto.name)
