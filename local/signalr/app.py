"""Puts the stand-in together."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.signalr.clients import Clients
from local.signalr.hubs import Hubs
from local.signalr.options import SignalROptions
from local.signalr.requests_log import RequestsLog
from local.signalr.rest import RestApi


def create_app(options: SignalROptions) -> Starlette:
    """Azure SignalR Service in serverless mode as one ASGI app."""
    hubs, log = Hubs(), RequestsLog()
    clients = Clients(options, hubs)

    async def health(_: Request) -> Response:
        return Response(status_code=200)

    async def show_log(_: Request) -> Response:
        return JSONResponse({**log.to_document(), "connections": hubs.count()})

    async def reset_counts(_: Request) -> Response:
        log.reset()
        return Response(status_code=204)

    async def drop(request: Request) -> Response:
        """Cut all connections without a word; `{"refuseSeconds": n}` keeps everybody out for a while."""
        body = await request.body()
        clients.refuse_for(float(json.loads(body).get("refuseSeconds", 0)) if body else 0.0)
        return JSONResponse({"dropped": hubs.end_all()})

    return Starlette(
        routes=[
            *clients.routes(),
            *RestApi(options, hubs, log).routes(),
            Route("/api/v1/health", health, methods=["GET", "HEAD"]),
            Route("/_standin/log", show_log, methods=["GET"]),
            Route("/_standin/reset-counts", reset_counts, methods=["POST"]),
            Route("/_standin/drop", drop, methods=["POST"]),
        ],
        middleware=[
            # As on the service by default: any page may connect, and is told so by its own origin.
            Middleware(
                CORSMiddleware,
                allow_origin_regex=".*",
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["*"],
            )
        ],
    )
