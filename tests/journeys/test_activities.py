"""Activities: routing by who is there, a look at a parameter, and a transfer that takes the conversation along."""

from __future__ import annotations

from dataclasses import replace

from local import demo
from shared.domain.workflows import ActivityDefinition
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People


def front_desk(target: str) -> tuple[ActivityDefinition, ...]:
    """Nobody there: say so. Questions about lamps go to another service, all others wait here."""
    return (
        ActivityDefinition(
            "who",
            "availability_based_routing",
            {},
            {"available": "accept", "busy": "accept", "offline": "sorry"},
        ),
        ActivityDefinition("sorry", "disconnect", {"declined": True}, {}),
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "topic"}),
        ActivityDefinition(
            "topic",
            "check_parameter",
            {"name": "topic", "comparison": "contains", "value": "lamp"},
            {"match": "transfer", "no_match": "queue"},
        ),
        ActivityDefinition("transfer", "transfer", {"service": target}, {"failed": "queue"}),
        ActivityDefinition("queue", "queue_task", {}, {"time_limit": "end"}),
        ActivityDefinition("end", "disconnect", {}, {}),
    )


async def test_a_conversation_goes_on_in_another_service_with_its_history(company: Company, people: People) -> None:
    lamps = await company.service("Lunifico Lamps", *chat_workflow(), members=[demo.LUISA.id])
    front = await company.service(
        "Lunifico Front Desk", *front_desk(lamps), members=[demo.MARIO.id], parameters={"topic": "Lamps"}
    )
    mario, luisa = await people.team()
    carla = await people.visitor()
    await carla.open_chat(company.preview(front))
    await carla.start("My lamp does not shine.")
    await carla.sees("You are being transferred to a colleague.")
    await luisa.accepts(carla.name)
    await luisa.sees("My lamp does not shine.")
    await luisa.writes("Is it plugged in?")
    await carla.sees("Is it plugged in?")
    assert await mario.invitation(carla.name).count() == 0


async def test_where_nobody_is_there_the_visitor_learns_it_at_once(company: Company, people: People) -> None:
    front = await company.service("Lunifico Night Desk", *front_desk("nowhere"), members=[demo.MARIO.id])
    await people.agent("Mario")
    record = await company.agents.read(demo.TENANT_ID, demo.MARIO.id)
    assert record is not None
    off_duty = replace(record.state, on_duty=False)
    await company.agents.save(demo.TENANT_ID, off_duty, record.conversation, record.version)
    carla = await people.visitor()
    await carla.open_chat(company.preview(front))
    await carla.start("Is anybody there?")
    await carla.sees("Nobody can answer at the moment. Please try again later.")
    await carla.sees_the_end()
