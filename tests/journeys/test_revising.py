"""An agent mends a message, or takes it back: the customer sees it in its place, also after a reload."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from shared.domain.tenants import MessagingKind
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack

DELETED = "This message was deleted."


async def sees_what_became_of_it(carla: Visitor) -> None:
    """The mended text marked as edited, and the deleted one as deleted, each in its place."""
    await carla.sees(f"It comes on Friday, {carla.name}.")
    await carla.sees(DELETED)
    assert await carla.texts() == ["Hello", f"It comes on Friday, {carla.name}.", "Anything else?"]
    lines = await carla.log.get_by_role("listitem").all_inner_texts()
    places = [next(i for i, line in enumerate(lines) if text in line) for text in ("Friday", DELETED, "Anything else?")]
    assert places == sorted(places)
    assert "edited" in lines[places[0]]


@pytest.mark.parametrize("messaging", MessagingKind)
async def test_an_agent_mends_one_message_and_takes_back_another(
    stack: Stack, people: People, company: Company, messaging: MessagingKind
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    async with company.tenant_with(messaging=messaging):
        await carla.open_chat(stack.run["preview"]["user"])
        await carla.start("Hello")
        await mario.accepts(carla.name)
    # The agent's chat goes on from one conversation to the next, so texts that are looked for name the customer.
    typo, mended = f"It comes on Fryday, {carla.name}.", f"It comes on Friday, {carla.name}."
    password = f"The password of {carla.name} is 1234."
    for text in (typo, password, "Anything else?"):
        await mario.writes(text)
        await carla.sees(text)

    await mario.mends(typo, mended)
    await expect(carla.page.get_by_role("status").filter(has_text=mended)).to_have_count(1, timeout=SOON)
    await carla.sees(mended)
    await mario.deletes(password)
    await expect(carla.log.get_by_text(password)).to_have_count(0, timeout=SOON)
    await sees_what_became_of_it(carla)

    await carla.page.reload()
    await sees_what_became_of_it(carla)
    await mario.restores()
    await carla.sees(password)
