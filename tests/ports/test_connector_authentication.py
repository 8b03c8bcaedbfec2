"""Who may call the bot: only the Bot Connector, for our bot, for this service and channel."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters.http_session import HttpSession
from shared.adapters.teams_auth import ISSUER, ConnectorAuthentication
from shared.domain.errors import OutcomeUnknown, Unauthenticated
from tests.ports.desk import BOT_ID, LUISA, running_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVICE_URL = "https://smba.trafficmanager.net/emea/"
ACTIVITY = {"type": "message", "serviceUrl": SERVICE_URL, "channelId": "msteams"}
HOSTS = ("smba.trafficmanager.net", ".botframework.com")
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key_id: str, key: rsa.RSAPrivateKey = PRIVATE, endorsements: list[str] | None = None) -> dict[str, Any]:
    document = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {**document, "kid": key_id, "use": "sig"} | ({"endorsements": endorsements} if endorsements else {})


def signed(
    claims: Mapping[str, Any] | None = None, key_id: str = "key-1", key: Any = PRIVATE, algorithm: str = "RS256"
) -> str:
    """An Authorization header; claims that are changed to None are left out."""
    now = datetime.now(UTC)
    all_claims = {"iss": ISSUER, "aud": BOT_ID, "exp": now + timedelta(minutes=10), "serviceurl": SERVICE_URL}
    all_claims |= claims or {}
    present = {name: value for name, value in all_claims.items() if value is not None}
    return "Bearer " + jwt.encode(present, key, algorithm=algorithm, headers={"kid": key_id})


@dataclass
class Connector:
    """Publishes keys; `documents` can be changed, `reads` counts."""

    documents: list[dict[str, Any]] = field(default_factory=lambda: [public("key-1", endorsements=["msteams"])])
    reads: int = 0
    status: int = 200

    async def keys(self, request: Request) -> Response:
        self.reads += 1
        return JSONResponse({"keys": self.documents}, self.status)


@dataclass
class World:
    connector: Connector
    authentication: ConnectorAuthentication
    time: list[float]

    async def refusal(self, authorization: str, activity: Mapping[str, Any] = ACTIVITY) -> str:
        with pytest.raises(Unauthenticated) as refusal:
            await self.authentication.check(authorization, activity)
        return refusal.value.code


@dataclass
class Published:
    """Where keys are published; each test has a connector of its own."""

    url: str = ""
    http: HttpSession = field(default_factory=HttpSession)
    connector: Connector = field(default_factory=Connector)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def published() -> AsyncIterator[Published]:
    place = Published()

    async def keys(request: Request) -> Response:
        return await place.connector.keys(request)

    async with serving(Starlette(routes=[Route("/keys", keys)])) as server:
        place.url = f"{server.url}/keys"
        yield place
        await place.http.close()


@pytest.fixture
def world(published: Published) -> World:
    time = [0.0]
    published.connector = Connector()
    authentication = ConnectorAuthentication(published.http, BOT_ID, published.url, HOSTS, lambda: time[0])
    return World(published.connector, authentication, time)


async def test_the_connector_is_believed(world: World) -> None:
    await world.authentication.check(signed(), ACTIVITY)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "token"])
async def test_a_call_without_a_bearer_token_is_refused(world: World, header: str) -> None:
    assert await world.refusal(header) == "bot_token_missing"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://sts.windows.net/other/"},
        {"aud": "another-bot"},
        {"exp": datetime.now(UTC) - timedelta(minutes=6)},
        {"nbf": datetime.now(UTC) + timedelta(minutes=30)},
        {"iss": None},
        {"aud": None},
        {"exp": None},
    ],
)
async def test_a_token_that_does_not_vouch_for_this_is_refused(world: World, claims: dict[str, Any]) -> None:
    assert await world.refusal(signed(claims)) == "bot_token_invalid"


async def test_clocks_may_differ_by_five_minutes(world: World) -> None:
    await world.authentication.check(signed({"exp": datetime.now(UTC) - timedelta(minutes=4)}), ACTIVITY)


async def test_a_forged_signature_is_refused(world: World) -> None:
    assert await world.refusal(signed(key=STRANGER)) == "bot_token_invalid"
    assert await world.refusal("Bearer not.a.token") == "bot_token_invalid"


async def test_no_other_algorithm_is_accepted(world: World) -> None:
    secret = "x" * 64
    assert await world.refusal(signed(key=secret, algorithm="HS256")) == "bot_token_invalid"
    assert await world.refusal(signed(algorithm="RS512")) == "bot_token_invalid"
    assert await world.refusal(signed(key=None, algorithm="none")) == "bot_token_invalid"


async def test_the_token_belongs_to_one_service_url(world: World) -> None:
    other = {**ACTIVITY, "serviceUrl": "https://smba.trafficmanager.net/amer/"}
    assert await world.refusal(signed(), other) == "bot_service_url"
    assert await world.refusal(signed(), {**ACTIVITY, "serviceUrl": ""}) == "bot_service_url"
    assert await world.refusal(signed({"serviceurl": None})) == "bot_service_url"
    await world.authentication.check(signed({"serviceurl": SERVICE_URL.rstrip("/")}), ACTIVITY)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://attacker.example/", "bot_service_host"),
        ("https://smba.trafficmanager.net.attacker.example/", "bot_service_host"),
        ("https://evilbotframework.com/", "bot_service_host"),
        ("https://smba.trafficmanager.net@attacker.example/", "bot_service_url"),
        ("http://smba.trafficmanager.net/", "bot_service_url"),
        ("https://[", "bot_service_url"),
    ],
)
async def test_the_bot_answers_to_known_hosts_only(world: World, url: str, code: str) -> None:
    assert await world.refusal(signed({"serviceurl": url}), {**ACTIVITY, "serviceUrl": url}) == code


async def test_a_host_below_a_listed_domain_is_known(world: World) -> None:
    url = "https://europe.webchat.botframework.com/"
    await world.authentication.check(signed({"serviceurl": url}), {**ACTIVITY, "serviceUrl": url})


async def test_a_key_signs_for_its_channels_only(world: World) -> None:
    assert await world.refusal(signed(), {**ACTIVITY, "channelId": "emulator"}) == "bot_channel"
    world.connector.documents = [public("key-2")]
    world.time[0] = 61
    await world.authentication.check(signed(key_id="key-2"), {**ACTIVITY, "channelId": "emulator"})


async def test_keys_are_read_once_a_day(world: World) -> None:
    for hours in (0, 12, 11.9):
        world.time[0] += hours * 3600
        await world.authentication.check(signed(), ACTIVITY)
    assert world.connector.reads == 1
    world.time[0] += 3600
    await world.authentication.check(signed(), ACTIVITY)
    assert world.connector.reads == 2


async def test_an_unknown_key_is_looked_for_at_most_once_a_minute(world: World) -> None:
    await world.authentication.check(signed(), ACTIVITY)
    for seconds in (1, 58, 2, 1):
        world.time[0] += seconds
        assert await world.refusal(signed(key_id="forged")) == "bot_key_unknown"
    assert world.connector.reads == 2


async def test_a_new_key_of_the_connector_is_found(world: World) -> None:
    await world.authentication.check(signed(), ACTIVITY)
    world.connector.documents.append(public("key-2", STRANGER))
    world.time[0] += 61
    await world.authentication.check(signed(key_id="key-2", key=STRANGER), ACTIVITY)


async def test_a_key_of_another_kind_does_not_spoil_the_others(world: World) -> None:
    world.connector.documents.insert(0, {"kid": "odd", "kty": "EC"})
    await world.authentication.check(signed(), ACTIVITY)


async def test_when_keys_cannot_be_had_nobody_is_called_a_liar(world: World) -> None:
    world.connector.status = 500
    with pytest.raises(OutcomeUnknown):
        await world.authentication.check(signed(), ACTIVITY)


async def test_what_the_desk_signs_is_believed() -> None:
    async with running_desk() as desk:
        await desk.install()
        await desk.standin("POST", "say", {"user": LUISA.id, "text": "Good morning"})
        assert desk.bot.refused == []
        said = [activity for activity in desk.bot.activities if activity["type"] == "message"]
        assert [activity["text"] for activity in said] == ["Good morning"]
