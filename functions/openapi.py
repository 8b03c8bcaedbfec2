"""OpenAPI 3.1 of the widget API, from the models that check it. Imported inside functions only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions import thread_bodies as threads
from functions import widget_bodies as bodies
from functions.widget import BASE
from functions.widget_presence import SUBSCRIPTIONS
from functions.widget_thread import LONGEST_SEQUENCE
from functions.widget_values import LONGEST_ID, LONGEST_PAGE, Modality
from shared.domain.previews import LONGEST_PASS
from shared.settings import VERSION

REFERENCE = "#/components/schemas/{model}"
PROBLEMS = {
    400: "The body or a field cannot be used; `field` names it.",
    401: "The session token does not prove that the session is the caller's.",
    403: "This page may not talk to this contact.",
    404: "There is no such service or user any more.",
    409: "The idempotency key was used for another request.",
    410: "The conversation has ended.",
    413: "The body is larger than 64 KB.",
    415: "The body is not JSON.",
    429: "Too many calls, or no room for another conversation: ask again after `retryAfter` seconds.",
    503: "Try again, after `retryAfter` seconds where it is there.",
}
OF_BODIES = (400, 413, 415)
MAY_BE_LEFT_OUT = (bodies.NothingBody, bodies.HeartbeatBody)
ID = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
VALUES: dict[str, dict[str, Any]] = {
    "after": {"type": "integer", "minimum": 0, "maximum": 10**LONGEST_SEQUENCE - 1},
    "page": {"type": "string", "maxLength": LONGEST_PAGE},
    "modality": {"type": "string", "enum": list(get_args(Modality))},
    "subscription": {"type": "string", "enum": list(SUBSCRIPTIONS)},
}
"""What parameters of queries may be, other than ids."""


@dataclass(frozen=True)
class Operation:
    """One method of one route."""

    id: str
    method: Literal["get", "post"]
    path: str
    summary: str
    success: int
    answer: type[BaseModel]
    problems: tuple[int, ...]
    body: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    takes_pass: bool = False

    @property
    def is_of_session(self) -> bool:
        return "{sessionId}" in self.path


OPERATIONS = (
    Operation(
        "widget_contact",
        "get",
        f"/{BASE}/contact",
        "The contact of a snippet, if this page may talk to it.",
        200,
        bodies.ContactAnswer,
        (400, 403, 503),
        query=("widgetKey", "serviceId", "contactId", "modality", "language"),
        takes_pass=True,
    ),
    Operation(
        "widget_preview",
        "get",
        f"/{BASE}/preview",
        "How a page would fare, for the holder of a preview link.",
        200,
        bodies.PreviewAnswer,
        (400, 403, 404, 503),
        query=("widgetKey", "serviceId", "contactId", "page"),
        takes_pass=True,
    ),
    Operation(
        "widget_presence",
        "get",
        f"/{BASE}/presence",
        "Whether a contact can be reached now; a service as a whole.",
        200,
        bodies.PresenceAnswer,
        (400, 403, 503),
        query=("widgetKey", "serviceId", "contactId", "modality", "subscription"),
    ),
    Operation(
        "widget_start",
        "post",
        f"/{BASE}/sessions",
        "Start a session, or find the one that the same request started within the last 10 minutes.",
        201,
        bodies.StartAnswer,
        (*OF_BODIES, 403, 409, 410, 503),
        body=bodies.StartBody,
        takes_pass=True,
    ),
    Operation(
        "widget_message",
        "post",
        f"/{BASE}/messages",
        "Leave a message for all members of a contact, while nobody is there.",
        202,
        bodies.NothingAnswer,
        (*OF_BODIES, 403, 409, 503),
        body=bodies.MessageBody,
    ),
    Operation(
        "widget_parameters",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/parameters",
        "Set custom parameters of a session.",
        200,
        bodies.NothingAnswer,
        (*OF_BODIES, 401, 410, 503),
        body=bodies.ParametersBody,
    ),
    Operation(
        "widget_thread_read",
        "get",
        f"/{BASE}/sessions/{{sessionId}}/messages",
        "Messages of a session without ACS (`messaging.kind` is `native`), after a number.",
        200,
        threads.ThreadAnswer,
        (400, 401, 503),
        query=("after",),
    ),
    Operation(
        "widget_thread_post",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/messages",
        "Write a message in a session without ACS.",
        201,
        threads.PostedAnswer,
        (*OF_BODIES, 401, 410, 503),
        body=threads.PostBody,
    ),
    Operation(
        "widget_session",
        "get",
        f"/{BASE}/sessions/{{sessionId}}",
        "How a session stands.",
        200,
        bodies.SessionAnswer,
        (400, 401, 503),
    ),
    Operation(
        "widget_token",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/token",
        "Fresh access to messaging and push.",
        200,
        bodies.AccessAnswer,
        (*OF_BODIES, 401, 410, 503),
        body=bodies.NothingBody,
    ),
    Operation(
        "widget_heartbeat",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/heartbeat",
        "A sign of life of the visitor's page, every 60 seconds and when it goes away.",
        200,
        bodies.HeartbeatAnswer,
        (*OF_BODIES, 401, 503),
        body=bodies.HeartbeatBody,
    ),
    Operation(
        "widget_end",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/end",
        "The visitor ends the conversation; repeating it changes nothing.",
        200,
        bodies.EndAnswer,
        (*OF_BODIES, 401, 503),
        body=bodies.NothingBody,
    ),
    Operation(
        "widget_typing",
        "post",
        f"/{BASE}/sessions/{{sessionId}}/typing",
        "The customer is writing; the connected agent sees it. Every 3 seconds is often enough.",
        200,
        bodies.NothingAnswer,
        (*OF_BODIES, 401, 503),
        body=bodies.NothingBody,
    ),
)


def document() -> dict[str, Any]:
    """The description of all operations."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interact widget API",
            "version": VERSION,
            "description": "What the chat widget on a web page calls. Errors are application/problem+json.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"sessionToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    responses = {str(operation.success): _content("Done.", operation.answer, "application/json")}
    for status in sorted({*operation.problems, 429}):
        responses[str(status)] = _content(PROBLEMS[status], bodies.Problem, "application/problem+json")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": responses,
    }
    if operation.body is not None:
        content = {"application/json": {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": operation.body not in MAY_BE_LEFT_OUT, "content": content}
    if operation.is_of_session:
        described["security"] = [{"sessionToken": []}]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "query", "required": name == "widgetKey", "schema": VALUES.get(name, ID)}
        for name in operation.query
    ]
    if operation.takes_pass:
        schema = {"type": "string", "maxLength": LONGEST_PASS, "pattern": "^[A-Za-z0-9_-]+$"}
        found.append({"name": "Interact-Preview", "in": "header", "required": False, "schema": schema})
    if operation.is_of_session:
        found.append({"name": "sessionId", "in": "path", "required": True, "schema": ID})
    return found


def _content(description: str, model: type[BaseModel], media: str) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": _reference(model)}}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _schemas() -> dict[str, Any]:
    taken = {operation.body for operation in OPERATIONS if operation.body is not None}
    given = {operation.answer for operation in OPERATIONS} | {bodies.Problem}
    modes: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        *((model, "validation") for model in sorted(taken, key=lambda one: one.__name__)),
        *((model, "serialization") for model in sorted(given, key=lambda one: one.__name__)),
    ]
    _, schemas = models_json_schema(modes, ref_template=REFERENCE)
    return dict(schemas["$defs"])
