"""The widget's files for every page on the web, and the preview page of a service or a user."""

from __future__ import annotations

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import bounded
from functions.problems import respond
from shared import bootstrap
from shared.domain.errors import NotFound

blueprint = new_blueprint()

PREVIEW_FILES = ("preview.css", "preview.js")
LONGEST_ID = 128


@blueprint.function_name("widget_loader")
@blueprint.route("widget/interact.js", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def widget_loader(req: func.HttpRequest) -> func.HttpResponse:
    """The script that a snippet names."""
    return await respond(lambda _: _file(req, "interact.js"), req)


@blueprint.function_name("widget_asset")
@blueprint.route("widget/assets/{name}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def widget_asset(req: func.HttpRequest) -> func.HttpResponse:
    """What the loader loads when it is wanted."""
    return await respond(lambda _: _file(req, f"assets/{req.route_params.get('name')}"), req)


@blueprint.function_name("preview_file")
@blueprint.route("preview/{name}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def preview_file(req: func.HttpRequest) -> func.HttpResponse:
    """Style and script of the preview page."""
    name = req.route_params.get("name")
    return await respond(lambda _: _file(req, f"preview/{name}" if name in PREVIEW_FILES else ""), req)


@blueprint.function_name("preview_service")
@blueprint.route("preview/service/{id}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def preview_service(req: func.HttpRequest) -> func.HttpResponse:
    """A made-up website with the widget of a service."""
    return await respond(lambda _: _preview(req, "service"), req)


@blueprint.function_name("preview_user")
@blueprint.route("preview/user/{id}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def preview_user(req: func.HttpRequest) -> func.HttpResponse:
    """A made-up website with the widget of a user."""
    return await respond(lambda _: _preview(req, "user"), req)


async def _file(request: func.HttpRequest, name: str) -> func.HttpResponse:
    from functions.files import DIST, files_of, served

    file = files_of(DIST).get(name)
    if file is None:
        raise NotFound("the widget has no such file; it is built into widget/dist")
    return served(file, request)


async def _preview(request: func.HttpRequest, kind: str) -> func.HttpResponse:
    from functions.preview import only_tenant, policy, preview
    from shared.domain.sessions import ContactKind, ContactReference

    contact_id = bounded(request.route_params.get("id"), "id", LONGEST_ID)
    ports, surroundings = bootstrap.application().ports, bootstrap.surroundings()
    tenant = await only_tenant(ports, request.params.get("tenant"))
    reference = ContactReference(ContactKind(kind), contact_id or "")
    text = await preview(request, reference, ports, tenant, surroundings.public_url)
    headers = {
        "Content-Security-Policy": policy(await surroundings.endpoints.of_widgets(tenant), tenant.challenge.kind),
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return func.HttpResponse(text, mimetype="text/html", charset="utf-8", headers=headers)
