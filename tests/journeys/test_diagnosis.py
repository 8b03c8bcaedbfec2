"""*Preview or embed code not working?* A refused page tells an administrator why; a preview link works all the same."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import expect

from local import demo
from local.seed import COMPANY
from shared.domain.authorization import AuthorizationMode
from tests.browser import violations
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import ROOT, Stack
from tests.journeys.test_administration_restricting_access import is_told_that_it_is_not_available, row
from tests.journeys.test_authorization import DEMANDED

SECONDS = 60
ID = re.compile(r"interact diagnose --id ([A-Za-z0-9_-]+)$")
ELSEWHERE = {"protocol": "https", "domain": "elsewhere.example"}


async def interact(stack: Stack, administrator: Administrator, *words: str) -> tuple[int | None, dict[str, Any]]:
    """Exit code and document of the command, as this administrator."""
    signed_in = {"INTERACT_URL": stack.run["functions"], "INTERACT_TOKEN": administrator.token}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *words, "--json"),
        cwd=ROOT,
        env={**os.environ, **signed_in},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        out, notes = await process.communicate()
    assert out, notes.decode()
    return process.returncode, json.loads(out)


def named(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    return next(dict(one) for one in found["conditions"] if one["id"] == name)


async def restrict(administrator: Administrator, service: str, template: str, *rows: Mapping[str, Any]) -> None:
    """Restrict the service to a new template with these rows."""
    document = {"name": "Lamps", "organizationUnitId": COMPANY, "domains": list(rows)}
    await administrator.create(f"domainTemplates/{template}", document)
    restriction = {"restrictAccess": True, "domainTemplateId": template}
    await until_live(await administrator.change(f"services/{service}", {"interact": restriction}))


def warnings_of(visitor: Visitor) -> list[str]:
    """The console's warnings, as they come."""
    found: list[str] = []
    visitor.page.on("console", lambda message: found.append(message.text) if message.type == "warning" else None)
    return found


async def test_the_console_of_a_refused_page_leads_an_administrator_to_the_setting_and_the_fix(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Lamps", *chat_workflow(), members=[demo.MARIO.id])
    page = f"{stack.run['functions']}/preview/service/{service}".replace("localhost", "127.0.0.1")
    async with Administrator(stack.run) as administrator:
        await restrict(administrator, service, "journey-lamps", row(stack))
        carla = await people.visitor()
        warnings = warnings_of(carla)
        await carla.open_chat(page)
        await is_told_that_it_is_not_available(carla)
        told = [found[1] for one in warnings if (found := ID.search(one)) is not None]
        assert len(told) == 1
        assert "origin" not in " ".join(warnings).lower()

        code, looked_up = await interact(stack, administrator, "diagnose", "--id", told[0])
        refused, condition = looked_up["refused"], named(looked_up["diagnosis"], "origin_allowed")
        origin = page.partition("/preview")[0]
        assert (code, refused["code"], refused["origin"]) == (1, "origin_not_allowed", origin)
        assert condition["setting"]["id"] == "journey-lamps"
        assert f"add a row for {origin}" in condition["fix"]

        parts = urlsplit(origin)
        missing = {"protocol": parts.scheme, "domain": parts.hostname, "port": parts.port}
        fixed = await administrator.change("domainTemplates/journey-lamps", {"domains": [row(stack), missing]})
        code, looked_up = await interact(stack, administrator, "diagnose", "--id", told[0])
        assert looked_up["refused"]["now"] == "pass"
        assert [one["id"] for one in looked_up["diagnosis"]["conditions"] if one["verdict"] == "fail"] == []
        assert code == 0
        await until_live(fixed)

    await carla.open_chat(page)
    await carla.start("Now it works.")
    await mario.accepts(carla.name)
    await mario.sees("Now it works.")


async def test_a_preview_link_works_under_restriction_and_authorization_and_says_whose_it_is(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Closed", *chat_workflow(), members=[demo.MARIO.id])
    demand = {"authorization": AuthorizationMode.SIGNED_TOKEN, "site_tokens": DEMANDED}
    async with Administrator(stack.run) as administrator, company.tenant_with(**demand):
        await restrict(administrator, service, "journey-closed", ELSEWHERE)
        otto = await people.visitor("Otto")
        await otto.open_chat(company.preview(service))
        await is_told_that_it_is_not_available(otto)

        code, link = await interact(stack, administrator, "preview", "--service", service, "--minutes", "10")
        assert code == 0
        sent: list[str] = []
        carla = await people.visitor()
        carla.page.on("request", lambda request: sent.append(request.url))
        await carla.page.goto(link["url"])
        await expect(carla.page.get_by_text("Made by Tenant Administrator.")).to_be_visible(timeout=SOON)
        await expect(carla.page.get_by_role("heading", name="Lunifico Closed", exact=True)).to_be_visible()
        await carla.page.get_by_label("What would a page get?").fill("http://elsewhere.example/lamps")
        await carla.page.get_by_role("button", name="Check page").click()
        conditions = carla.page.get_by_role("list", name="Conditions")
        await expect(conditions).to_contain_text(
            "row 1: the row is for https, the page is served by http", timeout=SOON
        )

        await carla.page.get_by_role("button", name="Open chat").click()
        await carla.start("May I try it?")
        await mario.accepts(carla.name)
        await mario.writes("Of course.")
        await carla.sees("Of course.")
        key = f"interact:{demo.WIDGET_KEY}:service:{service}"
        stored = json.loads(await carla.page.evaluate("key => localStorage.getItem(key)", key))
        timeline = await company.sessions.timeline(stored["sessionId"])
        opened = [line.details for line in timeline if line.what == "PreviewOpened"]
        assert [line["administrator_name"] for line in opened] == ["Tenant Administrator"]
        sealed = urlsplit(link["url"]).fragment.removeprefix("pass=")
        assert not [url for url in sent if sealed in url.partition("#")[0]]
        assert await violations(carla.page) == []

        code, _ = await interact(stack, administrator, "preview", "--service", service, "--revoke")
        assert code == 0
        await otto.open_chat(link["url"])
        await is_told_that_it_is_not_available(otto)
    await mario.writes(f"We go on, {carla.name}.")
    await carla.sees(f"We go on, {carla.name}.")
