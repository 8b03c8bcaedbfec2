"""The management API: what administrators set, check and look at; and its description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.manage_http import explained, managed
from shared.domain.errors import NotFound

if TYPE_CHECKING:
    from shared.domain.administrators import Administrator

SIGN_IN = ("GET", "sign-in")
"""The one call without a token: whoever makes it has none yet."""

blueprint = new_blueprint()


@blueprint.function_name("manage")
@blueprint.route(
    "api/manage/v1/{*path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], auth_level=func.AuthLevel.ANONYMOUS
)
async def manage(req: func.HttpRequest) -> func.HttpResponse:
    """Every call of an administrator; `manage_routes` lists them."""
    # The host leaves an encoded slash as it is, and so do we: it is none between parts.
    path = (req.route_params.get("path") or "").strip("/")

    async def dispatch(
        request: func.HttpRequest, administrator: Administrator, _: Mapping[str, str]
    ) -> func.HttpResponse:
        from functions.manage_routes import find

        found = find(request.method or "", path)
        if found is None:
            raise NotFound("there is nothing at this address; see /api/manage/openapi.json")
        parts = {name: unquote(part) for name, part in found.parts.items()}
        return await found.handler(request, administrator, parts)

    if (req.method, path) == SIGN_IN:
        from functions.manage_sign_in import sign_in

        return await explained(sign_in, req)
    return await managed(dispatch, req, {})


@blueprint.function_name("manage_openapi")
@blueprint.route("api/manage/openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def manage_openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The management API as OpenAPI 3.1; any page may read it."""
    from functions.http import answer
    from functions.problems import respond

    async def describe(_: func.HttpRequest) -> func.HttpResponse:
        from functions.manage_openapi import document

        return answer(document())

    response = await respond(describe, req)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
