"""Messages on the page: read, changed, in their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import violations
from tests.local.desk.conftest import GUEST, LUISA, MARIO, RunningDesk, wait_until
from tests.local.desk.fake_bot import invitation_card, message, with_card
from tests.local.desk.page.window import holding, log_of, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_unread_messages_of_other_chats_are_counted_until_they_are_seen(
    desk: RunningDesk, page: Page, tmp_path: Path
) -> None:
    conversation = await desk.install(MARIO)
    await desk.connector.sign_in(scope="https://graph.microsoft.com/.default")
    members = [{"user@odata.bind": f"users('{user.id}')"} for user in (MARIO, LUISA, GUEST)]
    body = {"chatType": "group", "topic": "Carla – web chat", "members": members}
    await desk.connector.call("POST", f"{desk.url}/graph/v1.0/chats", body)
    await desk.connector.sign_in()
    await sign_in(page, desk)
    await page.get_by_role("button", name="Carla – web chat").click()
    await page.get_by_role("textbox", name="Type a message").fill("I take this one.")
    await page.keyboard.press("Enter")

    interact = page.get_by_role("navigation", name="Chats").get_by_role("button", name="Interact")
    await interact.focus()
    for text in ("one", "two"):
        await desk.connector.send(conversation, message(text))
    await expect(interact).to_have_accessible_name("Interact 2 unread")
    await expect(interact).to_be_focused()
    await expect(page).to_have_title("(2) Mario · Teams desk")
    await page.screenshot(path=tmp_path / "unread.png")
    assert await violations(page) == []

    await interact.press("Enter")
    await expect(interact).to_have_accessible_name("Interact")
    await page.reload()
    await expect(page).to_have_title("Mario · Teams desk")


async def test_what_is_seen_is_read(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install()
    await sign_in(page, desk)

    _, sent = await desk.connector.send(conversation, message("Are you there?"))

    await wait_until(
        lambda: holding([each["value"]["lastReadMessageId"] for each in desk.bot.of_type("event")][-1:] == [sent["id"]])
    )


async def test_a_message_the_bot_deletes_or_changes_does_so_on_the_page(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install(MARIO)
    _, first = await desk.connector.send(conversation, message("first"))
    _, second = await desk.connector.send(conversation, message("second"))
    await sign_in(page, desk)
    await expect(log_of(page).get_by_text("second")).to_be_visible()

    await desk.connector.delete(conversation, first["id"])
    await desk.connector.update(conversation, second["id"], message("changed"))

    await expect(log_of(page).get_by_text("changed")).to_be_visible()
    await expect(log_of(page).get_by_text("first")).to_have_count(0)
    await expect(log_of(page).get_by_text("Edited")).to_be_visible()


async def test_a_long_conversation_scrolls_in_its_own_place(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install(MARIO)
    for _ in range(6):
        await desk.connector.send(conversation, with_card(invitation_card()))
    await sign_in(page, desk)
    await expect(log_of(page).get_by_role("button", name="Accept").last).to_be_in_viewport()

    await desk.connector.send(conversation, message("the newest"))

    await expect(log_of(page).get_by_text("the newest")).to_be_in_viewport()
    await expect(page.get_by_role("textbox", name="Type a message")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollHeight === window.innerHeight")


async def test_of_a_long_chat_the_latest_are_shown_and_the_others_by_a_button(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install()
    sent = [(await desk.connector.send(conversation, message(f"Message {number}.")))[1] for number in range(45)]
    await desk.connector.send(conversation, message("The last."))
    await sign_in(page, desk)
    log = log_of(page)
    await expect(log.get_by_text("The last.")).to_be_in_viewport()
    await expect(log.get_by_text("Message 5.", exact=True)).to_have_count(0)
    await desk.connector.update(conversation, sent[0]["id"], message("Mended."))
    await desk.connector.send(conversation, message("A new one."))
    await expect(log.get_by_text("A new one.")).to_be_visible()
    await expect(log.get_by_text("Mended.")).to_have_count(0)
    assert await violations(page) == []

    await log.get_by_role("button", name="Earlier messages").click()
    await expect(log.get_by_text("Mended.")).to_have_count(1)
    await expect(log.get_by_text("A new one.")).to_have_count(1)
    # With the note that the app was installed.
    await expect(log.get_by_role("article")).to_have_count(48)
    await expect(log.get_by_role("button", name="Earlier messages")).to_have_count(0)


async def test_text_of_the_bot_is_markdown_without_html(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install(MARIO)
    await desk.connector.send(conversation, message("<img src=x onerror=alert(1)> [site](https://lunifico.example)"))
    await desk.connector.send(conversation, {**message("**stars**"), "textFormat": "plain"})
    await sign_in(page, desk)
    log = log_of(page)

    await expect(log.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    await expect(log.get_by_role("link", name="site")).to_have_attribute("rel", "noopener noreferrer")
    await expect(log.get_by_text("**stars**")).to_be_visible()
    assert await log.locator("img").count() == 0
