"""The page in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.local.desk.conftest import GUEST, LUISA, MARIO, RunningDesk, running_desk, wait_until
from tests.local.desk.fake_bot import card_answer, invitation_card, message, reply_card, status_card, with_card

AXE = Path(__file__).parents[3] / "local" / "node_modules" / "axe-core" / "axe.min.js"


# One loop for all tests here, because the browser that they share lives in it.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def desk() -> AsyncIterator[RunningDesk]:
    async with running_desk() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window in which no script may fail and no content may be blocked."""
    window = await browser.new_page(viewport={"width": 1180, "height": 760})
    problems: list[str] = []
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    yield window
    await window.close()
    assert problems == []


def log_of(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


async def violations(page: Page) -> list[str]:
    """What axe finds, as rule and element."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    assert found["passes"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


async def sign_in(page: Page, desk: RunningDesk, user_id: str = MARIO.id) -> None:
    await page.goto(f"{desk.url}/?user={user_id}")
    await expect(page.get_by_role("combobox", name="Signed in as")).to_have_value(user_id)


async def _is(holds: bool) -> bool:
    return holds


def _account(desk: RunningDesk) -> str:
    """The id by which the bot knows Mario."""
    return str(desk.bot.activities[-1]["from"]["id"])


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
    await wait_until(lambda: _is(len(desk.bot.of_type("message")) == 1))
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
    await wait_until(lambda: _is(len(desk.bot.of_type("typing")) == 1))
    await page.get_by_role("button", name="Send").click()
    await wait_until(lambda: _is(len(desk.bot.of_type("message")) == 1))

    assert len(desk.bot.of_type("typing")) == 1


async def test_what_is_seen_is_read(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install()
    await sign_in(page, desk)

    _, sent = await desk.connector.send(conversation, message("Are you there?"))

    await wait_until(
        lambda: _is([each["value"]["lastReadMessageId"] for each in desk.bot.of_type("event")][-1:] == [sent["id"]])
    )


async def test_a_card_that_wants_it_is_refreshed_when_its_user_sees_it(desk: RunningDesk, page: Page) -> None:
    conversation = await desk.install()
    desk.bot.on_invoke = lambda _: (200, card_answer("Two are waiting"))
    action = {"type": "Action.Execute", "title": "Refresh", "verb": "tasks", "data": {}}
    card = {**status_card("One is waiting"), "refresh": {"action": action, "userIds": [_account(desk)]}}
    await desk.connector.send(conversation, with_card(card))
    assert desk.bot.of_type("invoke") == []

    await sign_in(page, desk)

    await expect(log_of(page).get_by_text("Two are waiting")).to_be_visible()
    [invoke] = desk.bot.of_type("invoke")
    assert (invoke["value"]["trigger"], invoke["value"]["action"]["verb"]) == ("automatic", "tasks")


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


async def test_two_windows_are_two_agents(desk: RunningDesk, browser: Browser) -> None:
    mario, luisa = await browser.new_page(), await browser.new_page()
    await desk.connector.send(await desk.install(MARIO), message("for Mario"))
    await desk.connector.send(await desk.install(LUISA), message("for Luisa"))
    await sign_in(mario, desk, MARIO.id)
    await sign_in(luisa, desk, LUISA.id)

    await expect(log_of(mario).get_by_text("for Mario")).to_be_visible()
    await expect(log_of(luisa).get_by_text("for Luisa")).to_be_visible()
    await mario.get_by_role("combobox", name="Presence").select_option("Busy")
    await mario.get_by_role("combobox", name="Signed in as").select_option(LUISA.display_name)

    await expect(log_of(mario).get_by_text("for Luisa")).to_be_visible()
    await expect(log_of(mario).get_by_text("for Mario")).to_have_count(0)
    await expect(mario.get_by_role("combobox", name="Presence")).to_have_value("Available")
    assert mario.url.endswith(f"?user={LUISA.id}")
    await mario.close()
    await luisa.close()


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


async def test_on_a_narrow_window_everything_stays_in_reach(desk: RunningDesk, page: Page, tmp_path: Path) -> None:
    await page.set_viewport_size({"width": 380, "height": 700})
    await desk.connector.send(await desk.install(MARIO), with_card(invitation_card()))
    await sign_in(page, desk)

    await expect(log_of(page).get_by_role("button", name="Accept")).to_be_in_viewport()
    await page.screenshot(path=tmp_path / "narrow.png")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(page) == []


async def test_the_page_allows_no_inline_code_and_no_frames(desk: RunningDesk) -> None:
    async with aiohttp.ClientSession() as http, http.get(desk.url) as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()

    assert "script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert " style=" not in text
    assert "<style" not in text


async def test_a_foreign_page_can_neither_listen_nor_act(desk: RunningDesk) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(
                f"{desk.url}/page/live?user={MARIO.id}", headers={"Origin": "https://foreign.example"}
            )
        async with http.post(f"{desk.url}/page/install", data=f'{{"user":"{MARIO.id}"}}') as response:
            assert response.status == 415


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


async def test_nobody_writes_before_the_chat_is_known(desk: RunningDesk, page: Page) -> None:
    await desk.install()
    held: list[WebSocketRoute] = []
    await page.route_web_socket("**/page/live**", lambda route: held.append(route))
    await sign_in(page, desk)
    field = page.get_by_role("textbox", name="Type a message")
    await wait_until(lambda: _is(bool(held)))
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
    await wait_until(lambda: _is(len(desk.bot.of_type("messageUpdate")) == 2))
    updates = desk.bot.of_type("messageUpdate")
    assert [each["channelData"]["eventType"] for each in updates] == ["editMessage", "undeleteMessage"]
    assert {each["text"] for each in updates} == {"On Friday"}
