"""Diagnosis, readiness, and what an origin gets. Imported in functions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.manage_bodies import COLLECTIONS
from functions.manage_http import moment, query_text, read_object, reply
from functions.manage_languages import language_in
from functions.manage_places import camel
from shared import bootstrap
from shared.domain.diagnosis.origins import LONGEST_PAGE, Elsewhere, near_misses, read_page, readable_host
from shared.domain.diagnosis.snippets import LONGEST_SNIPPET, read_snippet
from shared.domain.documents import Kind
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.sessions import ContactKind, ContactReference

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.diagnosis import Diagnosed, Question
    from shared.domain.administrators import Administrator
    from shared.domain.diagnosis.condition import Judged
    from shared.domain.domain_templates import DomainRow, DomainTemplate
    from shared.domain.verdicts import Setting

LONGEST_ID = 200
LONGEST_TOKEN = 8_192
FIELDS = {
    "origin": LONGEST_PAGE,
    "snippet": LONGEST_SNIPPET,
    "widgetKey": LONGEST_ID,
    "serviceId": LONGEST_ID,
    "contactId": LONGEST_ID,
    "accessToken": LONGEST_TOKEN,
}


async def diagnose(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Every condition of a conversation, for a page, a snippet, or a contact."""
    question, language = _question(read_object(req)), language_in(req)
    return reply(diagnosis_json(await bootstrap.application().diagnosis.diagnose(who, question), language))


