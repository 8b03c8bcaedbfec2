"""An OpenID Connect client that knows the RFCs and the discovery document, and nothing of the issuer's code."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
from starlette.applications import Starlette

from local.issuer import Application, Audience, IssuerOptions, Person, create_app

TENANT = "22222222-2222-4222-8222-222222222222"
ADMIN = Application("33333333-3333-4333-8333-333333333333", "Interact", Audience.ADMINISTRATORS)
SITE = Application("44444444-4444-4444-8444-444444444444", "Customers' <site>", Audience.CUSTOMERS)
BOSS = Person("ad000000-0000-4000-8000-000000000001", "Tenant Administrator", "t@x.example", ("TenantAdministrator",))
READER = Person("ad000000-0000-4000-8000-000000000004", "Reader", "reader@x.example", ("Reader",))
NOBODY = Person("ad000000-0000-4000-8000-000000000009", "Nobody", "nobody@x.example")
HOME = "http://localhost:5000/callback"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
BASE = "http://localhost:7080"


@dataclass
class Time:
    """Seconds since 1970, moved by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Client:
    """Talks to one issuer by HTTP."""

    options: IssuerOptions
    app: Starlette = field(init=False)
    http: httpx.AsyncClient = field(init=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the issuer, or start it again with what it has kept."""
        self.app = create_app(self.options)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=BASE)

    async def discover(self) -> dict[str, Any]:
        answer = await self.http.get(f"{self.options.issuer}/.well-known/openid-configuration")
        assert answer.status_code == 200
        document: dict[str, Any] = answer.json()
        return document

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, application: Application = ADMIN, /, **changes: str | None) -> dict[str, str]:
        """An authorization request; None leaves a parameter out."""
        given: dict[str, str | None] = {
            "client_id": application.id,
            "redirect_uri": HOME,
            "response_type": "code",
            "scope": f"openid offline_access {application.id}/.default",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    async def open_page(self, request: Mapping[str, str]) -> httpx.Response:
        endpoint = (await self.discover())["authorization_endpoint"]
        return await self.http.get(endpoint, params=dict(request))

    async def submit(self, page: httpx.Response, **choice: str) -> httpx.Response:
        """Send the page's form as a browser does, with what was chosen."""
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        data = {**{unescape(name): unescape(value) for name, value in fields}, **choice}
        return await self.http.post(unescape(action[1]), data=data, headers={"origin": BASE})

    async def token(self, **form: str) -> httpx.Response:
        endpoint = (await self.discover())["token_endpoint"]
        return await self.http.post(endpoint, data={"client_id": ADMIN.id, **form})

    async def redeem(self, code: str, application: Application = ADMIN, /, **changes: str) -> httpx.Response:
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME}
        return await self.token(**{**given, "code_verifier": self.verifier, "client_id": application.id, **changes})

    async def signed_in(
        self, application: Application = ADMIN, request: Mapping[str, str] | None = None, **choice: str
    ) -> dict[str, Any]:
        """The whole way by code and PKCE: the answer of the token endpoint."""
        page = await self.open_page(request or self.request(application))
        back = await self.submit(page, **(choice or {"person": BOSS.id}))
        answer = await self.redeem(query_of(back)["code"], application)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def begin_device(self) -> dict[str, Any]:
        endpoint = (await self.discover())["device_authorization_endpoint"]
        scope = f"openid offline_access {ADMIN.id}/.default"
        answer = await self.http.post(endpoint, data={"client_id": ADMIN.id, "scope": scope})
        assert answer.status_code == 200
        document: dict[str, Any] = answer.json()
        return document

    async def poll(self, device_code: str) -> httpx.Response:
        return await self.token(grant_type=DEVICE_GRANT, device_code=device_code)

    async def claims(self, token: str, audience: str = ADMIN.id) -> dict[str, Any]:
        """The claims of a token, verified as a resource server does, by the published keys."""
        document = await self.discover()
        keys = (await self.http.get(document["jwks_uri"])).json()["keys"]
        key_id = jwt.get_unverified_header(token)["kid"]
        key = jwt.PyJWK(next(key for key in keys if key["kid"] == key_id))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=document["issuer"],
            # The time of the tests is not that of this machine.
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp", "nbf", "iat"]},
        )
        return claims


def query_of(back: httpx.Response) -> dict[str, str]:
    """What a redirect brings home."""
    assert back.status_code == 303, back.text
    return dict(parse_qsl(urlsplit(back.headers["location"]).query))


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code in (400, 401, 403), answer.text
    return str(answer.json()["error"])
