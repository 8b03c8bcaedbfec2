"""The data plane REST API, version 1, as publishers use it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.signalr.hubs import Connection, Hubs, close_message, send_to
from local.signalr.options import SignalROptions
from local.signalr.requests_log import RequestsLog
from local.signalr.tokens import TokenRefusedError, client_token, require_publisher

HUB = "/api/v1/hubs/{hub}"
HUB_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_GROUP_NAME = 1024
CLIENT_MINUTES = 60
ACCEPTED, FOUND, MISSING = 202, 200, 404
Parameters = dict[str, str]


class _BadRequestError(Exception):
    pass


class RestApi:
    """Sends to hubs, users, groups and connections, and changes who is in a group."""

    def __init__(self, options: SignalROptions, hubs: Hubs, log: RequestsLog) -> None:
        self._options = options
        self._hubs = hubs
        self._log = log

    def routes(self) -> list[Route]:
        hubs = self._hubs
        member = HUB + "/groups/{group}/users/{user}"
        joined = HUB + "/groups/{group}/connections/{connection}"
        return [
            self._sending(HUB, "sendToHub", lambda p: hubs.in_hub(p["hub"])),
            self._sending(HUB + "/users/{user}", "sendToUser", lambda p: hubs.of_user(p["hub"], p["user"])),
            self._sending(HUB + "/groups/{group}", "sendToGroup", lambda p: hubs.in_group(p["hub"], p["group"])),
            self._sending(
                HUB + "/connections/{connection}",
                "sendToConnection",
                lambda p: hubs.with_id(p["hub"], p["connection"]),
            ),
            self._asking(HUB + "/users/{user}", "userExists", lambda p: bool(hubs.of_user(p["hub"], p["user"]))),
            self._asking(HUB + "/groups/{group}", "groupExists", lambda p: bool(hubs.in_group(p["hub"], p["group"]))),
            self._asking(
                HUB + "/connections/{connection}",
                "connectionExists",
                lambda p: bool(hubs.with_id(p["hub"], p["connection"])),
            ),
            self._asking(member, "userInGroup", lambda p: hubs.user_in_group(p["hub"], p["group"], p["user"])),
            self._route("PUT", member, "addUserToGroup", self._add_user),
            self._route("DELETE", member, "removeUserFromGroup", self._remove_user),
            self._route("DELETE", HUB + "/users/{user}/groups", "removeUserFromAllGroups", self._remove_from_all),
            self._route("PUT", joined, "addConnectionToGroup", self._add_connection),
            self._route("DELETE", joined, "removeConnectionFromGroup", self._remove_connection),
            self._route("DELETE", HUB + "/connections/{connection}", "closeConnection", self._close),
            Route("/api/hubs/{hub}/:generateToken", self._generate_token, methods=["POST"]),
        ]

    def _add_user(self, parameters: Parameters, _: Request) -> int:
        self._hubs.add_user_to_group(parameters["hub"], parameters["group"], parameters["user"])
        return ACCEPTED

    def _remove_user(self, parameters: Parameters, _: Request) -> int:
        self._hubs.remove_user_from_group(parameters["hub"], parameters["group"], parameters["user"])
        return ACCEPTED

    def _remove_from_all(self, parameters: Parameters, _: Request) -> int:
        self._hubs.remove_user_from_all_groups(parameters["hub"], parameters["user"])
        return FOUND

    def _add_connection(self, parameters: Parameters, _: Request) -> int:
        hub, group, connection = parameters["hub"], parameters["group"], parameters["connection"]
        return FOUND if self._hubs.add_connection_to_group(hub, group, connection) else MISSING

    def _remove_connection(self, parameters: Parameters, _: Request) -> int:
        hub, group, connection = parameters["hub"], parameters["group"], parameters["connection"]
        return FOUND if self._hubs.remove_connection_from_group(hub, group, connection) else MISSING

    def _close(self, parameters: Parameters, request: Request) -> int:
        for connection in self._hubs.with_id(parameters["hub"], parameters["connection"]):
            connection.end(close_message(request.query_params.get("reason", "")))
        return ACCEPTED

    async def _generate_token(self, request: Request) -> Response:
        async def respond() -> Response:
            hub, query = _parameters(request)["hub"], request.query_params
            minutes = query.get("minutesToExpire", str(CLIENT_MINUTES))
            if not query.get("api-version") or not minutes.isdecimal():
                raise _BadRequestError("the query needs api-version, and minutesToExpire is a number")
            user_id = query.get("userId", "")
            token = client_token(request, self._options.access_key, hub, user_id, int(minutes))
            return JSONResponse({"token": token})

        response = await self._guarded(request, respond)
        self._log.note("generateToken", response.status_code)
        return response

    def _asking(self, path: str, name: str, question: Callable[[Parameters], bool]) -> Route:
        return self._route("GET", path, name, lambda parameters, _: FOUND if question(parameters) else MISSING)

    def _sending(self, path: str, name: str, receivers: Callable[[Parameters], list[Connection]]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, name, lambda: self._send(request, receivers))

        return Route(path, endpoint, methods=["POST"])

    def _route(self, method: str, path: str, name: str, act: Callable[[Parameters, Request], int]) -> Route:
        async def endpoint(request: Request) -> Response:
            async def status() -> int:
                return act(_parameters(request), request)

            return await self._answer(request, name, status)

        return Route(path, endpoint, methods=[method])

    async def _send(self, request: Request, receivers: Callable[[Parameters], list[Connection]]) -> int:
        parameters = _parameters(request)
        target, arguments = _payload(await request.body())
        send_to(receivers(parameters), target, arguments, request.query_params.getlist("excluded"))
        return ACCEPTED

    async def _answer(self, request: Request, name: str, act: Callable[[], Any]) -> Response:
        async def respond() -> Response:
            return Response(status_code=await act())

        response = await self._guarded(request, respond)
        self._log.note(name, response.status_code)
        return response

    async def _guarded(self, request: Request, respond: Callable[[], Awaitable[Response]]) -> Response:
        try:
            require_publisher(request, self._options)
            return await respond()
        except TokenRefusedError as refusal:
            return JSONResponse({"error": str(refusal)}, refusal.status)
        except _BadRequestError as refusal:
            return JSONResponse({"error": str(refusal)}, 400)


def _parameters(request: Request) -> Parameters:
    parameters: Parameters = dict(request.path_params)
    if not HUB_NAME.fullmatch(parameters["hub"]):
        raise _BadRequestError("a hub name begins with a letter and has only letters, digits and underscores")
    if len(parameters.get("group", "")) > LONGEST_GROUP_NAME:
        raise _BadRequestError(f"a group name has at most {LONGEST_GROUP_NAME} characters")
    return parameters


def _payload(body: bytes) -> tuple[str, list[Any]]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise _BadRequestError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise _BadRequestError("the body is not a JSON object")
    target, arguments = document.get("target"), document.get("arguments")
    if not isinstance(target, str) or not isinstance(arguments, list):
        raise _BadRequestError("the body needs target and arguments")
    return target, arguments
