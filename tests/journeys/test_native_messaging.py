"""Without ACS: messages go through the widget API, and nobody can tell the difference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from shared.domain.tenants import MessagingKind
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack

UNDELIVERED = "This conversation has ended. Your last message was not delivered."
NOT_SENT = "Not sent"
RUNNING_SESSION = """() => {
  for (const key of Object.keys(localStorage)) {
    const found = /"sessionId":"([^"]+)"/.exec(localStorage.getItem(key));
    if (found) return found[1];
  }
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def no_acs(company: Company) -> AsyncIterator[None]:
    """A tenant that never had any ACS."""
    async with company.tenant_with(messaging=MessagingKind.NATIVE, acs_secret="", acs_resource_id=""):
        yield


async def test_a_customer_and_an_agent_talk_through_a_reload_and_in_two_tabs(
    stack: Stack, people: People, no_acs: None
) -> None:
    team, carla = await people.team(), await people.visitor()
    await carla.open_chat(stack.run["preview"]["service"])
    await carla.start("My order #42 has not arrived yet.")
    agent = await people.invited(team, carla.name)
    await agent.accepts(carla.name)
    await agent.sees(f"{carla.name}: My order #42 has not arrived yet.")
    await agent.writes("Hello, let me look that up.")
    await carla.sees("Hello, let me look that up.")

    await carla.page.reload()
    await carla.writes("Thank you!")
    await agent.sees(f"{carla.name}: Thank you!")

    tab = Visitor(await carla.page.context.new_page(), carla.name)
    await tab.open_chat(stack.run["preview"]["service"])
    await tab.sees("Thank you!")
    await tab.writes("In another tab.")
    await carla.sees("In another tab.")
    await agent.sees(f"{carla.name}: In another tab.")
    await agent.writes("It arrives tomorrow.")
    texts = [
        "My order #42 has not arrived yet.",
        "Hello, let me look that up.",
        "Thank you!",
        "In another tab.",
        "It arrives tomorrow.",
    ]
    for each in (carla, tab):
        await each.sees("It arrives tomorrow.")
        assert await each.texts() == texts
    await agent.ends(carla.name)
    for each in (carla, tab):
        await each.sees(f"{agent.name} has ended the conversation.")
        await each.sees_the_end()
    assert tab.complaints == []


async def test_without_push_messages_are_asked_for(stack: Stack, people: People, no_acs: None) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(f"{stack.host_page}?subscription=poll")
    await carla.start("Is anybody there?")
    await mario.accepts(carla.name)
    await mario.writes("Yes.")
    await carla.sees("Yes.")
    await carla.writes("Good, thank you.")
    await mario.sees(f"{carla.name}: Good, thank you.")
    assert await carla.texts() == ["Is anybody there?", "Yes.", "Good, thank you."]


async def test_a_message_at_the_moment_of_the_end_is_delivered_or_answered(
    stack: Stack, people: People, company: Company, no_acs: None
) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("One question.")
    await mario.accepts(carla.name)
    await carla.sees("You are now connected with Mario.")
    session_id = await carla.page.evaluate(RUNNING_SESSION)
    carla.may_meet_the_end()
    await asyncio.gather(mario.ends(carla.name), carla.writes("And one more thing."))
    await carla.sees_the_end()
    delivered = mario.log.get_by_text(f"{carla.name}: And one more thing.")
    not_sent = carla.page.get_by_text(NOT_SENT)
    async with asyncio.timeout(3 * SOON / 1000):
        while not (
            await delivered.count() or await not_sent.count() or await company.has_text(session_id, UNDELIVERED)
        ):
            await asyncio.sleep(0.2)


async def test_running_conversations_stay_where_they_began(stack: Stack, people: People, company: Company) -> None:
    mario = await people.agent("Mario")
    otto, carla = await people.visitor("Otto"), await people.visitor("Carla Customer")
    preview = stack.run["preview"]["user"]
    await otto.open_chat(preview)
    await otto.start("I began in ACS.")
    await mario.accepts(otto.name)
    async with company.tenant_with(messaging=MessagingKind.NATIVE):
        await carla.open_chat(preview)
        await carla.start("I began without.")
        await mario.accepts(carla.name)
        await otto.page.reload()
        await otto.writes("Still in ACS?")
        await mario.sees("Still in ACS?")
    await carla.page.reload()
    await carla.writes("Still without?")
    await mario.sees("Still without?")
    for customer in (otto, carla):
        await mario.replies(customer.name, f"Good morning, {customer.name}.")
        await customer.sees(f"Good morning, {customer.name}.")
    assert await otto.texts() == ["I began in ACS.", "Still in ACS?", f"Good morning, {otto.name}."]
    assert await carla.texts() == ["I began without.", "Still without?", f"Good morning, {carla.name}."]
    kinds = {}
    for customer in (otto, carla):
        async with customer.page.expect_request("**/api/widget/v1/sessions/*") as asked:
            await customer.page.reload()
        session = await company.session_of((await asked.value).url.rpartition("/")[2])
        assert session.chat is not None
        kinds[customer.name] = session.chat.kind
    assert kinds == {otto.name: "acs", carla.name: "native"}
