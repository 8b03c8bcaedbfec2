"""OpenAPI 3.1 of the management API, from the documents' own types. Imported in functions only."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from functions.manage_answers import SCHEMAS, listed, thing
from functions.manage_bodies import COLLECTIONS
from functions.manage_examples import EXAMPLES, PROBLEM, saved_example, stored_example, written_example
from functions.manage_languages import LANGUAGES
from functions.manage_operations import CONTACTS, KINDS, OPERATIONS, Operation
from functions.manage_schemas import definitions_of
from functions.manage_session_answers import CSV, SESSION_EXAMPLES, SESSION_SCHEMAS
from shared.domain.documents import TYPE_OF_KIND, Kind
from shared.domain.history import Outcome
from shared.settings import VERSION

BASE = "/api/manage/v1"
PROBLEMS = {
    400: "The request cannot be used; `field` names the part.",
    401: "The access token is missing, or vouches for no administrator.",
    403: "The administrator's roles do not reach so far.",
    404: "There is no such document, or not for this administrator.",
    409: "It is in use (`usedBy`), or the id is taken.",
    412: "Somebody else changed it: `changedBy`, `changedAt`, the `fields`, and the `version` to read.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "Rules are broken; `findings` name each field, its value, and the fix.",
    428: "The version that is replaced has to be named in If-Match.",
    503: "Try again, after `retryAfter` seconds where it is there.",
}
TEXT: dict[str, Any] = {"type": "string", "maxLength": 200}
TIME: dict[str, Any] = {"type": "string", "maxLength": 40, "examples": ["2030-01-31", "2030-01-31T09:00:00Z"]}
QUERY: dict[str, dict[str, Any]] = {
    "search": {**TEXT, "description": "Words, each the beginning of one in name, user principal name or id."},
    "organizationUnitId": {**TEXT, "description": "Only documents of this unit."},
    "offeredTo": {**TEXT, "description": "Documents that may be selected in this unit: of the same or a higher one."},
    "top": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50, "description": "At most so many."},
    "after": {"type": "string", "maxLength": 2_000, "description": "The `next` of the page before."},
    "language": {
        "type": "string",
        "enum": list(LANGUAGES),
        "default": LANGUAGES[0],
        "description": "Of titles, descriptions, fixes.",
    },
    "ofKind": {"enum": [one.value for one in Kind]},
    "id": {**TEXT, "description": "Of one document; needs `kind`."},
    "from": {"type": "integer", "minimum": 1, "maximum": 999_999},
    "to": {"type": "integer", "minimum": 1, "maximum": 999_999},
    "state": {"enum": ["running", "finished"], "description": "Both where it is left out."},
    "outcome": {"enum": [one.value for one in Outcome], "description": "Of those that have ended."},
    "serviceId": {**TEXT, "description": "Of one service."},
    "userId": {**TEXT, "description": "Of one user who was contacted in person."},
    "agentId": {**TEXT, "description": "Of one agent."},
    "fromTime": {**TIME, "description": "Ended then or later; a year before `to` where it is left out."},
    "toTime": {**TIME, "description": "Ended before; now where it is left out."},
    "topOfCsv": {"type": "integer", "minimum": 1, "maximum": 1_000, "default": 50, "description": "At most so many."},
    "origin": {"type": "string", "minLength": 1, "maxLength": 2_000, "description": "The address of a page."},
}
UNREADABLE: dict[str, Any] = {
    **listed(thing(id={"type": "string"}, problem={"type": "string"})),
    "description": "Documents that are there and that this version of the app cannot read; empty as a rule.",
}
REAL_NAMES = {"ofKind": "kind", "fromTime": "from", "toTime": "to", "topOfCsv": "top"}
"""Names of parameters that mean something else elsewhere."""
REQUIRED = {"from", "to", "origin"}


def document() -> dict[str, Any]:
    """The description of all operations."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        for collection, kind in _collections(operation):
            path = f"{BASE}/{operation.path.replace(KINDS, collection or '').replace(CONTACTS, collection or '')}"
            paths.setdefault(path, {})[operation.method.lower()] = _described(operation, collection or "", kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interact management API",
            "version": VERSION,
            "description": "Everything that an administrator can set, check and look at. Errors are "
            "application/problem+json with an exact `code`.",
        },
        "paths": paths,
        "security": [{"accessToken": []}],
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _collections(operation: Operation) -> Iterable[tuple[str | None, Kind | None]]:
    """The collections that an operation is one of each of; nothing where it is the only one."""
    if CONTACTS in operation.path:
        return [(name, kind) for name, kind in COLLECTIONS.items() if kind in (Kind.SERVICE, Kind.USER)]
    return COLLECTIONS.items() if KINDS in operation.path else [(None, None)]


