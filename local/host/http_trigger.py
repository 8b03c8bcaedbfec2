"""HTTP triggers: a request becomes an invocation, what it returns a response."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from local.host.bindings import Function
from local.host.failures import InvocationCutOffError, InvocationFailedError
from local.host.invocations import Invocations
from local.host.keys import FUNCTION, Keys
from local.host.messages import HttpData, Message, TypedData
from local.host.routes import RouteTable
from local.host.wire import Request, Response

logger = logging.getLogger("local.host")

COMPUTED_HEADERS = frozenset({"content-length", "transfer-encoding", "connection"})
SAME_SITE = {1: "lax", 2: "strict", 3: "none"}


class HttpTriggers:
    """The HTTP functions of an app behind their routes and keys."""

    def __init__(self, routes: RouteTable, keys: Keys, invocations: Invocations) -> None:
        self._routes = routes
        self._keys = keys
        self._invocations = invocations

    async def answer(self, request: Request) -> Response:
        """404 for an unknown route or method, 401 without key, 500 for a failed function, 503 for one cut off."""
        found = self._routes.find(request.method, request.path)
        if found is None:
            return Response(404)
        function, parameters = found
        if not self._keys.admit_to_function(
            request, str(function.trigger.settings.get("authLevel") or FUNCTION).upper()
        ):
            return Response(401)
        body = await request.body()
        data = HttpData(
            method=request.method,
            url=request.url,
            headers=request.headers,
            query=request.query,
            params=parameters,
            body=TypedData(bytes=body) if body else None,
        )
        trace_parent = request.headers.get("traceparent", "")
        try:
            outcome = await self._invocations.run(function, TypedData(http=data), trace_parent=trace_parent)
        except InvocationCutOffError:
            return Response(503)
        except InvocationFailedError:
            return Response(500)
        return _response(function, outcome.return_value)


def _response(function: Function, value: TypedData | None) -> Response:
    kind = value.WhichOneof("data") if value is not None else None
    if value is None or kind is None:
        return Response(204)
    if kind != "http":
        content: str | bytes = getattr(value, kind)
        return Response.text(200, content) if isinstance(content, str) else Response(200, content)
    http = value.http
    headers = [(name, text) for name, text in http.headers.items() if name.lower() not in COMPUTED_HEADERS]
    headers += [("set-cookie", _cookie(cookie)) for cookie in http.cookies]
    broken = [name for name, text in headers if not text.isascii() or "\n" in text or "\r" in text]
    if broken:
        logger.error("%s returned a header that is not plain ASCII: %s", function.name, ", ".join(broken))
        return Response(500)
    return Response(int(http.status_code), getattr(http.body, "bytes", b""), tuple(headers))


def _cookie(cookie: Any) -> str:
    """As ASP.NET writes it: the value escaped, the path "/" unless another was set."""
    parts = [f"{cookie.name}={quote(cookie.value, safe='')}"]
    if expires := _value(cookie.expires):
        parts.append(f"expires={format_datetime(datetime.fromtimestamp(expires.seconds, UTC), usegmt=True)}")
    if (max_age := _value(cookie.max_age)) is not None:
        parts.append(f"max-age={int(max_age)}")
    if domain := _value(cookie.domain):
        parts.append(f"domain={domain}")
    parts.append(f"path={_value(cookie.path) or '/'}")
    if _value(cookie.secure):
        parts.append("secure")
    if cookie.same_site in SAME_SITE:
        parts.append(f"samesite={SAME_SITE[cookie.same_site]}")
    if _value(cookie.http_only):
        parts.append("httponly")
    return "; ".join(parts)


def _value(wrapped: Message | None) -> Any:
    return wrapped.__dict__["value"] if wrapped is not None else None
