"""Managed identities: the endpoint that gives an app its tokens, and the check that Azure's services make of them.

Shapes as App Service documents its endpoint ("How to use managed identities", REST): `GET ?api-version=2019-08-01&
resource=…&client_id=…` with the header X-IDENTITY-HEADER.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ALGORITHM = "RS256"
API_VERSION = "2019-08-01"
TOKEN_SECONDS = 86_400
ACS_AUDIENCE = "https://communication.azure.com/"
SIGNALR_AUDIENCE = "https://signalr.azure.com"


class EntraRefusedError(Exception):
    """The token is missing, forged, expired, or for another service (`status` 401), or its holder has no role (403)."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.status = status


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Entra:
    """A directory that signs tokens; `roles` are the object ids that have the services' role."""

    tenant_id: str = "22222222-2222-4222-8222-222222222222"
    roles: frozenset[str] = frozenset()
    key: rsa.RSAPrivateKey = field(default_factory=_new_key, repr=False)

    @property
    def issuer(self) -> str:
        return f"https://sts.windows.net/{self.tenant_id}/"

    def issue(self, object_id: str, audience: str, seconds: float = TOKEN_SECONDS) -> str:
        """The token of an identity for one service."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": audience, "oid": object_id, "tid": self.tenant_id}
        return jwt.encode({**claims, "iat": now, "nbf": now - 5, "exp": now + seconds}, self.key, ALGORITHM)

    def require(self, authorization: str, audience: str) -> str:
        """The object id of the header's bearer, who has the role at this service; raises EntraRefusedError."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise EntraRefusedError("there is no bearer token")
        required = ["exp", "aud", "iss", "oid"]
        try:
            claims = jwt.decode(
                token,
                self.key.public_key(),
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=self.issuer,
                options={"require": required},
            )
        except jwt.PyJWTError as error:
            raise EntraRefusedError(f"the Entra token is not accepted: {error}") from error
        if claims["oid"] not in self.roles:
            raise EntraRefusedError("the identity has no role at this resource", 403)
        return str(claims["oid"])


def is_entra(token: str) -> bool:
    """Whether a token is one of a directory, which signs with RSA; what services sign themselves is HS256."""
    try:
        return jwt.get_unverified_header(token).get("alg") == ALGORITHM
    except jwt.PyJWTError:
        return False


def identity_endpoint(entra: Entra, header: str, identities: dict[str, str]) -> Starlette:
    """What an app's IDENTITY_ENDPOINT leads to; `identities` maps client ids to object ids."""

    async def token(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("x-identity-header", "").encode(), header.encode()):
            return _refusal(401, "the header X-IDENTITY-HEADER is not this app's")
        if request.query_params.get("api-version") != API_VERSION:
            return _refusal(400, f"api-version must be {API_VERSION}")
        client_id, resource = request.query_params.get("client_id", ""), request.query_params.get("resource", "")
        if client_id not in identities or not resource:
            return _refusal(400, "no such identity is assigned to this app")
        document = {
            "access_token": entra.issue(identities[client_id], resource),
            "expires_on": str(int(time.time()) + TOKEN_SECONDS),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": client_id,
        }
        return JSONResponse(document)

    return Starlette(routes=[Route("/msi/token", token, methods=["GET"])])


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status)
