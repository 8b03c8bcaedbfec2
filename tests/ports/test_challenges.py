"""What a provider's verification has to do, in memory and over HTTP, and what its answers mean."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.challenge import create_app
from local.challenge.app import VERIFY
from local.challenge.tokens import SECRET
from local.serving import serving
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemoryChallenges, MemorySecrets
from shared.adapters.site_verify import SiteVerify
from shared.domain.challenges import ChallengeKind, ChallengeRefused, ChallengeSettings
from shared.domain.errors import NotSent, OutcomeUnknown, PortError, Rejected
from shared.domain.tenants import Tenant
from shared.ports import Challenges
from tests.ports.samples import TENANT

pytestmark = pytest.mark.asyncio(loop_scope="module")

TURNSTILE = replace(TENANT, challenge=ChallengeSettings(ChallengeKind.TURNSTILE, "site", "env:SECRET"))
HCAPTCHA = replace(TENANT, challenge=ChallengeSettings(ChallengeKind.HCAPTCHA, "site", "env:SECRET"))


@dataclass
class World:
    """A provider: `solve` gives a token that counts."""

    port: Challenges
    tenant: Tenant
    solve: Callable[[], object]
    http: HttpSession | None = None
    url: str = ""

    async def solved(self) -> str:
        if self.http is None:
            return str(self.solve())
        challenge = self.tenant.challenge
        body = json.dumps({"kind": challenge.kind.value, "siteKey": challenge.site_key})
        async with self.http.open().post(f"{self.url}/_standin/solve", data=body) as answer:
            return str((await answer.json())["token"])

    async def goes_down(self) -> None:
        if self.http is None:
            assert isinstance(self.port, MemoryChallenges)
            self.port.is_down = True
            return
        await (await self.http.open().put(f"{self.url}/_standin/faults", data='{"down": true}')).release()


@pytest_asyncio.fixture(loop_scope="module", params=["memory", "turnstile", "hcaptcha"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        port = MemoryChallenges()

        def solve() -> str:
            port.solved.add(token := uuid.uuid4().hex)
            return token

        yield World(port, TURNSTILE, solve)
        return
    http = HttpSession()
    async with serving(create_app()) as server:
        urls = {kind: f"{server.url}{VERIFY[kind.value]}" for kind in (ChallengeKind.TURNSTILE, ChallengeKind.HCAPTCHA)}
        real = SiteVerify(http, MemorySecrets({"env:SECRET": SECRET, "env:WRONG": "guessed"}, TENANT.id), urls)
        tenant = TURNSTILE if request.param == "turnstile" else HCAPTCHA
        yield World(real, tenant, lambda: None, http, server.url)
        await http.close()


async def test_a_solved_challenge_is_confirmed(world: World) -> None:
    await world.port.verify(world.tenant, await world.solved(), "session-1")


async def test_a_token_counts_once(world: World) -> None:
    token = await world.solved()
    await world.port.verify(world.tenant, token, "session-1")
    with pytest.raises(ChallengeRefused):
        await world.port.verify(world.tenant, token, "session-2")


async def test_a_made_up_token_is_refused(world: World) -> None:
    with pytest.raises(ChallengeRefused):
        await world.port.verify(world.tenant, "made up", "session-1")


async def test_a_provider_that_is_down_is_no_refusal(world: World) -> None:
    token = await world.solved()
    await world.goes_down()
    with pytest.raises(PortError):
        await world.port.verify(world.tenant, token, "session-1")


@dataclass
class Provider:
    """Answers what the test wants, and remembers the forms that came."""

    status: int = 200
    body: str = '{"success": true}'
    forms: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.forms.append((await request.body()).decode())
        return Response(self.body, self.status, media_type="application/json")


@dataclass
class Served:
    provider: Provider
    port: SiteVerify
    http: HttpSession


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Served]:
    provider, http = Provider(), HttpSession()
    async with serving(Starlette(routes=[Route("/verify", provider.answer, methods=["POST"])])) as server:
        urls = dict.fromkeys((ChallengeKind.TURNSTILE, ChallengeKind.HCAPTCHA), f"{server.url}/verify")
        yield Served(provider, SiteVerify(http, MemorySecrets({"env:SECRET": "s3cret"}, TENANT.id), urls), http)
        await http.close()


def refusal(*codes: str) -> str:
    return json.dumps({"success": False, "error-codes": codes})


async def test_the_provider_gets_the_token_and_nothing_of_the_visitor(served: Served) -> None:
    await served.port.verify(TURNSTILE, "token", "session-1")
    await served.port.verify(HCAPTCHA, "token", "session-1")
    key = uuid.uuid5(uuid.NAMESPACE_OID, "session-1")
    assert served.provider.forms == [
        f"secret=s3cret&response=token&idempotency_key={key}",
        "secret=s3cret&response=token&sitekey=site",
    ]


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (200, refusal("timeout-or-duplicate"), ChallengeRefused),
        (200, refusal("invalid-or-already-seen-response"), ChallengeRefused),
        (200, refusal("invalid-input-response"), ChallengeRefused),
        (400, refusal("missing-input-response"), ChallengeRefused),
        (200, refusal(), ChallengeRefused),
        (200, '{"success": false}', ChallengeRefused),
        (200, '{"success": "true"}', ChallengeRefused),
        (200, refusal("invalid-input-secret"), Rejected),
        (400, refusal("invalid-input-response", "sitekey-secret-mismatch"), Rejected),
        (200, refusal("internal-error"), OutcomeUnknown),
        (200, "<html>", OutcomeUnknown),
        (200, "[]", OutcomeUnknown),
        (200, "{}", OutcomeUnknown),
        (503, "", OutcomeUnknown),
    ],
)
async def test_what_an_answer_means(served: Served, status: int, body: str, failure: type[Exception]) -> None:
    served.provider.status, served.provider.body = status, body
    with pytest.raises(failure) as raised:
        await served.port.verify(HCAPTCHA, "token", "session-1")
    assert "s3cret" not in str(raised.value)
    assert len(served.provider.forms) == 1


async def test_turnstile_is_asked_again_after_a_fault_because_its_key_makes_that_safe(served: Served) -> None:
    served.provider.status = 503
    with pytest.raises(OutcomeUnknown):
        await served.port.verify(TURNSTILE, "token", "session-1")
    assert len(served.provider.forms) == 3
    assert len(set(served.provider.forms)) == 1


async def test_a_provider_that_cannot_be_reached_was_not_asked() -> None:
    http = HttpSession()
    port = SiteVerify(
        http, MemorySecrets({"env:SECRET": "s3cret"}, TENANT.id), {ChallengeKind.HCAPTCHA: "http://127.0.0.1:9/"}
    )
    with pytest.raises(NotSent):
        await port.verify(HCAPTCHA, "token", "session-1")
    await http.close()


async def test_a_secret_that_is_missing_is_the_administrator_s_affair(served: Served) -> None:
    without = replace(TENANT, challenge=ChallengeSettings(ChallengeKind.HCAPTCHA, "site", "env:NONE"))
    with pytest.raises(Rejected):
        await served.port.verify(without, "token", "session-1")
    assert served.provider.forms == []
