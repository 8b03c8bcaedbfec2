"""Whether this deployment can work, and what its widget API looks like."""

from __future__ import annotations

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import answer
from functions.problems import respond
from shared import bootstrap

blueprint = new_blueprint()


@blueprint.function_name("health")
@blueprint.route("api/health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """200 where everything is in place; else 503 with every fault by the setting's name, never its value."""

    async def look(_: func.HttpRequest) -> func.HttpResponse:
        readiness = await bootstrap.readiness()
        document = {
            "status": "ok" if readiness.is_ready else "not_ready",
            "version": readiness.version,
            "settings": [
                {"name": finding.name, "problem": finding.problem, "remedy": finding.remedy}
                for finding in readiness.findings
            ],
            "storage": readiness.storage,
            "dependencies": dict(readiness.dependencies),
        }
        return answer(document, status=200 if readiness.is_ready else 503)

    return await respond(look, req)


@blueprint.function_name("openapi")
@blueprint.route("api/openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The widget API as OpenAPI 3.1; any page may read it."""

    async def describe(_: func.HttpRequest) -> func.HttpResponse:
        from functions.openapi import document

        return answer(document())

    response = await respond(describe, req)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
