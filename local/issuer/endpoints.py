"""What programs ask for: the discovery document, keys, device codes and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.issuer.errors import NO_STORE, OAuthError
from local.issuer.grants import Codes, Devices
from local.issuer.keys import ALGORITHM, SigningKeys
from local.issuer.options import Application, IssuerOptions
from local.issuer.tokens import OWN_SCOPES, Grant, Tokens, scopes_of

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = ("authorization_code", "refresh_token", DEVICE_CODE)


class Endpoints:
    def __init__(self, options: IssuerOptions, keys: SigningKeys, codes: Codes, devices: Devices) -> None:
        self._options = options
        self._keys = keys
        self._codes = codes
        self._devices = devices
        self._tokens = Tokens(options, keys)

    def routes(self) -> list[Route]:
        tenant = f"/{self._options.tenant_id}"
        return [
            Route(f"{tenant}/v2.0/.well-known/openid-configuration", self.discovery),
            Route(f"{tenant}/discovery/v2.0/keys", self.keys),
            Route(f"{tenant}/oauth2/v2.0/devicecode", self.device_code, methods=["POST"]),
            Route(f"{tenant}/oauth2/v2.0/token", self.token, methods=["POST"]),
        ]

    async def discovery(self, _: Request) -> Response:
        return JSONResponse(discovery_document(self._options))

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._keys.key_set())

    async def device_code(self, request: Request) -> Response:
        form = await _form(request)
        application = self._application(form)
        scopes = scopes_of(application, form.get("scope", ""))
        if not scopes:
            raise OAuthError("invalid_request", "AADSTS900144: scope is missing")
        device_code, begun = self._devices.begin(application, scopes)
        page = f"{self._options.public_url.rstrip('/')}/device"
        return JSONResponse(
            {
                "device_code": device_code,
                "user_code": begun.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={begun.user_code}",
                "expires_in": self._options.device_code_lifetime,
                "interval": self._options.device_interval,
                "message": f"To sign in, open the page {page} and enter the code {begun.user_code}.",
            },
            headers=NO_STORE,
        )

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        return JSONResponse(self._tokens.response(self._grant(self._application(form), form)), headers=NO_STORE)

    def _grant(self, application: Application, form: Mapping[str, str]) -> Grant:
        kind = form.get("grant_type", "")
        if kind == "authorization_code":
            needed = [_needed(form, name) for name in ("code", "redirect_uri", "code_verifier")]
            return self._codes.redeem(needed[0], application, needed[1], needed[2])
        if kind == "refresh_token":
            return self._tokens.refreshed(application, _needed(form, "refresh_token"), form.get("scope", ""))
        if kind == DEVICE_CODE:
            return self._devices.poll(_needed(form, "device_code"), application)
        raise OAuthError("unsupported_grant_type", f"AADSTS70003: grant_type has to be one of {', '.join(GRANTS)}")

    def _application(self, form: Mapping[str, str]) -> Application:
        application = self._options.application(_needed(form, "client_id"))
        if application is None:
            raise OAuthError("unauthorized_client", "AADSTS700016: client_id is no application of this issuer")
        return application


def discovery_document(options: IssuerOptions) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, with device codes (RFC 8628) and PKCE (RFC 8414)."""
    oauth = f"{options.base}/oauth2/v2.0"
    return {
        "issuer": options.issuer,
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "device_authorization_endpoint": f"{oauth}/devicecode",
        "end_session_endpoint": f"{oauth}/logout",
        "jwks_uri": options.keys_url,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": list(OWN_SCOPES),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "name", "preferred_username", "email", "oid"],
        "authorization_response_iss_parameter_supported": True,
    }


async def _form(request: Request) -> dict[str, str]:
    """The body as OAuth wants it; raises OAuthError, also where a field is given twice (RFC 6749, 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "AADSTS900144: the body has to be application/x-www-form-urlencoded")
    pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    if len(dict(pairs)) != len(pairs):
        raise OAuthError("invalid_request", "AADSTS90100: a field is given twice")
    return dict(pairs)


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"AADSTS900144: the body has to contain '{name}'")
    return form[name]
