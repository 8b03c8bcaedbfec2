"""The app's routes in memory, called by method and path as the host calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import azure.functions as func

from function_app import app
from functions.widget import BASE
from tests.functions.world import World, form, json_of, request

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> Any:
    """A list in tests/vectors."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def cases(name: str, part: str = "cases") -> list[Any]:
    """The cases of a list in tests/vectors, as parameters with their reason as the id."""
    import pytest

    return [pytest.param(case, id=case["why"]) for case in vectors(name)[part]]


FUNCTIONS = tuple(app.get_functions())
"""The app tells them once only."""


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route)) + r"\Z")


def _routes() -> list[tuple[re.Pattern[str], frozenset[str], str, Callable[..., Any]]]:
    found = []
    for function in FUNCTIONS:
        trigger = function.get_trigger()
        settings = trigger.get_dict_repr() if trigger is not None else {}
        if "route" in settings:
            route, methods = str(settings["route"]), frozenset(str(method) for method in settings["methods"])
            found.append((_pattern(route), methods, route, function.get_user_function()))
    return found


ROUTES = _routes()
OF_SESSIONS = [
    (method, route)
    for _, methods, route, _ in ROUTES
    if route.startswith(f"{BASE}/sessions/{{sessionId}}")
    for method in sorted(methods - {"OPTIONS"})
]
"""Method and path of whatever is about one session: a route that is added is tested like the others."""


async def call(
    method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """What the function behind a path answers; 404 and 405 come from the host."""
    plain = path.partition("?")[0]
    for pattern, methods, _, handler in ROUTES:
        found = pattern.match(plain)
        if found is not None and method in methods:
            route = {name: unquote(value) for name, value in found.groupdict().items()}
            response: func.HttpResponse = await handler(request(method, path, body, headers=headers, route=route))
            return response
    return func.HttpResponse(status_code=405 if any(pattern.match(plain) for pattern, *_ in ROUTES) else 404)


async def start(origin: str | None = None, **fields: object) -> Any:
    """A started session, as the page that began it knows it."""
    headers = {} if origin is None else {"origin": origin}
    response = await call("POST", f"{BASE}/sessions", form(**fields), headers=headers)
    assert response.status_code == 201, response.get_body()
    return json_of(response)


def body_for(route: str) -> dict[str, Any]:
    """A body that the route takes."""
    if route.endswith("/parameters"):
        return {"parameters": {"orderNumber": "4711"}}
    if route.endswith("/messages"):
        return {"text": "Are you there?", "clientMessageId": "c" * 22}
    return {}


async def of_session(
    method: str,
    route: str,
    session_id: str,
    token: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """A call about a session, with a token that is to prove it."""
    sent = {"authorization": f"Bearer {token}", **(headers or {})}
    given = (body_for(route) if body is None else body) if method == "POST" else None
    return await call(method, route.replace("{sessionId}", session_id), given, headers=sent)


def without_acs(world: World) -> None:
    """The tenant's messages go through the widget API itself."""
    from dataclasses import replace

    from shared import bootstrap
    from shared.adapters.memory import MemoryThreadStore
    from shared.adapters.native_messaging import NativeIdentity, NativeMessaging
    from shared.domain.tenants import MessagingKind
    from tests.functions.world import TENANT

    threads = MemoryThreadStore(world.clock)
    world.replace(
        threads=threads,
        identity=NativeIdentity(threads, world.clock),
        messaging=NativeMessaging(threads, threads),
    )
    world.config.put(TENANT.id, replace(TENANT, messaging=MessagingKind.NATIVE))
    bootstrap.use(world.application, world.surroundings)
