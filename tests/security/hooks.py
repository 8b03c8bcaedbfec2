"""Calls of the host's Event Grid webhook, as the cases of tests/vectors/event_grid.json describe them."""

from __future__ import annotations

from typing import Any

from tests.functions.world import RESOURCE
from tests.local.host.hosts import KEYS, RunningHost

EVENT = {
    "id": "1",
    "topic": RESOURCE,
    "subject": "call",
    "data": {},
    "eventType": "Microsoft.Communication.CallEnded",
    "eventTime": "2030-01-01T09:00:00Z",
    "dataVersion": "1.0",
}


def answered(running: RunningHost, case: dict[str, Any]) -> int:
    """The status that a case is answered with."""
    keys = {**KEYS, "function": KEYS["default"], "{half of eventgrid}": KEYS["eventgrid"][:8]}
    key, place = keys.get(case["key"], case["key"]), case.get("in", "query")
    query, headers = {"functionName": case.get("function", "on_call_event")}, {}
    if case.get("type", "Notification") is not None:
        headers["aeg-event-type"] = case.get("type", "Notification")
    if place == "query" and key is not None:
        query[case.get("parameter", "code")] = key
    elif place == "header":
        headers["x-functions-key"] = key
    elif place == "bearer":
        headers["authorization"] = f"Bearer {key}"
    method, path = case.get("method", "POST"), "/runtime/webhooks/eventgrid"
    return running.request(method, path, params=query, headers=headers, **_body(case)).status_code


def _body(case: dict[str, Any]) -> dict[str, Any]:
    body = case.get("body", [EVENT])
    if body == "{100 events}":
        return {"json": [EVENT] * 100}
    return {"content": body.removeprefix("{text}").encode()} if isinstance(body, str) else {"json": body}
