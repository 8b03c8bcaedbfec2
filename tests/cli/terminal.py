"""A terminal in which `interact` runs against the functions of this process, as the host would call them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

import azure.functions as func
import httpx
from azure.identity import CredentialUnavailableError
from starlette.types import ASGIApp
from typer.testing import CliRunner

from cli.main import app
from cli.surroundings import Surroundings
from functions.manage import manage
from tests.functions.world import OWN_URL

BASE = "/api/manage/v1/"
Answer = Callable[[httpx.Request], httpx.Response]
Hook = Callable[[httpx.Request, Answer], httpx.Response]


class InProcess(httpx.BaseTransport):
    """Carries calls to the functions; `answers` come before them, and `sent` are all that were made.

    `hook` stands around every call, and may answer it. `others` are apps of other origins, by host and port.
    """

    def __init__(self) -> None:
        self.others: dict[str, ASGIApp] = {}
        self.sent: list[httpx.Request] = []
        self.last_text = ""
        self.answers: list[Answer | httpx.Response | Exception] = []
        self.hook: Hook | None = None
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._handled(request) if self.hook is None else self.hook(request, self._handled)

    def _handled(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self.answers:
            planned = self.answers.pop(0)
            if isinstance(planned, Exception):
                raise planned
            return planned(request) if callable(planned) else planned
        return self.real(request)

    def real(self, request: httpx.Request) -> httpx.Response:
        """The answer of whoever is really asked."""
        other = self.others.get(request.url.netloc.decode())
        answer = self._runner.run(_answered_by(other, request) if other is not None else _answered(request))
        self.last_text = answer.text
        return answer

    def close_loop(self) -> None:
        self._runner.close()


async def _answered_by(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    asynchronous = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.send(asynchronous)
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content, request=request)


async def _answered(request: httpx.Request) -> httpx.Response:
    path = request.url.raw_path.decode().partition("?")[0]
    if not path.startswith(BASE):
        return httpx.Response(404, request=request)
    called: Callable[[func.HttpRequest], Awaitable[func.HttpResponse]] = manage
    answer = await called(
        func.HttpRequest(
            request.method,
            str(request.url),
            headers=dict(request.headers),
            params=dict(parse_qsl(request.url.query.decode())),
            # The host decodes a path once, except for the slash.
            route_params={"path": _decoded(path.removeprefix(BASE))},
            body=request.read(),
        )
    )
    headers = {**answer.headers, "content-type": answer.mimetype}
    return httpx.Response(answer.status_code, headers=headers, content=answer.get_body(), request=request)


def _decoded(path: str) -> str:
    return "%2F".join(unquote(part) for part in path.replace("%2f", "%2F").split("%2F"))


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said where."""

    code: int
    out: str
    notes: str

    @property
    def document(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


@dataclass
class Terminal:
    """`directory` is that of the user's settings.

    Nothing waits: `waits` are the seconds that it would have taken, by which `now` has moved on. `meanwhile` is what
    others do in the first of them, `azure_cli` what `az` answers.
    """

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    transport: InProcess = field(default_factory=InProcess)
    waits: list[float] = field(default_factory=list)
    now: float = 1_800_000_000.0
    meanwhile: Callable[[], None] | None = None
    azure_cli: Callable[[str], tuple[str, float]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.transport.close_loop()

    def sign_in(self, token: str) -> None:
        """Be the administrator whom `tests.functions.office.TOKENS` knows by this token."""
        self.environment |= {"INTERACT_URL": OWN_URL, "INTERACT_TOKEN": token}

    def run(self, *words: str, typed: str | None = None) -> Ended:
        """The command with these words; fails the test where it does not end by itself."""
        around = Surroundings(
            self.environment, self.directory, self.transport, self._pause, lambda: self.now, self._azure_cli_token
        )
        result = CliRunner().invoke(app, list(words), input=typed, obj=around, prog_name="interact")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def issued(self, issuer: str, application: str, person: str) -> str:
        """An access token of the stand-in for an issuer."""
        with httpx.Client(transport=self.transport) as http:
            asked = {"application": application, "person": person}
            token: str = http.post(f"{issuer}/_standin/token", json=asked).json()["access_token"]
        return token

    def _pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()

    def _azure_cli_token(self, scope: str) -> tuple[str, float]:
        if self.azure_cli is None:
            raise CredentialUnavailableError("Please run 'az login' to set up an account")
        return self.azure_cli(scope)

    def done(self, *words: str, typed: str | None = None) -> Ended:
        """The command, which has to end well."""
        ended = self.run(*words, typed=typed)
        assert ended.code == 0, ended
        return ended

    def document(self, *words: str) -> Any:
        """The JSON document of a command that ends well."""
        return self.done(*words, "--json").document


def problem(status: int, code: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
    """A refusal as the API makes them."""
    body = {"status": status, "code": code, "detail": f"because of {code}", "trace": "t1", **more}
    return httpx.Response(status, headers=dict(headers or {}), json=body)
