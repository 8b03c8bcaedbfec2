"""The error tree as application/problem+json (RFC 9457).

A web page learns one of six codes, a sentence that gives nothing away, and a trace id. The exact code and its
explanation stand in the log under the same trace id, for administrators; where a contact was refused, they are sealed
in a diagnosis id as well, which only an administrator of the tenant can look up.
"""

from __future__ import annotations

import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import azure.functions as func

from shared.domain.errors import Busy, InteractError, InvalidRequest, NotReady, NotSent, VisitorCode

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]

SENTENCES = {
    VisitorCode.NOT_ALLOWED: "This is not allowed from here.",
    VisitorCode.OFFLINE: "Nobody can be reached at the moment.",
    VisitorCode.BUSY: "There is much going on; please try again a little later.",
    VisitorCode.ENDED: "The conversation has ended.",
    VisitorCode.INVALID: "The request cannot be used as it is.",
    VisitorCode.TRY_AGAIN: "This did not work; please try again.",
}

logger = logging.getLogger(__name__)


async def respond(handler: Handler, request: func.HttpRequest) -> func.HttpResponse:
    """What the handler answers, or its error as a problem."""
    trace = secrets.token_hex(8)
    try:
        return await handler(request)
    except InteractError as error:
        level = logging.ERROR if isinstance(error, NotReady) else logging.WARNING
        logger.log(level, "trace %s: %s %s answered %d %s", trace, *_what(request), error.status, _explained(error))
        return problem(error, trace)
    except Exception:
        # The host would answer 500 without CORS headers, which a page cannot tell from a broken network.
        logger.exception("trace %s: %s %s failed", trace, *_what(request))
        return problem(InteractError(), trace)


def problem(error: InteractError, trace: str) -> func.HttpResponse:
    """The response for an error; only an unusable request is explained, since whoever sent it has to mend it."""
    is_invalid = isinstance(error, InvalidRequest)
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.visitor_code.value,
        "detail": str(error) if is_invalid else SENTENCES[error.visitor_code],
        "trace": trace,
    }
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if error.diagnosis:
        document["diagnosis"] = error.diagnosis
    if isinstance(error, InvalidRequest) and error.field is not None:
        document["field"] = error.field
    if isinstance(error, NotSent | Busy):
        document["retryAfter"] = max(1, math.ceil(error.retry_after))
        headers["Retry-After"] = str(document["retryAfter"])
    return func.HttpResponse(
        json.dumps(document), status_code=error.status, mimetype="application/problem+json", headers=headers
    )


def _what(request: func.HttpRequest) -> tuple[str, str]:
    """Method and path; the query may hold what is not for a log."""
    return request.method or "", _on_one_line(request.url.partition("?")[0])


def _explained(error: InteractError) -> str:
    field = getattr(error, "field", None)
    named = f" (field {field!r})" if field else ""
    return _on_one_line(f"{error.code}: {error}{named}")


def _on_one_line(text: str) -> str:
    """Without line ends, controls and signs that turn text round: a caller must not write lines into the log."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
