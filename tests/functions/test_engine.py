"""The app in Azure's own Python engine: exactly these functions with exactly these bindings, and it answers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.settings.table import SETTINGS, STORAGE
from tests.local.host.hosts import KEYS, MASTER, ROOT, RunningHost, host
from tests.security.hooks import answered
from tests.security.web import cases

HTTP: dict[str, tuple[str, list[str]]] = {
    "bot_messages": ("api/messages", ["POST"]),
    "call_callback": ("api/calls/callback/{sessionId}", ["POST"]),
    "health": ("api/health", ["GET"]),
    "manage": ("api/manage/v1/{*path}", ["GET", "POST", "PUT", "PATCH", "DELETE"]),
    "manage_openapi": ("api/manage/openapi.json", ["GET"]),
    "openapi": ("api/openapi.json", ["GET"]),
    "preview_file": ("preview/{name}", ["GET"]),
    "preview_service": ("preview/service/{id}", ["GET"]),
    "preview_user": ("preview/user/{id}", ["GET"]),
    "widget_asset": ("widget/assets/{name}", ["GET"]),
    "widget_contact": ("api/widget/v1/contact", ["GET", "OPTIONS"]),
    "widget_end": ("api/widget/v1/sessions/{sessionId}/end", ["POST", "OPTIONS"]),
    "widget_heartbeat": ("api/widget/v1/sessions/{sessionId}/heartbeat", ["POST", "OPTIONS"]),
    "widget_loader": ("widget/interact.js", ["GET"]),
    "widget_message": ("api/widget/v1/messages", ["POST", "OPTIONS"]),
    "widget_parameters": ("api/widget/v1/sessions/{sessionId}/parameters", ["POST", "OPTIONS"]),
    "widget_presence": ("api/widget/v1/presence", ["GET", "OPTIONS"]),
    "widget_preview": ("api/widget/v1/preview", ["GET", "OPTIONS"]),
    "widget_session": ("api/widget/v1/sessions/{sessionId}", ["GET", "OPTIONS"]),
    "widget_start": ("api/widget/v1/sessions", ["POST", "OPTIONS"]),
    "widget_typing": ("api/widget/v1/sessions/{sessionId}/typing", ["POST", "OPTIONS"]),
    "widget_thread": ("api/widget/v1/sessions/{sessionId}/messages", ["GET", "POST", "OPTIONS"]),
    "widget_token": ("api/widget/v1/sessions/{sessionId}/token", ["POST", "OPTIONS"]),
}
TIMERS = {"on_session_timer": "session-timers", "on_presence_timer": "presence-timers"}


@contextlib.contextmanager
def app(storage: str, directory: Path, python: str = sys.executable) -> Iterator[RunningHost]:
    """The app with all settings, in the engine of this Python or of another one."""
    values = {setting.name: setting.example for setting in SETTINGS if setting.example is not None}
    settings = directory / "settings.json"
    settings.write_text(json.dumps({"Values": {**values, STORAGE: storage}}))
    with host(ROOT, directory, "--settings", str(settings), python=python) as started:
        yield started


@pytest.fixture(scope="module")
def running(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """On a storage account in memory."""
    with app(storage, tmp_path_factory.mktemp("engine")) as started:
        yield started


def expect_exactly_these_functions(running: RunningHost) -> None:
    answer = running.get("/admin/functions", headers=MASTER).json()
    found: dict[str, Any] = {function["name"]: function["config"]["bindings"] for function in answer}
    triggers = {name: bindings[0] for name, bindings in found.items()}
    http = {name: trigger for name, trigger in triggers.items() if trigger["type"] == "httpTrigger"}
    assert {name: (trigger["route"], trigger["methods"]) for name, trigger in http.items()} == HTTP
    assert {trigger["authLevel"] for trigger in http.values()} == {"ANONYMOUS"}
    others = {name: trigger["type"] for name, trigger in triggers.items() if name not in http}
    assert others == {
        "on_call_event": "eventGridTrigger",
        "on_chat_event": "eventGridTrigger",
        **dict.fromkeys(TIMERS, "queueTrigger"),
    }
    assert {name: triggers[name]["queueName"] for name in TIMERS} == TIMERS
    assert {triggers[name]["connection"] for name in TIMERS} == {STORAGE}
    assert all(binding["type"] == "http" for name in http for binding in found[name][1:])


def test_exactly_these_functions_are_indexed(running: RunningHost) -> None:
    expect_exactly_these_functions(running)


def test_it_answers_health(running: RunningHost) -> None:
    response = running.get("/api/health")
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "ok"


def test_a_preflight_reaches_the_app(running: RunningHost) -> None:
    response = running.request("OPTIONS", "/api/widget/v1/sessions", headers={"Origin": "https://www.lunifico.example"})
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "https://www.lunifico.example"


def test_a_refusal_is_a_problem(running: RunningHost) -> None:
    response = running.get("/api/widget/v1/contact?widgetKey=unknown&serviceId=sales")
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["trace"] in running.log


def deliver(running: RunningHost, name: str) -> int:
    """What Event Grid is answered to an event of a resource that nobody has."""
    event = {
        "id": "1",
        "topic": "/foreign",
        "subject": "s",
        "data": {},
        "eventType": "Microsoft.Communication.ChatMessageReceivedInThread",
        "eventTime": "2030-01-01T09:00:00Z",
        "dataVersion": "1.0",
    }
    path = f"/runtime/webhooks/eventgrid?functionName={name}&code={KEYS['eventgrid']}"
    return running.post(path, json=[event], headers={"aeg-event-type": "Notification"}).status_code


def test_an_event_that_cannot_be_used_fails_with_its_reason_in_the_log_and_is_never_answered_400(
    running: RunningHost,
) -> None:
    assert deliver(running, "on_chat_event") == 500
    assert "no tenant has the ACS resource id '/foreign'" in running.log


@pytest.mark.parametrize("case", cases("event_grid", "hooks"))
def test_events_are_taken_from_whoever_has_the_key(running: RunningHost, case: dict[str, Any]) -> None:
    assert answered(running, case) == case["status"]


def test_an_event_of_calls_is_taken_since_there_are_none(running: RunningHost) -> None:
    assert deliver(running, "on_call_event") == 202


def test_there_are_no_calls_yet(running: RunningHost) -> None:
    assert running.post("/api/calls/callback/session", json=[]).status_code == 404


def test_with_settings_missing_it_indexes_and_says_what_is_missing(storage: str, tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"Values": {STORAGE: storage}}))
    with host(ROOT, tmp_path, "--settings", str(settings)) as started:
        response = started.get("/api/health")
        assert response.status_code == 503
        assert "INTERACT_SESSION_KEY" in {fault["name"] for fault in response.json()["settings"]}
        assert started.get("/api/widget/v1/contact?widgetKey=k&serviceId=s").status_code == 503


HEAVY = (
    "pydantic",
    "aiohttp",
    "jwt",
    "azure.core",
    "azure.data",
    "azure.storage",
    "azure.identity",
    "shared.application",
)


def test_indexing_imports_nothing_heavy() -> None:
    script = f"import sys, function_app; print([name for name in {HEAVY!r} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=30,
    )
    assert ended.stdout.strip() == "[]"
