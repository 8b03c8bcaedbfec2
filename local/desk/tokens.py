"""The token endpoint of the tenant, as Microsoft Entra ID answers for client credentials."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.desk.options import DeskOptions
from local.desk.requests_log import RequestsLog
from local.desk.signing import CONNECTOR_AUDIENCE, GRAPH_AUDIENCE, ISSUER_OF_ACTIVITIES, TOKEN_LIFETIME, Signing

SCOPES = {f"{audience}/.default": audience for audience in (CONNECTOR_AUDIENCE, GRAPH_AUDIENCE)}


class Tokens:
    """Issues tokens to the bot and publishes the keys that sign activities."""

    def __init__(self, options: DeskOptions, signing: Signing, log: RequestsLog) -> None:
        self._options = options
        self._signing = signing
        self._log = log

    def routes(self) -> list[Route]:
        return [
            Route("/{tenant}/oauth2/v2.0/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/.well-known/openidconfiguration", self.configuration),
        ]

    async def token(self, request: Request) -> Response:
        response = self._issue(request.path_params["tenant"], (await request.body()).decode("utf-8", "replace"))
        self._log.note("token", response.status_code)
        return response

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._signing.key_set())

    async def configuration(self, _: Request) -> Response:
        base = self._options.public_url.rstrip("/")
        return JSONResponse(
            {
                "issuer": ISSUER_OF_ACTIVITIES,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{base}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    def _issue(self, tenant: str, body: str) -> Response:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if tenant != self._options.tenant_id:
            return _refusal(400, "invalid_request", "AADSTS90002: the tenant was not found")
        if form.get("grant_type") != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "AADSTS70003: only client_credentials is supported")
        if form.get("client_id") != self._options.bot_id:
            return _refusal(400, "unauthorized_client", "AADSTS700016: the application was not found in the tenant")
        if not hmac.compare_digest(form.get("client_secret", "").encode(), self._options.client_secret.encode()):
            return _refusal(401, "invalid_client", "AADSTS7000215: invalid client secret provided")
        if form.get("scope") not in SCOPES:
            return _refusal(400, "invalid_scope", f"AADSTS70011: the scope must be one of {', '.join(SCOPES)}")
        token = self._signing.application_token(SCOPES[form["scope"]])
        return JSONResponse({"token_type": "Bearer", "expires_in": TOKEN_LIFETIME, "access_token": token})


def _refusal(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
