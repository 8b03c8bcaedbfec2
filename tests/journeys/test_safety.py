"""Who is not allowed is told so; what is hostile stays a text; policies of host pages are kept."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest
from playwright.async_api import Request, expect

from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack

HOSTILE = {
    "html": "<img src=x onerror=alert(1)><script>alert(2)</script><b>bold</b>",
    "markdown": "**bold** _slanted_ [link](https://evil.example) # no heading `code` ~~gone~~",
    "parameter": "$(Customer.Email) and $(User.DisplayName)",
    "card": '{"type": "AdaptiveCard"} {{DATE(2026-11-22T00:00:00Z, SHORT)}} ${expression}',
    "start of a line": "1. not a list",
}
MARKED = {
    mark["name"]: mark["text"]
    for mark in json.loads((Path(__file__).parents[1] / "vectors" / "leaks.json").read_text("utf-8"))["marks"]
    if mark["kind"] == "typed"
}
PUSH = "/client/"
BIDI = "safe\u202egnp.exe\u202c \u2066hidden\u2069 end"
SHOWN_TO_CUSTOMERS = BIDI.replace("\u202e", "")
READ_BY_AGENTS = "safegnp.exe hidden end"


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_texts_stay_texts_on_both_sides(stack: Stack, people: People, kind: str) -> None:
    text = HOSTILE[kind]
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start(f"First {kind}: {text}")
    await mario.accepts(carla.name)
    await mario.sees(f"First {kind}: {text}")
    await carla.writes(text)
    await expect(mario.log.get_by_text(f"{carla.name}: {text}", exact=True)).to_have_count(1, timeout=SOON)
    await mario.writes(text)
    await expect(carla.log.locator(".bubble").get_by_text(text, exact=True)).to_have_count(2, timeout=SOON)
    assert await carla.texts() == [f"First {kind}: {text}", text, text]
    for page in (carla.page, mario.page):
        assert await page.locator("img[src='x']").count() == 0
        assert await page.get_by_role("link", name="link", exact=True).count() == 0


async def test_characters_that_reorder_text_do_not_reach_agents(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start(BIDI, seen=SHOWN_TO_CUSTOMERS)
    await mario.accepts(carla.name)
    await mario.sees(READ_BY_AGENTS)
    assert not set("\u202e\u2066") & set(await mario.log.inner_text())


async def test_a_name_is_no_place_for_markup(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    name = f"{carla.name} **<b>$(Customer.Email)</b>**"
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("Who am I?", name=name)
    await mario.accepts(name)
    await mario.sees(f"{name}: Who am I?")
    await carla.leaves()
    await mario.sees(f"The instant message session has ended. {name} has left.")


async def test_a_page_that_is_not_in_the_template_is_refused_visibly(stack: Stack, people: People) -> None:
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["service"].replace("localhost", "127.0.0.1"))
    await carla.sees_state("This chat is not available on this page.")
    assert await carla.page.get_by_role("button", name="Start chat").count() == 0
    assert any("403" in complaint for complaint in carla.complaints)
    carla.complaints.clear()


async def test_a_strict_policy_of_another_site_is_kept(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    await carla.open_chat(stack.host_page)
    await carla.start("Do you hear me?")
    await mario.accepts(carla.name)
    await mario.writes("Loud and clear: https://lunifico.example/help")
    await carla.sees("Loud and clear: https://lunifico.example/help")
    await carla.ends()
    await carla.sees_the_end()
    assert carla.complaints == []


async def test_the_preview_keeps_a_strict_policy(stack: Stack, people: People) -> None:
    carla = await people.visitor()
    answer = await carla.page.goto(stack.run["preview"]["service"])
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    await carla.page.get_by_role("button", name="Open chat").click()
    await expect(carla.page.get_by_role("button", name="Start chat")).to_be_visible()
    assert carla.complaints == []


async def test_what_is_said_and_what_proves_it_is_in_no_address_and_in_no_log(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    name, answer = f"{carla.name} {MARKED['name']}", f"{MARKED['answer']} to {carla.name}"
    addresses: list[str] = []
    proofs: set[str] = set()
    carla.page.on("websocket", lambda socket: addresses.append(socket.url))

    async def look(request: Request) -> None:
        addresses.append(request.url)
        if not request.url.startswith(stack.run["signalr"]):
            proofs.add((await request.all_headers()).get("authorization", "").removeprefix("Bearer "))

    carla.page.on("request", look)
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start(MARKED["message"], name=name)
    await mario.accepts(name)
    await carla.writes(MARKED["later"])
    await mario.sees(f"{name}: {MARKED['later']}")
    await mario.writes(answer)
    await carla.sees(answer)
    await carla.ends()
    await carla.sees_the_end()

    logs = [line for file in stack.logs.glob("*.log") for line in file.read_text("utf-8", "replace").splitlines()]
    secret = (
        {MARKED[said] for said in ("name", "message", "later", "answer")} | {"customer@example.com"} | proofs - {""}
    )
    assert len(proofs) >= 3
    assert any("/messages" in address for address in addresses)
    assert [line for line in logs if any(one in line for one in secret)] == []
    assert [one for one in addresses if any(each in unquote_plus(one) for each in secret)] == []
    # A browser can prove to SignalR in no other way who it is; that token hears when to look, and nothing else.
    assert {urlsplit(one).path for one in addresses if "token=" in one} <= {PUSH}
