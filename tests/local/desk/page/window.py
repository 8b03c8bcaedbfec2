"""What is looked for in a window of the desk."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.local.desk.conftest import MARIO, RunningDesk


def log_of(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


async def sign_in(page: Page, desk: RunningDesk, user_id: str = MARIO.id) -> None:
    await page.goto(f"{desk.url}/?user={user_id}")
    await expect(page.get_by_role("combobox", name="Signed in as")).to_have_value(user_id)


async def holding(holds: bool) -> bool:
    return holds


def account_of(desk: RunningDesk) -> str:
    """The id by which the bot knows Mario."""
    return str(desk.bot.activities[-1]["from"]["id"])
