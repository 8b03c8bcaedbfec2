"""Who may call the bot, by the real check against an address of keys: tests/vectors/bot_tokens.json."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters import failures
from shared.adapters.http_session import HttpSession
from shared.adapters.teams_auth import ISSUER, ConnectorAuthentication
from shared.domain.errors import PortError, Unauthenticated
from tests.security.tokens import filled, present, signed
from tests.security.web import cases

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOT_ID = "11111111-1111-4111-8111-111111111111"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
HOSTS = ("smba.trafficmanager.net", ".botframework.com")
ACTIVITY = {"type": "message", "serviceUrl": SERVICE_URL, "channelId": "msteams"}


@functools.cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def document(name: str, endorsements: list[str] | None = None) -> dict[str, Any]:
    published = json.loads(RSAAlgorithm.to_jwk(rsa_key(name).public_key()))
    return {**published, "kid": name, "use": "sig"} | ({"endorsements": endorsements} if endorsements else {})


@functools.cache
def key_set() -> str:
    elliptic = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    return json.dumps({"keys": [{**elliptic, "kid": "ec"}, document("connector", ["msteams"]), document("unendorsed")]})


def by_rsa(name: str) -> Callable[[bytes], bytes]:
    return lambda content: rsa_key(name).sign(content, padding.PKCS1v15(), hashes.SHA256())


def by_public_key(content: bytes) -> bytes:
    public = rsa_key("connector").public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hmac.new(pem, content, hashlib.sha256).digest()


SIGNERS: dict[str, Callable[[bytes], bytes] | None] = {
    "connector": by_rsa("connector"),
    "unendorsed": by_rsa("unendorsed"),
    "stranger": by_rsa("stranger"),
    "public": by_public_key,
    "nothing": None,
}


@dataclass
class Keys:
    """What the connector's address of keys answers."""

    url: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    http: HttpSession = field(default_factory=HttpSession)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keys() -> AsyncIterator[Keys]:
    place = Keys()

    async def answer(_: Request) -> Response:
        headers = {"retry-after": place.answer["retry"]} if "retry" in place.answer else {}
        return Response(place.answer.get("body", key_set()), place.answer.get("status", 200), headers)

    async with serving(Starlette(routes=[Route("/keys", answer)])) as server:
        place.url = f"{server.url}/keys"
        yield place
        await place.http.close()


def authorization(case: dict[str, Any]) -> str:
    now, scheme = datetime.now(UTC), case.get("scheme", "Bearer")
    if "token" in case:
        return f"{scheme} {filled(case['token'])}".strip()
    who = case.get("signed", "connector")
    kid = who if who == "unendorsed" else "connector"
    header = {"typ": "JWT", "alg": "RS256", "kid": kid, **case.get("header", {})}
    service_url = case.get("both", SERVICE_URL)
    claims = {"iss": ISSUER, "aud": BOT_ID, "exp": "+600", "serviceurl": service_url, **case.get("claims", {})}
    return f"{scheme} {signed(present(header, now), present(claims, now), SIGNERS[who])}"


@pytest.mark.parametrize("case", cases("bot_tokens"))
async def test_only_the_connector_is_believed(
    keys: Keys, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "_pause", lambda *_: None)  # what is tried again is tested with the calls
    keys.answer = case.get("keys") or {}
    url = "http://127.0.0.1:9/keys" if "keys" in case and case["keys"] is None else keys.url
    check = ConnectorAuthentication(keys.http, BOT_ID, url, HOSTS).check
    activity = {**ACTIVITY, **({"serviceUrl": case["both"]} if "both" in case else {}), **case.get("activity", {})}
    sent = {name: value for name, value in activity.items() if value is not None}
    if case.get("passes"):
        await check(authorization(case), sent)
        return
    with pytest.raises((Unauthenticated, PortError)) as refusal:
        await check(authorization(case), sent)
    assert refusal.value.code == case["refused"]
    assert len(str(refusal.value)) < 250
