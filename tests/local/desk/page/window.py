"""What is looked for in a window of the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.local.desk.conftest import MARIO, RunningDesk

AXE = Path(__file__).parents[4] / "local" / "node_modules" / "axe-core" / "axe.min.js"


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


async def holding(holds: bool) -> bool:
    return holds


def account_of(desk: RunningDesk) -> str:
    """The id by which the bot knows Mario."""
    return str(desk.bot.activities[-1]["from"]["id"])
