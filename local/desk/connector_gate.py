"""What stands before every operation of the connector: bearer token, faults on request, rate limits, the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.desk.errors import ServiceError, bad_request, too_many_requests, unauthorized
from local.desk.faults import Faults
from local.desk.json_body import NotJsonError
from local.desk.limits import ConversationLimits, retry_after
from local.desk.requests_log import RequestsLog
from local.desk.signing import CONNECTOR_AUDIENCE, Signing, TokenRefusedError

Operation = Callable[[Request], Awaitable[Response]]


class ConnectorGate:
    """Wraps operations of the connector into routes."""

    def __init__(self, signing: Signing, faults: Faults, limits: ConversationLimits, log: RequestsLog) -> None:
        self._signing = signing
        self._faults = faults
        self._limits = limits
        self._log = log

    def route(self, method: str, path: str, name: str, operation: Operation, *, limited: bool = True) -> Route:
        """A route for one operation, which is counted as `name`; `limited` ones count against the conversation."""

        async def endpoint(request: Request) -> Response:
            response = await self._answer(name, operation, request, limited=limited)
            self._log.note(name, response.status_code)
            return response

        return Route(path, endpoint, methods=[method])

    async def _answer(self, name: str, operation: Operation, request: Request, *, limited: bool) -> Response:
        try:
            return await self._pass(name, operation, request, limited=limited)
        except ServiceError as refusal:
            return refusal.response()
        except NotJsonError as error:
            return bad_request(str(error)).response()

    async def _pass(self, name: str, operation: Operation, request: Request, *, limited: bool) -> Response:
        try:
            self._signing.require_application(request.headers.get("authorization"), CONNECTOR_AUDIENCE)
        except TokenRefusedError as refusal:
            raise unauthorized(str(refusal)) from refusal
        fault = self._faults.draw(name)
        if fault == "tooManyRequests":
            raise too_many_requests("1")
        if fault == "serverError":
            raise ServiceError(500, "ServiceError", "An error on request: nothing was done")
        wait = self._limits.admit(request.path_params.get("conversation_id", "")) if limited else 0.0
        if wait > 0:
            raise too_many_requests(retry_after(wait))
        response = await operation(request)
        if fault == "timeoutAfterEffect" and response.status_code < 300:
            await asyncio.sleep(self._faults.settings.hang_seconds)
            return JSONResponse({"error": {"code": "GatewayTimeout", "message": "The outcome is unknown"}}, 504)
        return response
