"""The tenant's settings, and what its *Extensions* and *Modalities* tabs can do. Imported in functions only.

`acsConnectionString` is written and never read: it is kept as a secret, which the document names in `acsSecret`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.manage_bodies import SET_BY_SERVER, document_json, merged, read_document
from functions.manage_documents import MERGE_PATCH, if_match, with_id, written
from functions.manage_http import read_object, reply
from shared import bootstrap
from shared.domain.conflicts import NotConnected
from shared.domain.documents import DocumentKey, Kind
from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.tenant_extensions import TenantExtensions
    from shared.domain.administrators import Administrator

CONNECTION_STRING = "acsConnectionString"
DAY = 24
NO_GRAPH = "this deployment is not connected to Microsoft Graph yet; chats work without it"


async def replace_tenant(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Put the tenant's settings in place of a version, or where there are none (`If-None-Match: *`)."""
    management = bootstrap.application().management
    management.require_all(who)
    body = with_id(read_object(req), who.tenant_id)
    is_new = req.headers.get("if-none-match", "").strip() == "*"
    version = "" if is_new else if_match(req)
    if "widgetKey" not in body:
        body |= await _widget_keys(who, is_new)
    await _keep_secret(who, body)
    document = read_document(Kind.TENANT, body)
    if is_new:
        return written(await management.create(who, document), 201)
    return written(await management.replace(who, document, version))


async def patch_tenant(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Change some of the tenant's settings, by JSON merge patch."""
    management = bootstrap.application().management
    management.require_all(who)
    version = if_match(req)
    patch = {name: value for name, value in read_object(req, media=MERGE_PATCH).items() if name not in SET_BY_SERVER}
    await _keep_secret(who, patch)
    stored = await management.read(who, DocumentKey(Kind.TENANT, who.tenant_id))
    whole = with_id(merged(document_json(stored.document), patch), who.tenant_id)
    return written(await management.replace(who, read_document(Kind.TENANT, whole), version))


async def check_acs(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """Really create a token in the tenant's ACS resource, and revoke it."""
    steps = await _extensions().check_acs(who)
    told = [
        {"step": one.step, "passed": one.passed, "explanation": one.explanation, "fix": one.fix or None}
        for one in steps
    ]
    return reply({"passed": all(one.passed for one in steps), "steps": told})


async def rotate_widget_key(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """A new widget key; for some hours the one before works as well."""
    hours = read_object(req).get("overlapHours", DAY)
    if not isinstance(hours, int) or isinstance(hours, bool):
        raise InvalidRequest("must be a whole number of hours", "overlapHours")
    return written(await _extensions().rotate_widget_key(who, hours))


async def generate_site_secret(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """A new secret for site tokens: shown in this answer and never again."""
    secret, reference = await _extensions().generate_site_secret(who)
    return reply({"secret": secret, "reference": reference}, 201)


async def try_token(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Whether a site token would be taken, and whom it vouches for; it is not used up."""
    token = read_object(req).get("token")
    if not isinstance(token, str) or not token:
        raise InvalidRequest("must be the token that the site has made", "token")
    customer, code, explanation = await _extensions().try_token(who, token)
    if customer is None:
        return reply({"accepted": False, "code": code, "explanation": explanation, "customer": None})
    known = {"subject": customer.subject, "displayName": customer.display_name, "email": customer.email}
    return reply({"accepted": True, "code": None, "explanation": None, "customer": known})


async def licences(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """How many licences are used, and how many were bought."""
    counted = await _extensions().licences(who)
    items = [
        {
            "licence": one.licence.value,
            "used": one.used,
            "usedByUsers": one.users,
            "usedByServices": one.services,
            "bought": one.bought,
        }
        for one in counted
    ]
    return reply({"items": items})


async def instant_messaging(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """How far Instant Messaging is set up: guests, the user for tests, the link that grants permissions."""
    tenant, _stored = await _extensions().tenant(who)
    guests = [{"upn": upn, "state": "notConnected"} for upn in tenant.instant_messaging_guests]
    return reply(
        {
            "enabled": tenant.instant_messaging_enabled,
            "state": "notConnected",
            "explanation": NO_GRAPH,
            "guests": guests,
            "testUpn": tenant.test_upn or None,
            "permissionLink": None,
        }
    )


async def send_test_message(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """Send a message to the user for tests."""
    bootstrap.application().management.require_all(who)
    raise NotConnected(NO_GRAPH)


async def _widget_keys(who: Administrator, is_new: bool) -> dict[str, Any]:
    """What a body without a widget key means: a new one for a new tenant, else those that snippets have already."""
    if is_new:
        return {"widgetKey": _extensions().new_widget_key()}
    _, stored = await _extensions().tenant(who)
    known = document_json(stored.document)
    return {name: known[name] for name in ("widgetKey", "previousWidgetKey", "previousWidgetKeyUntil")}


async def _keep_secret(who: Administrator, body: dict[str, Any]) -> None:
    """Put the connection string, if there is one, into the store of secrets, and its reference in its place."""
    connection_string = body.pop(CONNECTION_STRING, None)
    if connection_string is None:
        return
    if not isinstance(connection_string, str):
        raise InvalidRequest("must be the connection string of the ACS resource", CONNECTION_STRING)
    body["acsSecret"] = await _extensions().keep_acs_secret(who, connection_string)


def _extensions() -> TenantExtensions:
    return bootstrap.application().tenant_extensions
