"""HTTP functions that show what arrives."""

import asyncio
import json
import logging
import os
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

SETTINGS_AT_IMPORT = {name: os.environ.get(name) for name in ("FROM_FILE", "IN_BOTH")}


def shown(document: object) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(document), mimetype="application/json")


@app.route(route="echo/{id:int}/{rest?}", methods=["GET", "POST"])
async def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return shown(
        {
            "method": req.method,
            "url": req.url,
            "route": dict(req.route_params),
            "query": dict(req.params),
            "headers": dict(req.headers),
            "body": req.get_body().decode(),
            "traceParent": context.trace_context.trace_parent,
        }
    )


@app.route(route="size", methods=["POST"])
async def size(req: func.HttpRequest) -> func.HttpResponse:
    return shown(len(req.get_body()))


@app.route(route="files/{*path}", methods=["GET"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    return shown(dict(req.route_params))


@app.route(route="files/index", methods=["GET"])
async def files_index(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("the index")


@app.route(route="sync", methods=["GET"])
def in_a_thread(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("said in a thread")
    return func.HttpResponse("hi")


@app.route(route="cookies", methods=["GET"])
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("", status_code=202, headers={"X-One": "1"})
    response.headers.add("X-One", "2")
    response.headers.add("Set-Cookie", "a=1; Path=/x; Max-Age=60; Secure; HttpOnly; SameSite=Lax")
    response.headers.add("Set-Cookie", "b=2")
    return response


@app.route(route="nothing", methods=["DELETE"])
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204)


@app.route(route="text", methods=["GET"])
async def plain(req: func.HttpRequest) -> str:
    return "plain"


@app.route(route="boom", methods=["GET"])
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("the secret of the app")


@app.route(route="dictionary", methods=["GET"])
async def dictionary(req: func.HttpRequest) -> func.HttpResponse:
    return {"not": "a response"}  # type: ignore[return-value]  # the mistake is what the test is about


@app.route(route="function-key", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def with_function_key(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("in")


@app.route(route="master-key", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def with_master_key(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("in")


@app.route(route="preflight", methods=["OPTIONS", "POST"])
async def preflight(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204, headers={"Access-Control-Allow-Origin": req.headers.get("origin", "")})


@app.route(route="settings", methods=["GET"])
async def settings(req: func.HttpRequest) -> func.HttpResponse:
    return shown(SETTINGS_AT_IMPORT)


@app.route(route="slow/{milliseconds:int}", methods=["GET"])
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("slow %s began", req.route_params["milliseconds"])
    await asyncio.sleep(int(req.route_params["milliseconds"]) / 1000)
    return func.HttpResponse("at last")


@app.route(route="stuck", methods=["GET"])
def stuck(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("stuck began")
    time.sleep(60)
    return func.HttpResponse("never")