async def look_up(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What was refused when a page showed this diagnosis id, and how it is now."""
    from shared.domain.diagnosis import condition_of
    from shared.domain.diagnosis.texts import condition_title

    language = language_in(req)
    public_url = bootstrap.surroundings().public_url
    found = await bootstrap.application().refusals.look_up(who, parts["id"], public_url)
    refusal, condition = found.refusal, condition_of(found.refusal.code)
    judged = [one for one in found.now.judged if condition is not None and one.condition.id == condition.id]
    refused = {
        "at": moment(refusal.at),
        "code": refusal.code,
        "condition": condition.id if condition is not None else None,
        "title": condition_title(condition.id, condition.title, language) if condition is not None else None,
        "kind": refusal.contact.kind.value,
        "id": refusal.contact.id,
        "widgetKey": refusal.widget_key,
        "origin": refusal.origin or None,
        "now": judged[0].judgement.verdict.value if judged else None,
    }
    return reply({"refused": refused, "diagnosis": diagnosis_json(found.now, language)})


async def readiness(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What still keeps visitors from a service or user."""
    language = language_in(req)
    judged = await bootstrap.application().diagnosis.readiness(who, contact_in(parts))
    return reply({"ready": not any(one.blocks for one in judged), "conditions": conditions_json(judged, language)})


async def origin(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What an origin gets from a service or user, and by which row of which domain template."""
    from shared.domain.domain_templates import row_origin

    page = read_page(query_text(req, "origin", LONGEST_PAGE))
    contact, number, others = await bootstrap.application().diagnosis.explain_origin(who, contact_in(parts), page)
    asked, template, restricted = page.origin, contact.template, contact.interact.restrict_access
    if asked is None:
        raise InvalidRequest(page.problem, "origin")
    near = near_misses(template, asked) if template is not None and restricted and number is None else ()
    row = template.domains[number] if template is not None and number is not None else None
    answer = {
        "origin": str(asked),
        "readable": str(asked).replace(asked.host, readable_host(asked.host)),
        "restricted": restricted,
        "allowed": not restricted or row is not None,
        "template": _template_json(template) if template is not None else None,
        "row": _row_json(number or 0, row) if row is not None else None,
        "nearMisses": [
            {
                **_row_json(one.number, one.row),
                "matches": str(meant) if (meant := row_origin(one.row)) is not None else None,
                "difference": one.difference.value,
                "explanation": one.explanation,
            }
            for one in near
        ],
        "elsewhere": [_elsewhere_json(one) for one in others],
    }
    return reply(answer)


def contact_in(parts: Mapping[str, str]) -> ContactReference:
    """The service or user that the path names; raises NotFound."""
    if not 1 <= len(parts["id"]) <= LONGEST_ID:
        raise NotFound("there is no document with such an id")
    is_service = COLLECTIONS[parts["kinds"]] is Kind.SERVICE
    return ContactReference(ContactKind.SERVICE if is_service else ContactKind.USER, parts["id"])


def diagnosis_json(diagnosed: Diagnosed, language: str = "en") -> dict[str, Any]:
    """A diagnosis as the API writes it; titles and fixes are in the language."""
    from shared.domain.diagnosis import refusal

    asked = diagnosed.question
    return {
        "passed": not any(one.blocks for one in diagnosed.judged),
        "refusal": refusal(diagnosed.judged),
        "contact": {"kind": asked.reference.kind.value, "id": asked.reference.id, "name": diagnosed.name}
        if asked.reference is not None
        else None,
        "origin": str(asked.page.origin) if asked.page is not None and asked.page.origin is not None else None,
        "conditions": conditions_json(diagnosed.judged, language),
    }


def conditions_json(judged: Sequence[Judged], language: str) -> list[dict[str, Any]]:
    from shared.domain.diagnosis.texts import advice, condition_title

    return [
        {
            "id": one.condition.id,
            "title": condition_title(one.condition.id, one.condition.title, language),
            "area": one.condition.area.value,
            "verdict": one.judgement.verdict.value,
            "blocks": one.blocks,
            "explanation": one.judgement.explanation,
            "fix": advice(one.judgement, language) or None,
            "setting": setting_json(one.judgement.setting),
        }
        for one in judged
    ]


def setting_json(setting: Setting | None) -> dict[str, str] | None:
    """Where something is set, by the names of the API."""
    if setting is None:
        return None
    field = ".".join(camel(part) if "_" in part else part for part in setting.field.split("."))
    return {"kind": setting.kind.value, "id": setting.id, "field": field}


def _question(body: Mapping[str, Any]) -> Question:
    from shared.application.diagnosis import Question

    for name, value in body.items():
        if name not in FIELDS:
            raise InvalidRequest(f"there is no such field; there are {', '.join(FIELDS)}", name[:100])
        if value is not None and (not isinstance(value, str) or len(value) > FIELDS[name]):
            raise InvalidRequest(f"must be a text of at most {FIELDS[name]:,} characters", name)
    given: dict[str, str] = {name: value.strip() for name, value in body.items() if value}
    snippet = read_snippet(given["snippet"]) if "snippet" in given else None
    service_id, contact_id = given.get("serviceId"), given.get("contactId")
    if service_id and contact_id:
        raise InvalidRequest("give either serviceId or contactId", "serviceId")
    if not service_id and not contact_id and snippet is not None and not (snippet.service_id and snippet.contact_id):
        service_id, contact_id = snippet.service_id[:LONGEST_ID], snippet.contact_id[:LONGEST_ID]
    reference = None
    if service_id or contact_id:
        kind = ContactKind.SERVICE if service_id else ContactKind.USER
        reference = ContactReference(kind, service_id or contact_id or "")
    return Question(
        reference,
        given.get("widgetKey") or (snippet.widget_key if snippet is not None else "") or None,
        read_page(given["origin"]) if "origin" in given else None,
        snippet,
        given.get("accessToken"),
        bootstrap.surroundings().public_url,
    )


def _template_json(template: DomainTemplate) -> dict[str, str]:
    return {"id": template.id, "name": template.name, "organizationUnitId": template.organization_unit_id}


def _row_json(number: int, row: DomainRow) -> dict[str, Any]:
    return {"row": number + 1, "protocol": row.protocol, "domain": row.domain, "port": row.port}


def _elsewhere_json(found: Elsewhere) -> dict[str, Any]:
    return {**_template_json(found.template), "row": found.number + 1}
