"""The host's own API under /admin, for tests and tools; everything takes the master key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.host.bindings import Function
from local.host.invocations import Invocations
from local.host.keys import Keys
from local.host.messages import TypedData, as_json, text
from local.host.queue_trigger import metadata_by_hand
from local.host.timer_trigger import timer_data
from local.host.wire import Request, Response

PREFIX = "/admin/"


class Administration:
    """GET host/status, GET functions, GET functions/{name}, POST functions/{name}."""

    def __init__(self, functions: Mapping[str, Function], keys: Keys, invocations: Invocations) -> None:
        self._functions = {name.lower(): function for name, function in functions.items()}
        self._keys = keys
        self._invocations = invocations

    async def answer(self, request: Request) -> Response:
        """401 without the master key, 404 for anything unknown."""
        if not self._keys.admit_to_administration(request):
            return Response(401)
        path = request.path[len(PREFIX) :].strip("/").lower()
        if request.method == "GET" and path == "host/status":
            return Response.json(200, {"state": "Running"})
        if request.method == "GET" and path == "functions":
            return Response.json(200, [_description(function) for function in self._functions.values()])
        function = self._functions.get(path.removeprefix("functions/"))
        if function is None:
            return Response(404)
        if request.method == "GET":
            return Response.json(200, _description(function))
        return await self._invoke(function, request) if request.method == "POST" else Response(404)

    async def _invoke(self, function: Function, request: Request) -> Response:
        """202 at once, as the real host; how it went is in the log."""
        try:
            entered = json.loads(await request.body() or b"{}").get("input") or ""
            arguments = _arguments(function, entered if isinstance(entered, str) else json.dumps(entered))
        except (ValueError, AttributeError) as error:
            return Response.text(400, f'the body has to be {{"input": "…"}}: {error}')
        if arguments is None:
            return Response.text(400, f"{function.name} has an HTTP trigger: call its route")
        self._invocations.start(function, *arguments)
        return Response(202)


def _arguments(function: Function, entered: str) -> tuple[TypedData, Mapping[str, TypedData]] | None:
    match function.trigger.type:
        case "queueTrigger":
            return text(entered), metadata_by_hand(entered)
        case "timerTrigger":
            return as_json(timer_data()), {}
        case "eventGridTrigger":
            return as_json(json.loads(entered)), {}
        case _:
            return None


def _description(function: Function) -> Mapping[str, Any]:
    return {"name": function.name, "language": "python", "config": {"bindings": function.bindings}}
