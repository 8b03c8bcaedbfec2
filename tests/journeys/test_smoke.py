"""`interact smoke` against the running system: the same program that shows whether a deployment in Azure works."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import aiohttp

from cli.smoke.canary import CUSTOMER
from local.addresses import Addresses
from shared.domain.tenants import MessagingKind
from shared.domain.workflows import ActivityDefinition
from tests.journeys.company import Company
from tests.journeys.stack import ROOT, Stack

CANARY = (
    ActivityDefinition("accept", "accept_conversation", {}, {"next": "greeting"}),
    ActivityDefinition("greeting", "message", {"texts": {"en": "This service answers by itself."}}, {"next": "end"}),
    ActivityDefinition("end", "disconnect", {}, {}),
)
ROUND = "a message there and back through Event Grid"


async def smoke(stack: Stack, service: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the checks by their names."""
    url, key = stack.run["functions"], stack.run["tenant"]["widgetKey"]
    options = ("--widget-key", key, "--service", service, "--origin", url, "--wait", "5", "--json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INTERACT_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "smoke", url, *options, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    document = json.loads(printed)
    return process.returncode or 0, {check["check"]: check for check in document["checks"]}


async def test_a_system_that_works_passes_every_check(stack: Stack, company: Company) -> None:
    code, checks = await smoke(stack, await company.service("Canary", *CANARY))
    assert {name for name, check in checks.items() if check["outcome"] == "failed"} == set()
    assert code == 0
    assert checks["push: a client can connect to SignalR"]["outcome"] == "passed"
    assert checks[ROUND]["outcome"] == "passed"
    logs = "".join(file.read_text("utf-8", "replace") for file in stack.logs.glob("*.log"))
    assert "on_chat_event" in logs
    for said in (CUSTOMER["email"], CUSTOMER["displayName"], "This is the smoke test.", "Does this arrive?", "eyJ"):
        assert said not in logs, "no log holds what people write, or a token"


async def test_without_event_grid_nothing_comes_back(stack: Stack, company: Company) -> None:
    """The way there and back is really the one by Event Grid: nobody else tells the app of the message."""
    service = await company.service("Canary without events", *CANARY)
    faults = f"{Addresses(int(stack.run['functions'].rpartition(':')[2])).acs_for_browsers}/_standin/faults"
    async with aiohttp.ClientSession() as http:
        async with http.put(faults, json={"reorderEventsSeconds": 1e6}) as answer:
            assert answer.status == 200, await answer.text()
        try:
            code, checks = await smoke(stack, service)
        finally:
            async with http.put(faults, json={}) as answer:
                assert answer.status == 200
    assert code == 1
    assert checks[ROUND]["outcome"] == "failed"
    assert "dead letters" in checks[ROUND]["fix"]


async def test_without_acs_there_is_no_event_grid_and_that_is_said(stack: Stack, company: Company) -> None:
    service = await company.service("Canary of its own", *CANARY)
    async with company.tenant_with(messaging=MessagingKind.NATIVE, acs_secret="", acs_resource_id=""):
        code, checks = await smoke(stack, service)
    assert code == 0, checks
    assert checks["the canary answers"]["outcome"] == "passed"
    assert checks[ROUND]["outcome"] == "not_checked"
