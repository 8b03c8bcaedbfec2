"""Each side sees that the other one is writing, and the customer what the agent has read: by ACS and without it."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from shared.domain.tenants import MessagingKind
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack

TYPE_A_MESSAGE = "Type a message"
SIGN = 6000
"""Milliseconds; a sign is sent once in 5 s."""


@pytest.mark.parametrize("messaging", MessagingKind)
async def test_each_side_sees_that_the_other_writes_and_the_customer_what_was_read(
    stack: Stack, people: People, company: Company, messaging: MessagingKind
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    async with company.tenant_with(messaging=messaging):
        await carla.open_chat(stack.run["preview"]["user"])
        await carla.start("Hello")
        await mario.accepts(carla.name)
    # The agent's chat goes on from one conversation to the next, so texts that are looked for name the customer.
    question, answer = f"When does the order of {carla.name} come?", f"On Friday, {carla.name}."

    await types_until(carla.page, "Whe", mario.page.get_by_text("Interact is typing…"))
    await carla.writes(question)
    await mario.sees(question)
    read = carla.log.get_by_role("listitem").filter(has_text=question).get_by_text("· Read")
    await expect(read).to_be_visible(timeout=SOON)

    await types_until(mario.page, "On F", carla.page.get_by_text("Mario is typing"))
    await mario.writes(answer)
    await carla.sees(answer)
    # A message that comes ends the sign of typing.
    await expect(carla.page.get_by_text("Mario is typing")).to_have_count(0)


async def types_until(page: Page, text: str, sign: Locator) -> None:
    """Go on writing until the other side sees it: one sign may be lost, since nothing repeats it."""
    field = page.get_by_role("textbox", name=TYPE_A_MESSAGE)
    for _ in range(3):
        await field.press_sequentially(text)
        try:
            await expect(sign).to_be_visible(timeout=SIGN)
        except AssertionError:
            continue
        return
    await field.press_sequentially(text)
    await expect(sign).to_be_visible(timeout=SOON)