def _described(operation: Operation, collection: str, kind: Kind | None) -> dict[str, Any]:
    name = TYPE_OF_KIND[kind].__name__ if kind is not None else "Tenant"

    def named(text: str) -> str:
        plural = collection[:1].upper() + collection[1:]
        return text.replace("{Kinds}", plural).replace("{Kind}", name).replace("{kinds}", collection)

    done: dict[str, Any] = {"description": "Done."}
    if operation.answer:
        done["content"] = {"application/json": _content(named(operation.answer), kind)}
    if operation.also_csv:
        done.setdefault("content", {})["text/csv"] = {"schema": {"type": "string"}, "example": CSV}
        done["headers"] = {"Link": {"schema": {"type": "string"}, "description": "The next page of the CSV, if any."}}
    if (operation.writes and operation.status != 204) or operation.answer.startswith("Stored"):
        done["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."}}
    responses = {str(operation.status): done}
    if operation.method == "PUT":
        responses["201"] = done
    for status in sorted({*operation.problems, 503} | ({401} if not operation.is_open else set())):
        content = {"application/problem+json": {**_reference("Problem"), "example": _problem(status)}}
        responses[str(status)] = {"description": PROBLEMS[status], "content": content}
    described: dict[str, Any] = {
        "operationId": named(operation.id),
        "summary": named(operation.summary),
        "tags": [collection or operation.path.partition("/")[0].partition(".")[0]],
        "parameters": _parameters(operation),
        "responses": responses,
        **({"security": []} if operation.is_open else {}),
    }
    if operation.body:
        content = {operation.media: _content(named(operation.body), kind)}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{id}" in operation.path:
        longest = 2_000 if operation.id == "readDiagnosis" else 200
        found.append(_parameter("id", "path", {"type": "string", "minLength": 1, "maxLength": longest}, required=True))
    if "{number}" in operation.path:
        shape = {"type": "integer", "minimum": 1, "maximum": 999_999}
        found.append(_parameter("number", "path", shape, required=True))
    if "{kind}" in operation.path:
        found.append(_parameter("kind", "path", QUERY["ofKind"], required=True))
    found += [
        _parameter(REAL_NAMES.get(name, name), "query", QUERY[name], required=name in REQUIRED)
        for name in operation.query
    ]
    if operation.writes:
        found.append(_parameter("If-Match", "header", {"type": "string", "examples": ['"5f3a9c1e77d04b21"', "*"]}))
    if operation.method == "PUT":
        found.append(_parameter("If-None-Match", "header", {"const": "*", "description": "Create it."}))
    return found


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _content(schema: str, kind: Kind | None) -> dict[str, Any]:
    content = _reference(schema)
    kind = kind or (Kind.TENANT if schema.endswith("Tenant") else None)
    examples_of_answers = {**EXAMPLES, **SESSION_EXAMPLES}
    if schema in examples_of_answers:
        content["example"] = examples_of_answers[schema]
    elif kind is not None:
        name = TYPE_OF_KIND[kind].__name__
        examples = {name: written_example, f"Stored{name}": stored_example, f"Saved{name}": saved_example}
        if schema in examples:
            content["example"] = examples[schema](kind)
    return content


def _problem(status: int) -> dict[str, Any]:
    if status == PROBLEM["status"]:
        return PROBLEM
    title = HTTPStatus(status).phrase
    codes = {401: "administrator_unknown", 403: "role_missing", 404: "not_found", 409: "in_use", 428: "version_missing"}
    code = codes.get(status, "invalid_configuration" if status == 422 else "invalid_request")
    given = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": PROBLEMS[status]}
    return {**given, "trace": "7d0c5be0a4f1c2d3"}


def _schemas() -> dict[str, Any]:
    """What is written and read of every kind, and all other answers and bodies."""
    schemas: dict[str, Any] = {**SCHEMAS, **SESSION_SCHEMAS}
    for kind, shape in TYPE_OF_KIND.items():
        definitions = {name: _relocated(one) for name, one in definitions_of(kind).items()}
        schemas.update(definitions)
        name, own = shape.__name__, definitions[shape.__name__]
        read = {one: shape for one, shape in own["properties"].items() if not shape.get("writeOnly")}
        known = {name: {"$ref": f"#/components/schemas/{name}"} for name in ("Version", "ChangedAt", "ChangedBy")}
        added = {"version": known["Version"], "changedAt": known["ChangedAt"], "changedBy": known["ChangedBy"]}
        stored = {**own, "properties": {**read, **added}, "required": [*read, *added]}
        live = {"liveFrom": _reference("LiveFrom")["schema"], "notes": {"type": "array", "items": _finding()}}
        schemas[f"Stored{name}"] = stored
        schemas[f"Saved{name}"] = {
            **stored,
            "properties": {**stored["properties"], **live},
            "required": [*stored["required"], *live],
        }
        schemas[name] = {**own, "properties": {**own["properties"], **_passed_over(added)}}
        if kind is not Kind.TENANT:
            items = {"type": "array", "items": {"$ref": f"#/components/schemas/Stored{name}"}}
            properties = {"items": items, "unreadable": UNREADABLE, "next": {"type": ["string", "null"]}}
            schemas[f"{name}Page"] = {"type": "object", "properties": properties, "required": [*properties]}
    return schemas


def _passed_over(added: dict[str, Any]) -> dict[str, Any]:
    """What was read may be sent back, and is passed over."""
    return {name: {"readOnly": True} for name in (*added, "liveFrom", "notes")}


def _finding() -> dict[str, Any]:
    return {"$ref": "#/components/schemas/Finding"}


def _relocated(schema: Any) -> Any:
    """The schema with its references to where the description keeps schemas."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _relocated(value)
            for name, value in schema.items()
        }
    return [_relocated(one) for one in schema] if isinstance(schema, list) else schema


def _reference(schema: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}}
