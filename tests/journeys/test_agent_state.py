"""Agents command the bot: on and off duty, status, help; and come back after an invitation that they missed."""

from __future__ import annotations

import asyncio

from playwright.async_api import Locator, expect

from local import demo
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Agent

AT_ONCE = 9
"""Seconds; without being told, the queue would look again only after ten."""
MARIO = next(person.id for person in demo.AGENTS if person.name == "Mario")


def status(agent: Agent) -> Locator:
    """The newest card with the agent's status."""
    return agent.log.get_by_role("article").filter(has_text="Your status").last


async def test_who_is_off_duty_is_offered_nothing_until_back_on_duty(company: Company, people: People) -> None:
    service = await company.service("Lunifico Duty", *chat_workflow(), members=[MARIO])
    mario, carla = await people.agent("Mario"), await people.visitor()
    await mario.writes("off")
    await expect(status(mario)).to_contain_text("No new tasks come to you. You are off duty.", timeout=SOON)

    await carla.open_chat(company.preview(service))
    await carla.start("Is anybody on duty?")
    await carla.sees(f"Thank you, {carla.name}. A colleague will be with you shortly.")
    await asyncio.sleep(0.5)
    await expect(mario.invitation(carla.name)).to_have_count(0)

    await status(mario).get_by_role("button", name="On duty").click()
    await expect(status(mario)).to_contain_text("New tasks come to you.", timeout=SOON)
    async with asyncio.timeout(AT_ONCE):
        await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    await mario.accepts(carla.name)

    await mario.writes("/status")
    await expect(status(mario)).to_contain_text("1 of 5", timeout=SOON)
    await expect(status(mario)).to_contain_text("Lunifico Duty")


async def test_commands_are_not_for_the_customer(people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(people.stack.run["preview"]["user"])
    await carla.start("Good morning.")
    await mario.accepts(carla.name)
    await mario.writes("/sttaus")
    await mario.sees("There is no command /sttaus. It was not sent to the customer.")
    await mario.writes("/hilfe")
    helped = mario.log.get_by_role("article").filter(has_text="What you can write here").last
    await expect(helped.get_by_role("button", name="Status")).to_be_visible(timeout=SOON)
    # While the agent talks, a word alone is a message.
    await mario.writes("status")
    await carla.sees("status")
    assert await carla.texts() == ["Good morning.", "status"]


async def test_who_missed_an_invitation_comes_back_by_a_button(company: Company, people: People) -> None:
    service = await company.service("Lunifico Missed", *chat_workflow(ring_seconds=5), members=[MARIO])
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(company.preview(service))
    await carla.start("Hello?")
    await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    await mario.sees_outcome(carla.name, "You get no further invitations until you are available again.")

    await mario.writes("status")
    await expect(status(mario)).to_contain_text("You have missed an invitation.", timeout=SOON)
    await status(mario).get_by_role("button", name="Available again").click()
    async with asyncio.timeout(AT_ONCE):
        await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    await mario.accepts(carla.name)
    await carla.sees("You are now connected with Mario.")


async def test_an_agent_sees_that_the_customer_is_writing_and_the_customer_until_when_it_was_read(
    people: People,
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    async with carla.page.expect_request("**/heartbeat") as heartbeat:
        await carla.open_chat(people.stack.run["preview"]["user"])
        await carla.start("Good morning.")
    sent = await heartbeat.value
    session, headers = sent.url.removesuffix("/heartbeat"), await sent.all_headers()
    proof: dict[str, str] = {name: headers[name] for name in ("authorization", "origin") if name in headers}
    await mario.accepts(carla.name)
    await mario.sees(f"{carla.name}: Good morning.")

    answer = await carla.page.request.post(f"{session}/typing", headers=proof, data={})
    assert (answer.status, await answer.json()) == (200, {})
    await expect(mario.page.get_by_text("Interact is typing…")).to_be_visible(timeout=SOON)

    async with asyncio.timeout(SOON / 1000):
        while (await (await carla.page.request.get(session, headers=proof)).json()).get("readUntil") is None:
            await asyncio.sleep(0.1)
