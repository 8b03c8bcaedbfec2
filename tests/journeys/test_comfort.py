"""What makes a chat pleasant: consent, the place in the queue, signs of the other side, a file, a message left."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from local import demo
from shared.domain.users import WidgetSettings
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack

MARIO = next(person.id for person in demo.AGENTS if person.name == "Mario")
NOTICE = {"en": "We keep this for <30 days>: https://lunifico.example/privacy"}


@pytest_asyncio.fixture(loop_scope="session")
async def mario_is_away(stack: Stack, people: People) -> AsyncIterator[None]:
    """In Teams, for the time of the test."""
    page, address = (await people.visitor()).page, f"{stack.run['desk']}/_standin/presence"
    await page.request.post(address, data={"user": MARIO, "availability": "Offline"})
    yield
    await page.request.post(address, data={"user": MARIO, "availability": "Available"})


async def test_consent_then_the_queue_then_signs_of_each_other_then_a_file(company: Company, people: People) -> None:
    offered = WidgetSettings(consent=NOTICE, transcript=True)
    service = await company.service("Lunifico Comfort", *chat_workflow(), widget=offered, members=[MARIO])
    mario, otto, carla = await people.agent("Mario"), await people.visitor("Otto"), await people.visitor()
    for visitor in (otto, carla):
        await visitor.open_chat(company.preview(service))
        await visitor.tries_to_start("Hello, <b>it is me</b>.")
        await expect(visitor.page.get_by_text("Please agree before you go on.")).to_be_visible()
        await expect(visitor.page.get_by_role("link", name="https://lunifico.example/privacy")).to_be_visible()
        await visitor.page.get_by_role("checkbox", name="I agree").check()
        await visitor.page.get_by_role("button", name="Start chat").click()
        await visitor.sees("Hello, <b>it is me</b>.")
        if visitor is otto:
            await expect(mario.invitation(otto.name)).to_be_visible(timeout=SOON)

    await expect(carla.page.get_by_text(re.compile(r"^You are number 2 in the queue"))).to_be_visible(timeout=SOON)
    await mario.accepts(otto.name)
    await mario.accepts(carla.name)
    await carla.sees_state("Mario is with you")
    await expect(carla.page.get_by_text("in the queue")).to_have_count(0)
    # A message that comes ends the sign of typing.
    await expect(mario.page.get_by_role("textbox", name=f"Reply to {carla.name}")).to_be_visible(timeout=SOON)
    await carla.page.get_by_role("textbox", name="Type a message").press_sequentially("Thi")
    await expect(mario.page.get_by_text("Interact is typing…")).to_be_visible(timeout=SOON)
    await expect(carla.page.get_by_text("· Read")).to_be_visible(timeout=SOON)
    await mario.replies(carla.name, "Good morning.\nWhat can I do?")
    await expect(carla.log.get_by_text("What can I do?")).to_be_visible(timeout=SOON)

    await carla.page.get_by_role("button", name="More options").click()
    async with carla.page.expect_download() as download:
        await carla.page.get_by_role("button", name="Save conversation").click()
    saved = Path(await (await download.value).path()).read_text("utf-8")
    assert "You: Hello, <b>it is me</b>.\n" in saved
    assert "Mario: Good morning.\n    What can I do?\n" in saved


async def test_where_nobody_is_there_a_message_reaches_the_members(
    company: Company, people: People, mario_is_away: None
) -> None:
    offered = WidgetSettings(offline_form=True)
    service = await company.service("Lunifico Nights", *chat_workflow(), widget=offered, members=[MARIO])
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(company.preview(service))
    await expect(carla.page.get_by_text("Leave a message, and we will answer by email.")).to_be_visible(timeout=SOON)
    await carla.page.get_by_role("textbox", name="Name").fill(carla.name)
    await carla.page.get_by_role("textbox", name="Email").fill("customer@example.com")
    await carla.page.get_by_role("textbox", name="Message").fill("Please call me back.")
    await carla.page.get_by_role("button", name="Leave message").click()
    await expect(carla.page.get_by_text("Thank you. Your message has arrived.")).to_be_visible(timeout=SOON)
    await mario.sees_outcome(carla.name, "Please call me back.")
