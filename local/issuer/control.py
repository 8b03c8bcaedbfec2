"""The stand-in's own paths under `/_standin`: tokens without a browser, and new keys. Loopback only."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.issuer.errors import OAuthError
from local.issuer.keys import SigningKeys
from local.issuer.options import IssuerOptions
from local.issuer.subjects import subject_of
from local.issuer.tokens import Tokens

PREFIX = "/_standin"


class Control:
    def __init__(self, options: IssuerOptions, keys: SigningKeys) -> None:
        self._options = options
        self._keys = keys
        self._tokens = Tokens(options, keys)

    def routes(self) -> list[Route]:
        return [
            Route(f"{PREFIX}/token", self.token, methods=["POST"]),
            Route(f"{PREFIX}/people", self.people),
            Route(f"{PREFIX}/roll-over", self.roll_over, methods=["POST"]),
        ]

    async def token(self, request: Request) -> Response:
        """`{application, person}` or `{application, name, email}` → an access token as the page would lead to."""
        wanted = json.loads(await request.body())
        application = self._options.application(str(wanted.get("application")))
        subject = subject_of(self._options, application, wanted) if application is not None else None
        if application is None or subject is None:
            raise OAuthError("invalid_request", "name an application, and a person of it or name and email")
        return JSONResponse({"access_token": self._tokens.access_token(application, subject)})

    async def people(self, _: Request) -> Response:
        return JSONResponse([{"id": one.id, "name": one.name, "roles": one.roles} for one in self._options.people])

    async def roll_over(self, _: Request) -> Response:
        self._keys.roll_over()
        return Response(status_code=204)
