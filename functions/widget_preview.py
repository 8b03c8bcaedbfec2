"""What a preview page shows to whoever has a preview link: how a page of another origin would fare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import answer, bounded
from functions.origins import caller_with_pass, widget_call
from functions.widget import BASE
from shared import bootstrap
from shared.domain.errors import Refused
from shared.domain.refusals import PreviewCode

if TYPE_CHECKING:
    from shared.domain.sessions import ContactReference

blueprint = new_blueprint()


@blueprint.function_name("widget_preview")
@blueprint.route(f"{BASE}/preview", methods=["GET", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_preview(req: func.HttpRequest) -> func.HttpResponse:
    """Whose link it is, and what decides whether a page may begin a session."""
    from functions.rate_limits import admit
    from functions.widget_bodies import PreviewAnswer
    from functions.widget_values import LONGEST_ID, LONGEST_PAGE
    from shared.application.starts import contact_reference
    from shared.domain.diagnosis.origins import read_page
    from shared.domain.rate_limits import Purpose

    names = ("widgetKey", "serviceId", "contactId")
    widget_key, service_id, contact_id = (bounded(req.params.get(name), name, LONGEST_ID) for name in names)
    page = bounded(req.params.get("page"), "page", LONGEST_PAGE)
    reference: ContactReference = contact_reference(service_id, contact_id)
    await admit(req, Purpose.CALL, widget_key or "", reference)
    application, public_url = bootstrap.application(), bootstrap.surroundings().public_url
    tenant = await application.ports.config.tenant_by_widget_key(widget_key or "")
    if tenant is None:
        raise Refused(PreviewCode.FOREIGN, "the preview link was made for another tenant")
    links, asking = application.preview_links, caller_with_pass(req)
    asked = read_page(page or public_url)
    found = await links.diagnose(asking, tenant.id, reference, asked, public_url)
    given = links.read(asking.preview_pass)
    return answer(
        PreviewAnswer.model_validate(
            {
                "displayName": found.name,
                "madeBy": given.administrator_name,
                "expiresAt": given.expires,
                "origin": str(asked.origin) if asked.origin is not None else None,
                "allowed": not any(one.blocks for one in found.judged),
                "conditions": [
                    {
                        "title": one.condition.title,
                        "verdict": one.judgement.verdict.value,
                        "explanation": one.judgement.explanation,
                        "fix": one.judgement.advice or None,
                    }
                    for one in found.judged
                ],
            }
        )
    )
