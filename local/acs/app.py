"""The ASGI app: routes each operation through faults, authentication, limits and its handler."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from local.acs import control
from local.acs.authentication import Authentication, User
from local.acs.control import Control, RequestCounts
from local.acs.errors import AcsError, bad_request, forbidden, not_found
from local.acs.event_grid import EventGrid
from local.acs.faults import FaultInjector
from local.acs.identity import IdentityOperations
from local.acs.limits import RateLimiter
from local.acs.messages import MessageOperations
from local.acs.operations import Answer, Call, Operation
from local.acs.options import AcsOptions
from local.acs.persistence import Persistence
from local.acs.state import State
from local.acs.threads import ThreadOperations
from local.acs.tokens import TokenIssuer

BROWSER_HEADERS = ("authorization", "content-type", "x-ms-client-request-id", "x-ms-useragent")
EXPOSED_HEADERS = ("ms-cv", "retry-after", "x-ms-client-request-id")


def create_app(options: AcsOptions) -> Starlette:
    """The stand-in with the state of the last run; the same app may be served on several ports at once."""
    persistence = Persistence(options.data_directory)
    state = persistence.load()
    injector = FaultInjector(options.faults)
    event_grid = EventGrid(options, state, injector)
    issuer = TokenIssuer(state.signing_key, options.immutable_resource_id)
    operations = [
        *IdentityOperations(state, issuer).operations(),
        *ThreadOperations(state, event_grid.publish).operations(),
        *MessageOperations(state, event_grid.publish).operations(),
    ]
    counts, limiter = RequestCounts(), RateLimiter(options.limit_factor)
    service = Service(
        Authentication(options, issuer, state),
        limiter,
        injector,
        counts,
    )
    running = Running(event_grid, persistence, state)
    app = Starlette(
        routes=[
            *(
                Route(operation.path, service.endpoint(operation), methods=[operation.method])
                for operation in operations
            ),
            *Control(state, counts, injector, event_grid, limiter).routes(),
        ],
        exception_handlers={404: _unknown_path, 405: _unknown_path},
        lifespan=lambda _: running.while_served(),
    )
    app.state.counts = counts
    app.state.standin = state
    app.add_middleware(_Surroundings)
    return app


@dataclass(frozen=True)
class Service:
    """What every operation has in common."""

    authentication: Authentication
    limiter: RateLimiter
    injector: FaultInjector
    counts: RequestCounts

    def endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            try:
                response = _rendered(await self._perform(operation, request))
            except AcsError as error:
                response = JSONResponse(error.body, error.status, error.headers)
            self.counts.by_status[str(response.status_code)] += 1
            _correlate(request, response)
            return response

        return respond

    async def _perform(self, operation: Operation, request: Request) -> Answer:
        self.counts.by_operation[operation.name] += 1
        body = await request.body()
        self._fail_before_effect(operation)
        user = self._authenticate(operation, request, body)
        if request.query_params.get("api-version") != operation.api_version:
            raise bad_request(f"The query parameter api-version must be {operation.api_version}.")
        self.limiter.spend(operation.budget, user.id if user else "", request.path_params.get("thread_id", ""))
        answer = operation.handle(_call(request, body, user))
        await self._hang_after_effect(operation)
        return answer

    def _authenticate(self, operation: Operation, request: Request, body: bytes) -> User | None:
        if not operation.scopes:
            self.authentication.require_owner(request, body)
            return None
        user = self.authentication.require_user(request)
        self.counts.by_user[user.id][operation.name] += 1
        if not operation.scopes & user.scopes:
            raise forbidden("The scopes of the access token do not allow this operation.")
        return user

    def _fail_before_effect(self, operation: Operation) -> None:
        status = self.injector.status_before_effect(operation.name)
        if status is not None:
            headers = {"Retry-After": "1"} if status in (429, 503) else {}
            raise AcsError(status, "InjectedFault", "The stand-in was told to fail here.", headers)

    async def _hang_after_effect(self, operation: Operation) -> None:
        seconds = self.injector.hang_after_effect(operation.name)
        if seconds is not None:
            await asyncio.sleep(seconds)
            raise AcsError(504, "InjectedFault", "The stand-in was told to time out here.")


@dataclass
class Running:
    """Event delivery and saving, once for all the servers that serve the app."""

    event_grid: EventGrid
    persistence: Persistence
    state: State
    servers: int = 0
    resources: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @contextlib.asynccontextmanager
    async def while_served(self) -> AsyncIterator[None]:
        self.servers += 1
        if self.servers == 1:
            await self.resources.enter_async_context(self._work())
        try:
            yield
        finally:
            self.servers -= 1
            if self.servers == 0:
                await self.resources.aclose()

    @contextlib.asynccontextmanager
    async def _work(self) -> AsyncIterator[None]:
        closing = asyncio.Event()
        saving = asyncio.create_task(self.persistence.keep_saving(self.state, closing))
        await self.event_grid.start()
        try:
            yield
        finally:
            await self.event_grid.stop()
            closing.set()
            await saving


class _Surroundings:
    """CORS around the API; loopback only around the control paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._control = app
        self._api = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=BROWSER_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=86400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._control(scope, receive, send)
        elif not scope["path"].startswith(control.PREFIX):
            await self._api(scope, receive, send)
        elif _is_loopback(scope):
            await self._control(scope, receive, send)
        else:
            await Response(status_code=403)(scope, receive, send)


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and ipaddress.ip_address(client[0]).is_loopback


def _call(request: Request, body: bytes, user: User | None) -> Call:
    return Call(
        body=body,
        path=request.path_params,
        query=dict(request.query_params),
        url_path=request.url.path,
        base_url=f"{request.url.scheme}://{request.headers['host']}",
        repeatability_id=request.headers.get("repeatability-request-id") or None,
        user=user,
    )


def _rendered(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status)
    return JSONResponse(answer.body, answer.status)


def _correlate(request: Request, response: Response) -> None:
    response.headers["ms-cv"] = f"{secrets.token_urlsafe(16)}.0"
    request_id = request.headers.get("x-ms-client-request-id")
    if request_id is not None:
        response.headers["x-ms-client-request-id"] = request_id


async def _unknown_path(request: Request, error: Exception) -> Response:
    refusal = not_found(f"There is no {request.method} {request.url.path}.")
    return JSONResponse(refusal.body, refusal.status)
