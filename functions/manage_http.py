"""What every call of the management API goes through: who calls, errors in full, bodies without surprises.

Administrators learn the exact code and explanation of an error; visitors of the widget API do not (see `problems`).
"""

from __future__ import annotations

import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.http import bounded_body
from shared import bootstrap
from shared.domain.errors import (
    Busy,
    InteractError,
    InvalidConfiguration,
    InvalidRequest,
    NotSent,
    PortError,
    Unauthenticated,
    UnsupportedMedia,
    VisitorCode,
)

if TYPE_CHECKING:
    from shared.domain.administrators import Administrator

Handler = Callable[[func.HttpRequest, "Administrator", Mapping[str, str]], Awaitable[func.HttpResponse]]
"""Request, who calls, and the named parts of the path."""

BODY_LIMIT = 1024 * 1024
"""Bytes of a body with one document."""
SET_LIMIT = 8 * 1024 * 1024
"""Bytes of a body with many documents."""
DEEPEST = 32
"""Nested lists and objects."""
MOST_VALUES = 100_000
"""Values in a body, so that a small one cannot take minutes."""
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

logger = logging.getLogger(__name__)


class MethodNotAllowed(InteractError):
    """The path is right, and the method is not; `allowed` are those that are."""

    status = 405
    visitor_code = VisitorCode.INVALID
    code = "method_not_allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"{method} means nothing here; there are {', '.join(allowed)}")
        self.allowed = allowed


async def managed(handler: Handler, request: func.HttpRequest, parts: Mapping[str, str]) -> func.HttpResponse:
    """What the handler answers to an administrator, or its error as a problem with all that is known."""

    async def as_administrator(request: func.HttpRequest) -> func.HttpResponse:
        administrator = await bootstrap.application().ports.administrators.of(_access_token(request))
        return await handler(request, administrator, parts)

    return await explained(as_administrator, request)


async def explained(
    handler: Callable[[func.HttpRequest], Awaitable[func.HttpResponse]], request: func.HttpRequest
) -> func.HttpResponse:
    """What the handler answers to anybody, or its error as a problem with all that is known."""
    trace = secrets.token_hex(8)
    try:
        return await handler(request)
    except InteractError as error:
        what = request.method, request.url.partition("?")[0]
        logger.log(_level(error), "trace %s: %s %s answered %d %s: %s", trace, *what, error.status, error.code, error)
        return problem(error, trace)
    except Exception:
        logger.exception("trace %s: %s %s failed", trace, request.method, request.url.partition("?")[0])
        return problem(InteractError("this is a fault of ours; its trace finds it in the log"), trace)


def problem(error: InteractError, trace: str) -> func.HttpResponse:
    """The error as application/problem+json (RFC 9457) with its exact code."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": str(error),
        "trace": trace,
        **_details(error),
    }
    headers = dict(HEADERS)
    if isinstance(error, NotSent | Busy):
        document["retryAfter"] = max(1, math.ceil(error.retry_after))
        headers["Retry-After"] = str(document["retryAfter"])
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    text = json.dumps(document)
    return func.HttpResponse(text, status_code=error.status, mimetype="application/problem+json", headers=headers)


def reply(
    document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """A JSON answer that no cache keeps."""
    text = json.dumps(document, ensure_ascii=False)
    given = {**HEADERS, **(headers or {})}
    return func.HttpResponse(text, status_code=status, mimetype="application/json", charset="utf-8", headers=given)


def read_object(
    request: func.HttpRequest, limit: int = BODY_LIMIT, *, media: str = "application/json"
) -> dict[str, Any]:
    """The body as a JSON object; raises UnsupportedMedia, PayloadTooLarge, or InvalidRequest with the place."""
    body = bounded_body(request, limit)
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in ("application/json", media):
        raise UnsupportedMedia(f"the body has to be {media}")
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InvalidRequest("the body has to be a JSON object")
    return value


def parse_json(body: bytes) -> Any:
    """JSON without what parsers disagree about: names given twice, NaN, endless nesting; raises InvalidRequest."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the body is no UTF-8 at byte {error.start}") from None
    _check_nesting(text)
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InvalidRequest(f"the body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None


def query_number(request: func.HttpRequest, name: str, default: int, bounds: tuple[int, int]) -> int:
    """A whole number of the query; raises InvalidRequest."""
    text, (low, high) = request.params.get(name), bounds
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not low <= number <= high:
        raise InvalidRequest(f"must be a whole number from {low} to {high}", name)
    return number


def query_text(request: func.HttpRequest, name: str, longest: int = 200) -> str:
    """A text of the query, "" where it is missing; raises InvalidRequest."""
    text: str = request.params.get(name) or ""
    if len(text) > longest:
        raise InvalidRequest(f"must have at most {longest} characters", name)
    return text


def _check_nesting(text: str) -> None:
    depth = deepest = values = 0
    in_text = escaped = False
    for character in text:
        if in_text:
            in_text = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
        elif character == ",":
            values += 1
    if deepest > DEEPEST:
        raise InvalidRequest(f"the body nests {deepest} deep; at most {DEEPEST} are taken")
    if values > MOST_VALUES:
        raise InvalidRequest(f"the body has more than {MOST_VALUES:,} values")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidRequest("is given twice in the same object", twice[:100])
    return found


def _refuse(constant: str) -> None:
    raise InvalidRequest(f"the body is no JSON: {constant} is no value of it")


def _access_token(request: func.HttpRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("access_token_missing", "there is no access token in the Authorization header")
    stripped: str = token.strip()
    return stripped


def _level(error: InteractError) -> int:
    return logging.ERROR if isinstance(error, PortError) else logging.INFO


def _details(error: InteractError) -> dict[str, Any]:
    """What the error knows beside its sentence."""
    from functions.manage_places import all_rendered, place
    from shared.domain.conflicts import ChangedMeanwhile, InUse

    if isinstance(error, InvalidRequest) and error.field is not None:
        return {"field": error.field}
    if isinstance(error, InUse):
        used_by = [{"kind": one.kind.value, "id": one.id, "name": error.names.get(one, "")} for one in error.used_by]
        return {"usedBy": used_by}
    if isinstance(error, InvalidConfiguration):
        findings = all_rendered(error.findings, error.document)
        detail = "; ".join(
            f"{one['field']}: {one['explanation']}" if one["field"] else one["explanation"] for one in findings
        )
        return {"detail": detail, "findings": findings}
    if isinstance(error, ChangedMeanwhile):
        return {
            "version": error.version,
            "changedBy": error.changed_by,
            "changedAt": moment(error.changed_at),
            "fields": [place(error.document, field)[0] for field in error.fields],
        }
    return {}


def moment(at: Any) -> str | None:
    """A time as the API writes it: ISO 8601 in UTC with milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at is not None else None
