"""JSON in and out: bodies are checked for type, size and shape, answers are never cached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import azure.functions as func

from shared.domain.errors import InvalidRequest, PayloadTooLarge, Unauthenticated, UnsupportedMedia

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    Body = TypeVar("Body", bound=BaseModel)

WIDGET_BODY_LIMIT = 64 * 1024
"""Bytes; the longest message is 28,000, an access token 8,192, and JSON may write a character as six."""
LONGEST_FIELD = 100


def read_body(
    request: func.HttpRequest, shape: type[Body], *, limit: int = WIDGET_BODY_LIMIT, may_be_empty: bool = False
) -> Body:
    """The body as `shape`; raises UnsupportedMedia, PayloadTooLarge or InvalidRequest with field or position.

    `may_be_empty`: no body at all is taken as `{}`, whatever its type.
    """
    body = bounded_body(request, limit)
    if may_be_empty and not body:
        body = b"{}"
    elif not _is_json(request.headers.get("content-type", "")):
        raise UnsupportedMedia("the body has to be application/json in UTF-8")
    return validated(shape, body)


def bounded_body(request: func.HttpRequest, limit: int) -> bytes:
    """The body's bytes; raises PayloadTooLarge."""
    body = request.get_body()
    if len(body) > limit:
        raise PayloadTooLarge(f"the body has {len(body)} bytes; at most {limit} are taken")
    return body


def validated(shape: type[Body], document: bytes | dict[str, Any]) -> Body:
    """Bytes of JSON, or an object, as `shape`; raises InvalidRequest."""
    from pydantic import ValidationError

    try:
        if isinstance(document, bytes):
            return shape.model_validate_json(document)
        return shape.model_validate(document)
    except ValidationError as error:
        raise _invalid(error) from None  # its text would quote what came in


def bearer_token(request: func.HttpRequest) -> str:
    """The token of the Authorization header, the only place where it counts; raises Unauthenticated."""
    header: str = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("session_token_missing", "there is no session token in the Authorization header")
    return token.strip()


def bounded(value: str | None, name: str, longest: int) -> str | None:
    """A value of the route or the query; raises InvalidRequest where it is too long."""
    if value is not None and len(value) > longest:
        raise InvalidRequest(f"must have at most {longest} characters", name)
    return value


def answer(document: BaseModel | dict[str, Any], status: int = 200) -> func.HttpResponse:
    """A JSON answer that no cache keeps."""
    text = json.dumps(document) if isinstance(document, dict) else _as_json(document)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers=headers)


def _as_json(document: BaseModel) -> str:
    return document.model_dump_json(by_alias=True, exclude_none=True)


def _is_json(content_type: str) -> bool:
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    is_utf8 = all(parameter in ("", "charset=utf-8", 'charset="utf-8"') for parameter in parameters)
    return media == "application/json" and is_utf8


def _invalid(error: ValidationError) -> InvalidRequest:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return InvalidRequest(f"the body is no JSON: {first['ctx']['error']}")
    field = ".".join(str(part) for part in first["loc"])[:LONGEST_FIELD]
    explanation = first["msg"].removeprefix("Value error, ")
    return InvalidRequest(explanation[:1].lower() + explanation[1:], field or None)
