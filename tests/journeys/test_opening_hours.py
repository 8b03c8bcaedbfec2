"""A service has opening hours: who comes while it is closed is told so, who comes later is answered."""

from __future__ import annotations

from dataclasses import replace

from local import demo
from shared.domain.calendars import WEEK, Calendar, Holiday, OpeningState, WeeklyPeriod
from shared.domain.workflows import ActivityDefinition
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People

CLOSED = Calendar(
    "journey-hours", "Hours of a journey", "lunifico", "Asia/Kathmandu", holidays=(Holiday("2020-02-29"),)
)
OPEN = replace(CLOSED, week=(WeeklyPeriod(WEEK, "06:00", "06:00", over_midnight=True),), default=OpeningState.HOLIDAY)
CHECK = ActivityDefinition(
    "hours", "check_opening_hours", {"calendar": CLOSED.id}, {"open": "accept", "closed": "disconnect"}
)


async def test_out_of_hours_the_customer_is_told_and_in_hours_an_agent_answers(
    people: People, company: Company
) -> None:
    team = await people.team()
    await company.save(CLOSED)
    service_id = await company.service("Lunifico Nights", CHECK, *chat_workflow())
    carla = await people.visitor()
    await carla.open_chat(company.preview(service_id))
    await carla.start("Are you there?")
    await carla.sees("Sorry, we are closed at the moment.")
    await carla.sees_the_end()
    assert [await agent.invitation(carla.name).count() for agent in team] == [0, 0]

    await company.save(OPEN)
    await company.settings_are_known()
    await carla.page.get_by_role("button", name="Start a new chat").click()
    await carla.start("And now?")
    agent = await people.invited(team, carla.name)
    await agent.accepts(carla.name)
    await carla.sees(f"You are now connected with {agent.name}.")


async def test_the_demo_shows_how_it_is_done(people: People, company: Company) -> None:
    team = await people.team()
    otto = await people.visitor("Otto")
    await otto.open_chat(company.preview(demo.ORDERS_ID))
    await otto.start("Where is my order?")
    agent = await people.invited(team, otto.name)
    await agent.accepts(otto.name)
    await agent.sees("Where is my order?")
