"""What an agent writes on the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser import violations
from tests.local.desk.conftest import MARIO, RunningDesk, wait_until
from tests.local.desk.fake_bot import invitation_card, message, with_card
from tests.local.desk.page.window import holding, log_of, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_everything_is_done_with_the_keyboard(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install(MARIO)
    await desk.connector.send(conversation, with_card(invitation_card()))
    await sign_in(page, desk)
    accept = log_of(page).get_by_role("button", name="Accept")

    await log_of(page).focus()
    for _ in range(4):
        await page.keyboard.press("Tab")
        if await accept.evaluate("button => button === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(log_of(page).get_by_text("Accepted")).to_be_visible()
    await page.wait_for_function("document.activeElement.closest('[role=log] article') !== null")

    await page.get_by_role("textbox", name="Type a message").focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(log_of(page).get_by_text("two")).to_be_visible()
    await wait_until(lambda: holding(len(desk.bot.of_type("message")) == 1))
    assert desk.bot.of_type("message")[0]["text"] == "one\ntwo"


async def test_the_bot_is_seen_typing_until_it_writes(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install(MARIO)
    await sign_in(page, desk)
    await expect(log_of(page).get_by_text("You added Interact")).to_be_visible()

    await desk.connector.send(conversation, {"type": "typing"})
    await expect(page.get_by_text("Interact is typing…")).to_be_visible()
    await desk.connector.send(conversation, message("Hello"))
    await expect(page.get_by_text("Interact is typing…")).to_have_count(0)


async def test_the_bot_hears_now_and_then_that_its_user_is_writing(desk: RunningDesk, page: Page) -> None:
    await desk.install()
    await sign_in(page, desk)

    await page.get_by_role("textbox", name="Type a message").press_sequentially("Two days.")
    await wait_until(lambda: holding(len(desk.bot.of_type("typing")) == 1))
    await page.get_by_role("button", name="Send").click()
    await wait_until(lambda: holding(len(desk.bot.of_type("message")) == 1))

    assert len(desk.bot.of_type("typing")) == 1


async def test_nobody_writes_before_the_chat_is_known(desk: RunningDesk, page: Page) -> None:
    await desk.install()
    held: list[WebSocketRoute] = []
    await page.route_web_socket("**/page/live**", lambda route: held.append(route))
    await sign_in(page, desk)
    field = page.get_by_role("textbox", name="Type a message")
    await wait_until(lambda: holding(bool(held)))
    await expect(field).to_be_disabled()

    held[0].connect_to_server()
    await expect(field).to_be_enabled()


async def test_what_could_not_be_said_stays_written(desk: RunningDesk, page: Page) -> None:
    await desk.install()
    await sign_in(page, desk)
    field = page.get_by_role("textbox", name="Type a message")
    await page.route("**/page/say", lambda route: route.abort())
    await field.fill("Hi Carla")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("Hi Carla")
    await page.unroute("**/page/say")
    await page.keyboard.press("Enter")
    await expect(log_of(page)).to_contain_text("Hi Carla")
    await expect(field).to_have_value("")


async def test_an_own_message_is_mended_deleted_and_restored(desk: RunningDesk, page: Page) -> None:
    await desk.install()
    await sign_in(page, desk)
    await page.get_by_role("textbox", name="Type a message").fill("On Fryday")
    await page.keyboard.press("Enter")
    log = log_of(page)
    own = log.get_by_role("article").last

    await own.get_by_role("button", name="Edit").click()
    await expect(own.get_by_role("textbox", name="Edit message")).to_be_focused()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await own.get_by_role("button", name="Edit").click()
    await own.get_by_role("textbox", name="Edit message").fill("On Friday")
    await page.keyboard.press("Enter")
    await expect(own).to_contain_text("On Friday")
    await expect(own).to_contain_text("Edited")

    await own.get_by_role("button", name="Delete").click()
    await expect(own).to_contain_text("You deleted this message.")
    await expect(own).not_to_contain_text("On Friday")
    await own.get_by_role("button", name="Undo").click()
    await expect(own).to_contain_text("On Friday")
    await wait_until(lambda: holding(len(desk.bot.of_type("messageUpdate")) == 2))
    updates = desk.bot.of_type("messageUpdate")
    assert [each["channelData"]["eventType"] for each in updates] == ["editMessage", "undeleteMessage"]
    assert {each["text"] for each in updates} == {"On Friday"}
