"""*Configure Your Instant Messaging Workflow*: a version that is published holds for new conversations only."""

from __future__ import annotations

from typing import Any

from local import demo
from shared.domain.workflows import ActivityDefinition
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.stack import Stack


def said(name: str, text: str, then: str) -> ActivityDefinition:
    return ActivityDefinition(name, "message", {"texts": {"en": text}}, {"next": then})


FIRST_VERSION = (
    ActivityDefinition("accept", "accept_conversation", {}, {"next": "greeting"}),
    said("greeting", "Good morning.", "queue"),
    ActivityDefinition("queue", "queue_task", {"decline_ends": True}, {"time_limit": "cancel", "declined": "farewell"}),
    said("farewell", "Goodbye until tomorrow.", "cancel"),
    ActivityDefinition("cancel", "cancel_task", {}, {"next": "end"}),
    ActivityDefinition("end", "disconnect", {}, {}),
)
SECOND_TEXTS = {"greeting": "Good evening.", "farewell": "Good night."}


async def test_a_running_conversation_keeps_its_version_and_a_new_one_uses_the_new(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Day And Night", *FIRST_VERSION, members=[demo.MARIO.id])
    carla, otto = await people.visitor(), await people.visitor("Otto")
    await carla.open_chat(company.preview(service))
    await carla.start("What time is it?")
    await carla.sees("Good morning.")

    async with Administrator(stack.run) as administrator:
        workflow_id = (await administrator.get(f"services/{service}"))["modalities"]["instantMessaging"]["workflowId"]
        path = f"workflows/{workflow_id}"
        saved = await administrator.change(
            path, {"activities": reworded((await administrator.get(path))["activities"])}
        )
        assert saved["workflowVersion"] == 2
        await until_live(saved)

    await otto.open_chat(company.preview(service))
    await otto.start("What time is it?")
    await otto.sees("Good evening.")
    for customer, farewell in ((carla, "Goodbye until tomorrow."), (otto, "Good night.")):
        await mario.declines(customer.name)
        await customer.sees(farewell)
        await customer.sees_the_end()


def reworded(activities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**one, "parameters": {"texts": {"en": SECOND_TEXTS[one["id"]]}}} if one["id"] in SECOND_TEXTS else one
        for one in activities
    ]
