"""JSON Schemas of bodies and answers of the management API that are no documents. Imported in functions only."""

from __future__ import annotations

from typing import Any

from functions.manage_workflows import SimulateBody
from shared.domain.administrators import Role
from shared.domain.diagnosis import CONDITIONS
from shared.domain.diagnosis.condition import Area
from shared.domain.diagnosis.origins import LONGEST_PAGE, Difference
from shared.domain.diagnosis.snippets import LONGEST_SNIPPET
from shared.domain.documents import Kind
from shared.domain.licences import Licence
from shared.domain.previews import MINUTES
from shared.domain.verdicts import Verdict
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
VERSION_LINE = thing(number=WHOLE, name=TEXT, problem=MAYBE, changedAt=MAYBE_MOMENT, changedBy=MAYBE_PERSON)

SHORT: dict[str, Any] = {**TEXT, "maxLength": 200}
TEMPLATE: dict[str, Any] = {"id": TEXT, "name": TEXT, "organizationUnitId": TEXT}
ROW: dict[str, Any] = {"row": WHOLE, "protocol": TEXT, "domain": TEXT, "port": {"type": ["integer", "null"]}}

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
    "Question": {
        **thing(
            origin={**TEXT, "maxLength": LONGEST_PAGE, "description": "The address of the page."},
            snippet={**TEXT, "maxLength": LONGEST_SNIPPET, "description": "HTML or JavaScript as on the page."},
            widgetKey=SHORT,
            serviceId=SHORT,
            contactId=SHORT,
            accessToken={**TEXT, "maxLength": 8_192, "description": "One that the site has made; it is not used up."},
            optional=("origin", "snippet", "widgetKey", "serviceId", "contactId", "accessToken"),
        ),
        "additionalProperties": False,
        "not": {"required": ["serviceId", "contactId"]},
    },
    "Condition": thing(
        id={"enum": [one.id for one in CONDITIONS]},
        title=TEXT,
        area={"enum": [one.value for one in Area]},
        verdict={"enum": [one.value for one in Verdict]},
        blocks={**YES, "description": "It fails, and so visitors are not served."},
        explanation=TEXT,
        fix=MAYBE,
        setting={"anyOf": [thing(kind=KIND, id=TEXT, field=TEXT), {"type": "null"}]},
    ),
    "Diagnosis": thing(
        passed=YES,
        refusal={**MAYBE, "description": "The code with which a start would be refused now."},
        contact={"anyOf": [thing(kind={"enum": ["service", "user"]}, id=TEXT, name=TEXT), {"type": "null"}]},
        origin=MAYBE,
        conditions=listed(of("Condition")),
    ),
    "LookedUp": thing(
        refused=thing(
            at=MOMENT,
            code=TEXT,
            condition=MAYBE,
            title=MAYBE,
            kind={"enum": ["service", "user"]},
            id=TEXT,
            widgetKey=TEXT,
            origin=MAYBE,
            now=MAYBE,
        ),
        diagnosis=of("Diagnosis"),
    ),
    "Readiness": thing(ready=YES, conditions=listed(of("Condition"))),
    "OriginExplained": thing(
        origin=TEXT,
        readable=TEXT,
        restricted=YES,
        allowed=YES,
        template={"anyOf": [thing(**TEMPLATE), {"type": "null"}]},
        row={"anyOf": [thing(**ROW), {"type": "null"}]},
        nearMisses=listed(
            thing(**ROW, matches=MAYBE, difference={"enum": [one.value for one in Difference]}, explanation=TEXT)
        ),
        elsewhere=listed(thing(**TEMPLATE, row=WHOLE)),
    ),
    "PreviewWish": thing(
        minutes={**WHOLE, "minimum": MINUTES[0], "maximum": MINUTES[1], "default": 30}, optional=("minutes",)
    ),
    "PreviewLink": thing(url={**TEXT, "format": "uri"}, expiresAt=MOMENT, madeBy=PERSON),
    "PreviewLinksRevoked": thing(revokedAt=MOMENT, revokedBy=PERSON),
}
SCHEMAS |= SCHEMAS["Simulation"].pop("$defs", {})
