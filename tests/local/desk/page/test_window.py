"""The page as a window: several, narrow, and closed to others."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import violations
from tests.local.desk.conftest import LUISA, MARIO, RunningDesk
from tests.local.desk.fake_bot import invitation_card, message, with_card
from tests.local.desk.page.window import log_of, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="package")


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
