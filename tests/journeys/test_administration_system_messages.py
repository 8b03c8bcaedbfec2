"""*Creating Service and Direct System Messages*: what is written there is what customers and agents read."""

from __future__ import annotations

from local import demo
from local.seed import SUPPORT
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.stack import Stack

SERVICE_TEXTS = {
    "waiting": "Please hold the line, $(Customer.DisplayName).",
    "connected": "$(User.DisplayName) has picked up.",
    "ended": "$(Customer.DisplayName) has hung up.",
}
DIRECT_TEXTS = {
    "connected": "You have reached $(User.DisplayName).",
    "endedByUser": "$(User.DisplayName) said goodbye.",
}


async def test_service_system_messages_are_shown_in_the_conversations_of_their_service(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Telephone", *chat_workflow(), members=[demo.MARIO.id])
    async with Administrator(stack.run) as administrator:
        messages = {
            "kind": "service",
            "name": "Telephone",
            "organizationUnitId": SUPPORT,
            "texts": {"en": SERVICE_TEXTS},
        }
        await administrator.create("systemMessages/journey-telephone", messages)
        applied = {"modalities": {"instantMessaging": {"systemMessagesId": "journey-telephone"}}}
        await until_live(await administrator.change(f"services/{service}", applied))
    carla = await people.visitor()
    await carla.open_chat(company.preview(service))
    await carla.start("Hello?")
    await carla.sees(f"Please hold the line, {carla.name}.")
    await mario.accepts(carla.name)
    await carla.sees("Mario has picked up.")
    await carla.leaves()
    await mario.sees(f"{carla.name} has hung up.")


async def test_direct_system_messages_show_the_custom_display_name_of_the_user(stack: Stack, people: People) -> None:
    path = f"users/{demo.DIRECT_USER.id}"
    mario = await people.agent(demo.DIRECT_USER.name)
    async with Administrator(stack.run) as administrator:
        before = (await administrator.get(path))["directSystemMessagesId"]
        messages = {
            "kind": "direct",
            "name": "Doctor",
            "organizationUnitId": SUPPORT,
            "displayName": "Dr. $(User.FirstName)",
            "texts": {"en": DIRECT_TEXTS},
        }
        await administrator.create("systemMessages/journey-doctor", messages)
        try:
            applied = {"directSystemMessagesId": "journey-doctor"}
            await until_live(await administrator.change(path, applied))
            carla = await people.visitor()
            await carla.open_chat(stack.run["preview"]["user"])
            await carla.start("Is it serious?")
            await mario.accepts(carla.name)
            await carla.sees("You have reached Dr. Mario.")
            await mario.ends(carla.name)
            await carla.sees("Dr. Mario said goodbye.")
        finally:
            await until_live(await administrator.change(path, {"directSystemMessagesId": before}))
