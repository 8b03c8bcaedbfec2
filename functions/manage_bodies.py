"""Documents of the configuration as JSON and back: the domain's dataclasses in camelCase. Imported in functions only.

What the server sets (`version`, `changedAt`, `changedBy` and so on) may be sent back as it was read, and is passed
over: a document can be read, changed and written as it is.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from difflib import get_close_matches
from types import GenericAlias
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from functions.manage_http import moment
from functions.manage_places import NOT_REPEATED
from shared.domain.documents import TYPE_OF_KIND, Document, Kind, key_of
from shared.domain.errors import Finding, InvalidConfiguration, InvalidRequest
from shared.domain.workflows import Workflow
from shared.ports import Stored

COLLECTIONS = {
    "organizationUnits": Kind.ORGANIZATION_UNIT,
    "domainTemplates": Kind.DOMAIN_TEMPLATE,
    "users": Kind.USER,
    "services": Kind.SERVICE,
    "systemMessages": Kind.SYSTEM_MESSAGES,
    "calendars": Kind.CALENDAR,
    "workflows": Kind.WORKFLOW,
}
COLLECTION_OF = {kind: name for name, kind in COLLECTIONS.items()}
SET_BY_SERVER = frozenset({"version", "changedAt", "changedBy", "liveFrom", "notes"})
WORKFLOW_VERSION = "workflowVersion"
"""The number of a workflow's version; `version` is that of a document, as everywhere."""
CONFIG = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)
MOST_FINDINGS = 100
LONGEST_FIELD = 60


def kind_of(name: str) -> Kind:
    """The kind that a text names, as kind (`service`) or collection (`services`); raises InvalidRequest."""
    if name in COLLECTIONS:
        return COLLECTIONS[name]
    try:
        return Kind(name)
    except ValueError:
        known = ", ".join(Kind)
        raise InvalidRequest(f"is none of {known}", "kind") from None


def read_document(kind: Kind, body: Mapping[str, Any]) -> Document:
    """A document from JSON; raises InvalidConfiguration, with all places at once."""
    ignored = SET_BY_SERVER | ({WORKFLOW_VERSION} if kind is Kind.WORKFLOW else set())
    fields = {name: value for name, value in body.items() if name not in ignored}
    try:
        document: Document = _adapter(kind).validate_json(json.dumps([fields]))[0]
    except ValidationError as error:
        raise InvalidConfiguration(_findings(error, kind)) from None
    return document


def document_json(document: Document) -> dict[str, Any]:
    """A document as JSON, without what the server knows of it."""
    found: dict[str, Any] = _adapter(key_of(document).kind).dump_python([document], mode="json", by_alias=True)[0]
    for name, value in found.items():
        # Sets have no order of their own, and what is read twice has to look the same.
        if name == "licences":
            found[name] = sorted(value)
    if "interact" in found:
        found["interact"]["modalities"] = sorted(found["interact"]["modalities"])
    if isinstance(document, Workflow):
        found[WORKFLOW_VERSION] = found.pop("version")
    return found


def stored_json(stored: Stored) -> dict[str, Any]:
    """A document as it was read: with its version, and by whom it was changed and when."""
    changed = stored.changed
    return {
        **document_json(stored.document),
        "version": stored.version,
        "changedAt": moment(changed.at) if changed else None,
        "changedBy": {"id": changed.by.id, "name": changed.by.name} if changed else None,
    }


def merged(target: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): null removes a field, objects are merged, anything else takes its place."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def schema_of(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a kind as pydantic tells it, without titles in people's words."""
    return _adapter(kind).json_schema(by_alias=True)


@functools.cache
def _adapter(kind: Kind) -> TypeAdapter[Any]:
    # A list, since a dataclass alone takes no configuration that it does not know of.
    documents: Any = GenericAlias(list, (TYPE_OF_KIND[kind],))
    return TypeAdapter(documents, config=CONFIG)


def _findings(error: ValidationError, kind: Kind) -> tuple[Finding, ...]:
    found = []
    for one in error.errors(include_url=False)[:MOST_FINDINGS]:
        field = ".".join(str(part) for part in one["loc"][1:])
        rule = {"unexpected_keyword_argument": "unknown_field", "missing": "missing"}.get(one["type"], "type")
        why = {
            "unknown_field": f"there is no such field; {_meant(str(one['loc'][-1]), kind)}",
            "missing": "is needed",
        }.get(rule, one["msg"][:1].lower() + one["msg"][1:])
        given = one.get("input")
        is_shown = isinstance(given, str | int | float | bool) and not NOT_REPEATED.search(field) and rule != "missing"
        found.append(Finding(rule, field[:300], why, str(given)[:200] if is_shown else None))
    return tuple(found)


def _meant(field: str, kind: Kind) -> str:
    """The field of this kind, wherever it stands in it, that is written nearly so."""
    near = get_close_matches(field[:LONGEST_FIELD], _field_names(kind), 1)
    return f"did you mean '{near[0]}'?" if near else "see the JSON Schema of this kind"


@functools.cache
def _field_names(kind: Kind) -> tuple[str, ...]:
    schema = schema_of(kind)
    parts = (schema, *schema.get("$defs", {}).values())
    return tuple(dict.fromkeys(name for part in parts for name in part.get("properties", ())))
