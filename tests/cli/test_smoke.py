"""`interact smoke` where something is wrong: each fault is named, with what to do. tests/journeys has the good days."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.terminal import Answer, Ended, Terminal

URL = "https://interact.lunifico.example"
ALLOWED = {
    "access-control-allow-origin": "https://smoke.example",
    "access-control-allow-headers": "authorization, content-type",
}
SCRIPT = {"content-type": "text/javascript"}
SIGN_IN = {"www-authenticate": "Bearer"}
ROUND = "a message there and back through Event Grid"
Answers = Mapping[str, httpx.Response | Answer]
GOOD: Answers = {
    "GET /api/health": httpx.Response(200, json={"status": "ok", "version": "1.2.3"}),
    "OPTIONS /api/widget/v1/sessions": httpx.Response(204, headers=ALLOWED),
    "GET /widget/interact.js": httpx.Response(200, headers=SCRIPT, content=b"//"),
    "GET /api/widget/v1/contact": httpx.Response(403, headers=ALLOWED, json={"code": "not_allowed"}),
    "POST /api/messages": httpx.Response(401, json={"code": "invalid"}),
    "GET /api/manage/v1/me": httpx.Response(401, headers=SIGN_IN, json={"code": "token_missing"}),
}
CANARY = ("--widget-key", "key", "--service", "canary")
SESSION = {
    "sessionId": "s1",
    "sessionToken": "proof",
    "messaging": {
        "kind": "acs",
        "endpoint": "https://acs.example/",
        "threadId": "t1",
        "token": "visitor",
        "tokenExpiresOn": "2026-01-01T00:00:00Z",
    },
    "realtime": {"url": "https://push.example/client/?hub=interact", "accessToken": "push"},
}
NOTICE = {"metadata": {"kind": "system", "event": "undelivered"}}
GREETING = {"metadata": {"kind": "system"}}


def contact(request: httpx.Request) -> httpx.Response:
    if request.url.params["serviceId"] == "canary":
        return httpx.Response(200, json={"displayName": "Canary"})
    return httpx.Response(403, headers=ALLOWED, json={"code": "not_allowed"})


def talking(messages: list[dict[str, Any]]) -> Answers:
    """A deployment whose canary answers; `messages` are in its thread in the end."""
    thread = "/chat/threads/t1/messages"
    return {
        **GOOD,
        "GET /api/widget/v1/contact": contact,
        "POST /api/widget/v1/sessions": httpx.Response(201, json=SESSION),
        "POST /api/widget/v1/sessions/s1/token": httpx.Response(200, json={"messaging": SESSION["messaging"]}),
        "POST /api/widget/v1/sessions/s1/heartbeat": httpx.Response(200, json={}),
        "GET /api/widget/v1/sessions/s1": httpx.Response(200, json={"state": "ended"}),
        "POST /client/negotiate": httpx.Response(200, json={"availableTransports": [{"transport": "WebSockets"}]}),
        f"GET {thread}": httpx.Response(200, json={"value": messages}),
        f"POST {thread}": httpx.Response(201, json={"id": "1"}),
    }


def planned() -> list[Answer | httpx.Response | Exception]:
    """The good answers in the order in which they are asked for."""
    return [
        httpx.Response(one.status_code, headers=one.headers, content=one.content)
        for one in GOOD.values()
        if isinstance(one, httpx.Response)
    ]


def smoke(directory: Path, answers: Answers, *options: str) -> tuple[Ended, dict[str, dict[str, str]]]:
    """How the command ended against these answers, and its checks by name."""

    def answered(request: httpx.Request) -> httpx.Response:
        planned = answers.get(f"{request.method} {request.url.path}", httpx.Response(404))
        found = planned(request) if callable(planned) else planned
        return httpx.Response(found.status_code, headers=found.headers, content=found.content, request=request)

    with Terminal(directory) as terminal:
        terminal.transport.answers = [answered] * 500
        ended = terminal.run("smoke", URL, "--wait", "10", *options, "--json")
    return ended, {check["check"]: check for check in ended.document["checks"]}


def test_without_a_canary_it_says_what_was_not_checked(tmp_path: Path) -> None:
    ended, checks = smoke(tmp_path, GOOD)
    assert ended.code == 0
    assert {check["outcome"] for name, check in checks.items() if "canary" not in name} == {"passed"}
    assert checks["a conversation with the canary"]["outcome"] == "not_checked"
    assert "--widget-key" in checks["a conversation with the canary"]["seen"]


def test_with_one_it_has_a_whole_conversation(tmp_path: Path) -> None:
    ended, checks = smoke(tmp_path, talking([GREETING, NOTICE]), *CANARY)
    assert ended.code == 0, checks
    assert {check["outcome"] for check in checks.values()} == {"passed"}


@pytest.mark.parametrize(
    ("check", "request_line", "answer", "seen"),
    [
        (
            "health",
            "GET /api/health",
            httpx.Response(
                503, json={"settings": [{"name": "INTERACT_X", "problem": "is missing", "remedy": "set it"}]}
            ),
            "INTERACT_X is missing",
        ),
        ("health", "GET /api/health", httpx.Response(503, text="<html>"), "not by this app"),
        (
            "health",
            "GET /api/health",
            httpx.Response(503, json={"settings": [], "dependencies": {"tables": "unreachable", "queues": "ok"}}),
            "not ready: tables",
        ),
        ("preflight of the widget API", "OPTIONS /api/widget/v1/sessions", httpx.Response(204), "no permission"),
        ("the widget's loader", "GET /widget/interact.js", httpx.Response(404), "404, not 200"),
        (
            "a page that nobody knows is refused",
            "GET /api/widget/v1/contact",
            httpx.Response(200, json={}),
            "200, not 403",
        ),
        ("the bot's door is shut to strangers", "POST /api/messages", httpx.Response(200), "200, not 401"),
        ("administrators have to sign in", "GET /api/manage/v1/me", httpx.Response(200, json={}), "200, not 401"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, check: str, request_line: str, answer: httpx.Response, seen: str) -> None:
    ended, checks = smoke(tmp_path, {**GOOD, request_line: answer})
    assert ended.code == 1
    assert checks[check]["outcome"] == "failed"
    assert seen in checks[check]["seen"]


@pytest.mark.parametrize(
    ("check", "changed", "seen"),
    [
        ("a page may talk to the canary", {"GET /api/widget/v1/contact": GOOD["GET /api/widget/v1/contact"]}, "403"),
        ("a session begins", {"POST /api/widget/v1/sessions": httpx.Response(429, json={"code": "busy"})}, "code busy"),
        ("push: a client can connect to SignalR", {"POST /client/negotiate": httpx.Response(401)}, "401, not 200"),
        (
            "the canary answers",
            {"GET /api/widget/v1/sessions/s1": httpx.Response(200, json={"state": "waiting"})},
            "did not end",
        ),
        (
            ROUND,
            {"GET /chat/threads/t1/messages": httpx.Response(200, json={"value": [GREETING]})},
            "nothing came back",
        ),
    ],
)
def test_a_conversation_that_breaks_off_says_where(tmp_path: Path, check: str, changed: Answers, seen: str) -> None:
    ended, checks = smoke(tmp_path, {**talking([GREETING, NOTICE]), **changed}, *CANARY)
    assert ended.code == 1
    assert checks[check]["outcome"] == "failed"
    assert seen in checks[check]["seen"]
    assert list(checks)[-1] == check, "what comes after it is not tried"


def test_an_instance_that_sleeps_is_waited_for(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.transport.answers = [httpx.ConnectError("no connection"), httpx.Response(503, text=""), *planned()]
        assert terminal.run("smoke", URL, "--wait", "10").code == 0
        assert terminal.waits == [2.0, 2.0]


def test_who_is_signed_in_need_not_name_the_canary(terminal: Terminal) -> None:
    """The tenant's key and the service are asked for; Lunifico has none of that name."""
    terminal.transport.answers = planned()
    ended = terminal.run("smoke", "--wait", "0", "--json")
    assert ended.code == 0
    assert ended.document["checks"][-1]["seen"] == "there is no service called Canary"
    assert [request.url.path for request in terminal.transport.sent[-2:]] == [
        "/api/manage/v1/tenant",
        "/api/manage/v1/services",
    ]


def test_another_deployment_s_canary_is_none(terminal: Terminal) -> None:
    terminal.transport.answers = planned()
    ended = terminal.run("smoke", "https://elsewhere.example", "--wait", "0", "--json")
    assert "you are signed in at" in ended.document["checks"][-1]["seen"]


def test_people_read_what_to_do(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.transport.answers = [httpx.ConnectError("name or service not known")]
        ended = terminal.run("smoke", URL, "--wait", "0")
    assert ended.code == 1
    assert "✗ health: https://interact.lunifico.example/api/health cannot be reached" in ended.notes
