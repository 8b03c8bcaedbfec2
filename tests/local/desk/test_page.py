"""The page in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.local.desk.conftest import LUISA, MARIO, RunningDesk
from tests.local.desk.fake_bot import card_answer, invitation_card, message, reply_card, with_card

AXE = Path(__file__).parents[3] / "local" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page) -> list[str]:
    """What axe finds, as rule and element."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


async def test_an_agent_installs_the_app_accepts_an_invitation_and_writes(
    desk: RunningDesk, browser: Browser, tmp_path: Path
) -> None:
    page = await browser.new_page(viewport={"width": 1180, "height": 760})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    desk.bot.on_invoke = lambda _: (200, card_answer("You are now connected to Carla Customer."))
    log = page.get_by_role("log", name="Messages")

    await page.goto(f"{desk.url}/?user={MARIO.id}")
    await expect(page.get_by_role("combobox", name="Signed in as")).to_have_value(MARIO.id)
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
    await page.screenshot(path=tmp_path / "written.png")
    await page.emulate_media(color_scheme="dark")
    await page.screenshot(path=tmp_path / "dark.png")
    assert await violations(page) == []

    invoke = desk.bot.of_type("invoke")[0]
    assert invoke["name"] == "adaptiveCard/action"
    assert invoke["value"]["action"]["verb"] == "accept"
    assert invoke["value"]["action"]["data"] == {"session": "s1"}
    assert [each["text"] for each in desk.bot.of_type("message")] == ["Hi Carla, let me look that up."]
    assert problems == []


assert LUISA
assert reply_card
