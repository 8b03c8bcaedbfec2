"""What a check is, and the checks that need nothing but the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

ORIGIN = "https://smoke.example"
"""Reserved for examples, so that it can be nobody's website."""
WIDGET = "/api/widget/v1"
INTERVAL = 2.0
"""Seconds between two looks at health."""
TIMEOUT = httpx.Timeout(30.0)


class Outcome(StrEnum):
    """`not_checked`: something is missing that the check needs; that is said, and is no success."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Result:
    """One check: what was seen, and what to do where it did not pass."""

    check: str
    outcome: Outcome
    seen: str = ""
    fix: str = ""

    def document(self) -> dict[str, str]:
        told = {"check": self.check, "outcome": self.outcome.value, "seen": self.seen, "fix": self.fix}
        return {name: value for name, value in told.items() if value}


class CheckFailed(Exception):
    """What was seen instead; `fix` is what to do."""

    def __init__(self, seen: str, fix: str = "") -> None:
        super().__init__(seen)
        self.fix = fix


class NotChecked(Exception):
    """The check cannot be made here; the message says why."""


class Web:
    """Calls of one deployment without any token; `pause` waits for so many seconds."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None, pause: Callable[[float], None]) -> None:
        self.url = url
        self.pause = pause
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport)

    def call(
        self, method: str, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """`path` is one of the deployment, or a whole address; raises CheckFailed where nobody answers."""
        address = path if "://" in path else f"{self.url}{path}"
        body = {} if json is None else {"json": json}
        try:
            return self._client.request(method, address, headers=dict(headers or {}), **body)
        except httpx.TransportError as error:
            why = str(error) or type(error).__name__
            raise CheckFailed(f"{address.partition('?')[0]} cannot be reached ({why})") from error

    def expect(self, status: int, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer, which has to have this status; raises CheckFailed."""
        response = self.call(method, path, **given)
        if response.status_code != status:
            what = f"{method} {path.partition('?')[0]}"
            raise CheckFailed(f"{what} was answered {response.status_code}, not {status}{code_of(response)}")
        return response

    def close(self) -> None:
        self._client.close()


def code_of(response: httpx.Response) -> str:
    """The stable code of a refusal and its trace, for a sentence."""
    try:
        problem = response.json()
    except ValueError:
        return ""
    named = [f"{name} {problem[name]}" for name in ("code", "trace") if isinstance(problem, dict) and name in problem]
    return f" ({', '.join(named)})" if named else ""


def run(name: str, check: Callable[[], str]) -> Result:
    """The check with its failure turned into a result."""
    try:
        return Result(name, Outcome.PASSED, check())
    except NotChecked as reason:
        return Result(name, Outcome.NOT_CHECKED, str(reason))
    except CheckFailed as failure:
        return Result(name, Outcome.FAILED, str(failure), failure.fix)


def from_outside(web: Web, seconds: float) -> Iterator[Result]:
    """Whatever can be seen without knowing anybody; `seconds` is how long the app may take to wake up."""
    healthy = run("health", lambda: _health(web, seconds))
    yield healthy
    if healthy.outcome is Outcome.FAILED:
        return
    yield run("preflight of the widget API", lambda: _preflight(web))
    yield run("the widget's loader", lambda: _loader(web))
    yield run("a page that nobody knows is refused", lambda: _stranger(web))
    yield run("the bot's door is shut to strangers", lambda: _bot(web))
    yield run("administrators have to sign in", lambda: _administrators(web))


def _health(web: Web, seconds: float) -> str:
    """The first call wakes an instance; settings that refer to the vault take a moment after a first deployment."""
    for _ in range(int(seconds / INTERVAL)):
        with suppress(CheckFailed):
            return _healthy(web)
        web.pause(INTERVAL)
    return _healthy(web)


def _healthy(web: Web) -> str:
    response = web.call("GET", "/api/health")
    if response.status_code != 200:
        raise CheckFailed(*_ill(response))
    return f"version {response.json().get('version')}"


def _ill(response: httpx.Response) -> tuple[str, str]:
    """What health says is wrong, and how to mend it."""
    try:
        document = response.json()
        faults = [(f"{fault['name']} {fault['problem']}", str(fault["remedy"])) for fault in document["settings"]]
        away = {name: state for name, state in document.get("dependencies", {}).items() if state == "unreachable"}
    except (ValueError, KeyError, TypeError):
        return f"/api/health was answered {response.status_code}, and not by this app", "look at the address"
    if faults:
        return "; ".join(fault for fault, _ in faults), "; ".join(remedy for _, remedy in faults)
    named = ", ".join(away) or f"storage is {document.get('storage')}"
    return f"not ready: {named}", "look into the app's log"


def _preflight(web: Web) -> str:
    """As a browser asks before it sends JSON; with CORS set on the platform, the app would never see it."""
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = web.call("OPTIONS", f"{WIDGET}/sessions", headers=asked)
    allowed = answer.headers.get("access-control-allow-headers", "").lower()
    if answer.headers.get("access-control-allow-origin") != ORIGIN:
        fix = "empty the CORS settings of the function app: the platform answers in place of the app"
        raise CheckFailed("a preflight gets no permission", fix)
    if "authorization" not in allowed or "content-type" not in allowed:
        raise CheckFailed(f"a preflight may send no more than {allowed or 'nothing'}")
    return ""


def _loader(web: Web) -> str:
    answer = web.expect(200, "GET", "/widget/interact.js")
    if "javascript" not in answer.headers.get("content-type", ""):
        raise CheckFailed(f"it is sent as {answer.headers.get('content-type')}", "build the widget: make prepare")
    return f"{len(answer.content) / 1000:.1f} kB"


def _stranger(web: Web) -> str:
    path = f"{WIDGET}/contact?widgetKey=smoke&serviceId=smoke"
    answer = web.expect(403, "GET", path, headers={"Origin": ORIGIN})
    if answer.headers.get("access-control-allow-origin") != ORIGIN:
        raise CheckFailed("the page could not read that it is refused")
    return ""


def _bot(web: Web) -> str:
    web.expect(401, "POST", "/api/messages", json={})
    return ""


def _administrators(web: Web) -> str:
    answer = web.expect(401, "GET", "/api/manage/v1/me")
    if not answer.headers.get("www-authenticate", "").startswith("Bearer"):
        raise CheckFailed("the refusal does not ask for a token")
    if answer.json().get("code") == "sign_in_not_configured":
        raise NotChecked("this deployment has no sign-in of administrators (INTERACT_ADMIN_AUDIENCE)")
    return ""
