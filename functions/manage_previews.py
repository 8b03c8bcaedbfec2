"""Preview links: made, and revoked. Imported in functions only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.manage_diagnosis import contact_in
from functions.manage_http import moment, read_object, reply
from shared import bootstrap
from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    import azure.functions as func

    from shared.domain.administrators import Administrator

DEFAULT_MINUTES = 30


async def make_preview_link(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """A link with which the preview works for a while, also where access is restricted or tokens are demanded."""
    minutes = read_object(req).get("minutes", DEFAULT_MINUTES)
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        raise InvalidRequest("must be a whole number of minutes", "minutes")
    reference = contact_in(parts)
    link = await bootstrap.application().preview_links.make(who, reference, minutes)
    base = bootstrap.surroundings().public_url.rstrip("/")
    contact, tenant = quote(reference.id, safe=""), quote(who.tenant_id, safe="")
    page = f"{base}/preview/{reference.kind.value}/{contact}?tenant={tenant}"
    # Behind the #, so that it is sent to no server and stands in no log.
    answer = {"url": f"{page}#pass={link.sealed}", "expiresAt": moment(link.given.expires)}
    return reply({**answer, "madeBy": {"id": who.id, "name": who.name}}, 201)


async def revoke_preview_links(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """Those that there are of a service or user let nobody in any more."""
    revoked_at = await bootstrap.application().preview_links.revoke(who, contact_in(parts))
    return reply({"revokedAt": moment(revoked_at), "revokedBy": {"id": who.id, "name": who.name}})
