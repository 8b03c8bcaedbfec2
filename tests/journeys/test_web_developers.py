"""A web developer's page: events, methods, custom parameters for the workflow, and a widget from right to left."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import expect

from shared.domain.built_in_texts import ar
from shared.domain.workflows import ActivityDefinition
from tests.browser import violations
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack

GREETING = ActivityDefinition(
    "greeting", "message", {"texts": {"en": "You ask about order $(Custom.orderNumber)."}}, {"next": "queue"}
)


async def visit(stack: Stack, visitor: Visitor, **options: Any) -> None:
    """Open a page of the customer's own site, which the domain template allows, with the widget on it."""
    await visitor.page.goto(f"{stack.host_page}/developer?{urlencode({'options': json.dumps(options)})}")
    await expect(visitor.page.locator("interact-widget")).to_be_attached(timeout=SOON)
    await visitor.page.wait_for_function("window.widget")


async def test_a_page_starts_a_chat_hears_it_and_its_parameters_reach_the_workflow(
    stack: Stack, company: Company, people: People
) -> None:
    accept, *rest = chat_workflow()
    greeted = ActivityDefinition(accept.id, accept.type, accept.parameters, {"next": "greeting"})
    (person,) = [each for each in stack.run["agents"] if each["name"] == "Mario"]
    service = await company.service("Lunifico Shop", greeted, GREETING, *rest, members=[person["id"]])
    mario, carla = await people.agent("Mario"), await people.visitor()
    await visit(stack, carla, serviceId=service, parameters={"orderNumber": "A-4711"})
    await carla.page.evaluate("widget.setParameters({ level: 'gold' })")
    await carla.page.evaluate(
        "(name) => widget.start({ name, email: 'carla@customer.example', message: 'Where is it?' })", carla.name
    )
    await carla.sees("You ask about order A-4711.")
    await mario.accepts(carla.name)
    await mario.writes("On its way.")
    await carla.sees("On its way.")
    await carla.page.evaluate("widget.setParameters({ page: 'checkout' })")
    # At the end they are forgotten, unless the tenant stores the context of conversations.
    session_id = await carla.page.evaluate("sessionId")
    known = {"orderNumber": "A-4711", "level": "gold", "page": "checkout"}
    async with asyncio.timeout(15):
        while (await company.session_of(session_id)).parameters != known:
            await asyncio.sleep(0.2)
    await carla.page.evaluate("widget.end()")
    await carla.sees_the_end()
    heard = [tuple(part for part in event if part) for event in await carla.page.evaluate("heard")]
    assert heard[:4] == [("ready",), ("opened",), ("started",), ("message", "visitor", "Where is it?")]
    assert ("message", "system", "You ask about order A-4711.") in heard
    assert ("message", "agent", "On its way.") in heard
    assert heard[-1] == ("ended",)


async def test_in_arabic_everything_runs_from_right_to_left_also_on_320_pixels(
    stack: Stack, company: Company, people: People
) -> None:
    service = await company.service("Lunifico Arabia", *chat_workflow())
    carla = await people.visitor()
    await carla.page.set_viewport_size({"width": 320, "height": 568})
    await visit(stack, carla, serviceId=service, locale="ar-EG")
    await carla.page.get_by_role("button", name="فتح المحادثة").click()
    await carla.page.get_by_role("textbox", name="الاسم").fill(carla.name)
    await carla.page.get_by_role("textbox", name="البريد الإلكتروني").fill("carla@customer.example")
    await carla.page.get_by_role("textbox", name="الرسالة").fill("مرحبًا")
    assert await violations(carla.page) == []
    await carla.page.get_by_role("button", name="بدء المحادثة").click()
    log = carla.page.get_by_role("log", name="المحادثة")
    waiting = ar.SYSTEM_MESSAGES["waiting"].replace("$(Customer.DisplayName)", carla.name)
    await expect(log.get_by_text(waiting, exact=True)).to_be_visible(timeout=SOON)
    panel = carla.page.get_by_role("dialog")
    assert await panel.evaluate("(panel) => getComputedStyle(panel).direction") == "rtl"
    assert await panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
    await carla.page.emulate_media(forced_colors="active")
    assert await violations(carla.page) == []
    await carla.page.get_by_role("button", name="إنهاء المحادثة").click()
    await carla.page.get_by_role("alertdialog").get_by_role("button", name="إنهاء المحادثة").click()
    await expect(carla.page.get_by_role("button", name="بدء محادثة جديدة")).to_be_visible(timeout=SOON)
