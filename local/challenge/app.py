"""Puts the stand-in together. Its paths are the providers' own, so that only the origin differs."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.challenge.tokens import LIFE, ChallengeOptions, Tokens

STATIC = Path(__file__).parent / "static"
VERIFY = {"turnstile": "/turnstile/v0/siteverify", "hcaptcha": "/siteverify"}
SCRIPTS = {"turnstile": "/turnstile/v0/api.js", "hcaptcha": "/1/api.js"}


def create_app(options: ChallengeOptions | None = None) -> Starlette:
    """Both providers as one ASGI app."""
    tokens = Tokens(options or ChallengeOptions())

    async def verify(request: Request) -> Response:
        if tokens.is_down:
            return Response(status_code=503)
        kind = next(kind for kind, path in VERIFY.items() if path == request.url.path)
        return JSONResponse(tokens.verify(kind, dict(parse_qsl((await request.body()).decode()))))

    async def script(_: Request) -> Response:
        return FileResponse(STATIC / "api.js", media_type="text/javascript")

    async def frame(_: Request) -> Response:
        return FileResponse(STATIC / "frame.html", media_type="text/html")

    async def solve(request: Request) -> Response:
        """What the frame asks for when the visitor has solved its challenge."""
        wanted = json.loads(await request.body())
        if wanted.get("kind") not in LIFE:
            return Response(status_code=400)
        return JSONResponse({"token": tokens.issue(wanted["kind"], str(wanted["siteKey"]))})

    async def faults(request: Request) -> Response:
        """`{"refuse": n}`: the next n tokens are refused; `{"down": true}`: nothing is verified."""
        wanted = json.loads(await request.body())
        tokens.refuse, tokens.is_down = int(wanted.get("refuse", 0)), bool(wanted.get("down", False))
        return Response(status_code=204)

    async def log(_: Request) -> Response:
        return JSONResponse({"verified": tokens.verified})

    return Starlette(
        routes=[
            *(Route(path, verify, methods=["POST"]) for path in VERIFY.values()),
            *(Route(path, script) for path in SCRIPTS.values()),
            Route("/_standin/frame", frame),
            Route("/_standin/solve", solve, methods=["POST"]),
            Route("/_standin/faults", faults, methods=["PUT"]),
            Route("/_standin/log", log),
        ]
    )
