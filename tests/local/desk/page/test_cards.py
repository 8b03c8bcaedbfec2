"""Cards on the page: shown, filled in, answered, refreshed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import violations
from tests.local.desk.conftest import MARIO, RunningDesk
from tests.local.desk.fake_bot import card_answer, invitation_card, message, reply_card, status_card, with_card
from tests.local.desk.page.window import account_of, log_of, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_an_agent_installs_the_app_accepts_an_invitation_and_writes(
    desk: RunningDesk, page: Page, tmp_path: Path
) -> None:
    desk.bot.on_invoke = lambda _: (200, card_answer("You are now connected to Carla Customer."))
    log = log_of(page)
    await sign_in(page, desk)
    await page.screenshot(path=tmp_path / "empty.png")
    assert await violations(page) == []

    await page.get_by_role("button", name="Install app").click()
    await expect(page.get_by_role("button", name="Remove app")).to_be_visible()
    conversation = (await desk.standin("GET", f"conversations/{MARIO.id}"))["conversationId"]
    await desk.connector.send(conversation, message("Welcome, **Mario**. Invitations will appear here."))
    await desk.connector.send(conversation, with_card(invitation_card(), "New chat from Carla Customer"))
    await expect(log.get_by_text("My order #42 has not arrived yet.")).to_be_visible()
    await page.screenshot(path=tmp_path / "invitation.png")
    assert await violations(page) == []

    await log.get_by_role("button", name="Accept").click()
    await expect(log.get_by_text("You are now connected to Carla Customer.")).to_be_visible()
    await expect(log.get_by_role("button", name="Accept")).to_have_count(0)

    await page.get_by_role("textbox", name="Type a message").fill("Hi Carla, let me look that up.")
    await page.get_by_role("button", name="Send").click()
    await expect(log.get_by_text("Hi Carla, let me look that up.")).to_be_visible()
    await page.emulate_media(color_scheme="dark")
    await page.screenshot(path=tmp_path / "dark.png")
    assert await violations(page) == []

    invoke = desk.bot.of_type("invoke")[0]
    assert invoke["value"]["action"]["verb"] == "accept"
    assert invoke["value"]["action"]["data"] == {"session": "s1"}
    assert [each["text"] for each in desk.bot.of_type("message")] == ["Hi Carla, let me look that up."]


async def test_inputs_are_checked_and_sent_and_buttons_wait_for_the_bot(
    desk: RunningDesk, page: Page, tmp_path: Path
) -> None:
    await desk.connector.send(await desk.install(MARIO), with_card(reply_card()))
    desk.bot.on_invoke = lambda _: (200, {"type": "application/vnd.microsoft.activity.message", "value": "Sent."})
    log = log_of(page)
    await sign_in(page, desk)

    await log.get_by_role("button", name="Reply").click()
    await expect(log.get_by_text("Enter a message")).to_be_visible()
    await page.screenshot(path=tmp_path / "invalid.png")
    assert await violations(page) == []
    assert desk.bot.of_type("invoke") == []

    desk.bot.delay = 0.5
    await log.get_by_role("textbox", name="Reply").fill("It left today.")
    await log.get_by_role("button", name="Reply").click()
    await expect(log.get_by_text("Waiting for Interact…")).to_be_visible()
    await expect(log.get_by_role("button", name="End")).to_be_disabled()
    await page.screenshot(path=tmp_path / "waiting.png")
    await expect(log.get_by_text("Sent.")).to_be_visible()
    await log.get_by_role("button", name="End").click()
    await expect(log.get_by_text("Waiting for Interact…")).to_have_count(0)

    data = [each["value"]["action"]["data"] for each in desk.bot.of_type("invoke")]
    assert data == [{"session": "s1", "reply": "It left today."}, {"session": "s1"}]


async def test_a_card_that_is_answered_with_itself_begins_anew(desk: RunningDesk, page: Page) -> None:
    await desk.connector.send(await desk.install(MARIO), with_card(reply_card()))
    desk.bot.on_invoke = lambda _: (200, {**card_answer(""), "value": reply_card()})
    reply = log_of(page).get_by_role("textbox", name="Reply")
    await sign_in(page, desk)

    await reply.fill("It left today.")
    await log_of(page).get_by_role("button", name="Reply").click()

    await expect(reply).to_have_value("")


async def test_a_bot_that_fails_is_said_at_the_card_and_at_the_message(
    desk: RunningDesk, page: Page, tmp_path: Path
) -> None:
    await desk.connector.send(await desk.install(MARIO), with_card(invitation_card()))
    desk.bot.on_activity = desk.bot.on_invoke = lambda _: (500, None)
    log = log_of(page)
    await sign_in(page, desk)

    await log.get_by_role("button", name="Accept").click()
    await expect(log.get_by_role("alert")).to_have_text("Something went wrong. Please try again.")
    await page.get_by_role("textbox", name="Type a message").fill("Hello")
    await page.keyboard.press("Enter")
    await expect(log.get_by_text("Not delivered")).to_be_visible()
    await page.screenshot(path=tmp_path / "failed.png")
    assert await violations(page) == []

    desk.bot.on_activity = lambda _: (202, None)
    await log.get_by_role("button", name="Retry").click()
    await expect(log.get_by_text("Not delivered")).to_have_count(0)
    assert len({each["id"] for each in desk.bot.of_type("message")}) == 1


async def test_a_card_that_wants_it_is_refreshed_when_its_user_sees_it(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install()
    desk.bot.on_invoke = lambda _: (200, card_answer("Two are waiting"))
    action = {"type": "Action.Execute", "title": "Refresh", "verb": "tasks", "data": {}}
    card = {**status_card("One is waiting"), "refresh": {"action": action, "userIds": [account_of(desk)]}}
    await desk.connector.send(conversation, with_card(card))
    assert desk.bot.of_type("invoke") == []

    await sign_in(page, desk)

    await expect(log_of(page).get_by_text("Two are waiting")).to_be_visible()
    [invoke] = desk.bot.of_type("invoke")
    assert (invoke["value"]["trigger"], invoke["value"]["action"]["verb"]) == ("automatic", "tasks")
