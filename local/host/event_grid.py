"""The Event Grid webhook: POST /runtime/webhooks/eventgrid?functionName=&code=."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from local.host.bindings import Function
from local.host.failures import InvocationFailedError
from local.host.invocations import Invocations
from local.host.keys import Keys
from local.host.messages import as_json
from local.host.wire import Request, Response

PATH = "/runtime/webhooks/eventgrid"


class EventGridWebhook:
    """Delivers events to the functions with an Event Grid trigger, in both of Event Grid's schemas."""

    def __init__(self, functions: Sequence[Function], keys: Keys, invocations: Invocations) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._keys = keys
        self._invocations = invocations

    async def answer(self, request: Request) -> Response:
        """401 without key, 404 for an unknown function, 400 for what is no message of Event Grid."""
        if request.method == "OPTIONS":
            return _abuse_protection(request)
        if not self._keys.admit_to_event_grid(request):
            return Response(401)
        name = request.query.get("functionName", "")
        function = self._functions.get(name.lower())
        if function is None:
            return Response.text(404, f"cannot find function: '{name}'")
        kind = request.headers.get("aeg-event-type", "").lower()
        if request.method != "POST" or kind not in ("subscriptionvalidation", "notification", "unsubscribe"):
            return Response(400)
        if kind == "unsubscribe":
            return Response(202)
        try:
            events = _events(await request.body())
        except ValueError as error:
            return Response.text(400, str(error))
        return _validated(events) if kind == "subscriptionvalidation" else await self._deliver(function, events)

    async def _deliver(self, function: Function, events: Sequence[Any]) -> Response:
        """All at once; one failure answers 500, upon which Event Grid sends the whole batch again."""
        runs = (self._invocations.run(function, as_json(event)) for event in events)
        results = await asyncio.gather(*runs, return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in failures:
            if not isinstance(failure, InvocationFailedError):
                raise failure
        return Response.text(500, str(failures[0])) if failures else Response(202)


def _abuse_protection(request: Request) -> Response:
    """The CloudEvents handshake: the origin that wants to send is allowed to."""
    origin = request.headers.get("webhook-request-origin")
    if origin is None:
        return Response(400)
    return Response(200, headers=(("webhook-allowed-origin", origin), ("webhook-allowed-rate", "*")))


def _events(body: bytes) -> Sequence[Any]:
    document = json.loads(body)
    events = document if isinstance(document, list) else [document]
    if not all(isinstance(event, dict) for event in events):
        raise ValueError("events are JSON objects")
    return events


def _validated(events: Sequence[Any]) -> Response:
    data = events[0].get("data") if events else None
    code = data.get("validationCode") if isinstance(data, dict) else None
    return Response(400) if code is None else Response.json(200, {"validationResponse": code})
