"""JSON Schemas of bodies and answers of the management API that are no documents. Imported in functions only."""

from __future__ import annotations

from typing import Any

from functions.manage_workflows import SimulateBody
from shared.domain.administrators import Role
from shared.domain.documents import Kind
from shared.domain.licences import Licence
from shared.ports import AuditAction


def thing(*, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object; all properties are there but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: dict[str, Any] = {"type": "string"}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer"}
YES: dict[str, Any] = {"type": "boolean"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
ANYTHING: dict[str, Any] = {}
OBJECT: dict[str, Any] = {"type": "object"}
KIND: dict[str, Any] = {"enum": [one.value for one in Kind]}
PERSON = thing(id=TEXT, name=TEXT)
MAYBE_PERSON: dict[str, Any] = {"anyOf": [PERSON, {"type": "null"}]}
NAMED = thing(kind=KIND, id=TEXT, name=TEXT)
VERSION_LINE = thing(number=WHOLE, name=TEXT, changedAt=MAYBE_MOMENT, changedBy=MAYBE_PERSON)

SCHEMAS: dict[str, Any] = {
    "Version": {**TEXT, "readOnly": True, "description": "What If-Match has to name."},
    "ChangedAt": {**MAYBE_MOMENT, "readOnly": True, "description": "When it was changed."},
    "ChangedBy": {**MAYBE_PERSON, "readOnly": True, "description": "Who changed it."},
    "LiveFrom": {
        **MOMENT,
        "readOnly": True,
        "description": "From then on all new sessions use it; running keep theirs.",
    },
    "Finding": thing(rule=TEXT, field=TEXT, value=ANYTHING, explanation=TEXT, optional=("value",)),
    "Problem": thing(
        type=TEXT,
        title=TEXT,
        status=WHOLE,
        code=TEXT,
        detail=TEXT,
        trace=TEXT,
        field=TEXT,
        findings=listed(of("Finding")),
        usedBy=listed(NAMED),
        version=MAYBE,
        changedBy=MAYBE,
        changedAt=MAYBE_MOMENT,
        fields=listed(TEXT),
        retryAfter=WHOLE,
        optional=(
            "field",
            "findings",
            "usedBy",
            "version",
            "changedBy",
            "changedAt",
            "fields",
            "retryAfter",
        ),
    ),
    "SignIn": thing(authority={"enum": ["entra", "oidc", "none"]}, issuer=MAYBE, clientId=MAYBE, scope=MAYBE),
    "Me": thing(
        id=TEXT,
        name=TEXT,
        tenantId=TEXT,
        roles=listed({"enum": [role.value for role in Role]}),
        organizationUnitId=MAYBE,
    ),
    "Patch": {**OBJECT, "description": "JSON merge patch (RFC 7396): null removes, objects are merged."},
    "Checks": thing(passed=YES, steps=listed(thing(step=TEXT, passed=YES, explanation=TEXT, fix=MAYBE))),
    "Rotation": thing(
        overlapHours={**WHOLE, "minimum": 0, "maximum": 2_160, "default": 24}, optional=("overlapHours",)
    ),
    "SiteSecret": thing(secret={**TEXT, "minLength": 64}, reference=TEXT),
    "TryToken": thing(token={**TEXT, "minLength": 1, "maxLength": 8_192}),
    "TriedToken": thing(
        accepted=YES,
        code=MAYBE,
        explanation=MAYBE,
        customer={"anyOf": [thing(subject=TEXT, displayName=MAYBE, email=MAYBE), {"type": "null"}]},
    ),
    "InstantMessaging": thing(
        enabled=YES,
        state={"enum": ["connected", "notConnected"]},
        explanation=TEXT,
        guests=listed(thing(upn=TEXT, state=TEXT)),
        testUpn=MAYBE,
        permissionLink=MAYBE,
    ),
    "Licences": thing(
        items=listed(
            thing(
                licence={"enum": [one.value for one in Licence]},
                used=WHOLE,
                usedByUsers=WHOLE,
                usedByServices=WHOLE,
                bought={"type": ["integer", "null"]},
            )
        )
    ),
    "Schema": {**OBJECT, "description": "JSON Schema 2020-12."},
    "DocumentSet": thing(documents={**listed(thing(kind=KIND, document=OBJECT)), "minItems": 1, "maxItems": 1_000}),
    "Validation": thing(
        valid=YES,
        documents=listed(
            thing(
                kind=KIND,
                id=ANYTHING,
                document={**OBJECT, "description": "As it would be stored; missing where it is none."},
                findings=listed(of("Finding")),
                optional=("document",),
            )
        ),
    ),
    "AuditPage": thing(
        items=listed(
            thing(
                at=MOMENT,
                by=PERSON,
                what={"enum": [one.value for one in AuditAction]},
                kind=KIND,
                id=TEXT,
                version=MAYBE,
                before={"type": ["object", "null"]},
                after={"type": ["object", "null"]},
                details={**OBJECT, "description": "What was done to a session, an agent or a customer."},
            )
        ),
        next=MAYBE,
    ),
    "Definition": {**OBJECT, "description": "A workflow; id, name and organization unit may be left out."},
    "Lint": thing(
        valid=YES,
        findings=listed(
            thing(
                rule=TEXT, activity=MAYBE, field=TEXT, value=ANYTHING, explanation=TEXT, optional=("value", "activity")
            )
        ),
    ),
    "Simulation": SimulateBody.model_json_schema(ref_template="#/components/schemas/{model}"),
    "Course": thing(
        begins=MOMENT,
        path=listed(thing(activity=TEXT, entered=NUMBER, left={"type": ["number", "null"]}, exit=MAYBE)),
        messages=listed(thing(at=NUMBER, to=TEXT, text=TEXT, event=MAYBE)),
        timers=listed(thing(at=NUMBER, timer=TEXT)),
        end={"anyOf": [thing(at=NUMBER, reason=MAYBE), {"type": "null"}]},
    ),
    "WorkflowVersions": thing(items=listed(VERSION_LINE), next=MAYBE),
    "Differences": {
        "type": "object",
        "properties": {
            "from": WHOLE,
            "to": WHOLE,
            "differences": listed(
                thing(field=TEXT, what={"enum": ["added", "removed", "changed"]}, before=ANYTHING, after=ANYTHING)
            ),
        },
        "required": ["from", "to", "differences"],
    },
    "References": thing(uses=listed(NAMED), usedBy=listed(NAMED)),
    "Notes": thing(notes=listed(of("Finding"))),
}
SCHEMAS |= SCHEMAS["Simulation"].pop("$defs", {})
