"""What a store of secrets has to do, and how the key vault is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemorySecrets
from shared.adapters.secret_store import SecretStore
from shared.domain.errors import OutcomeUnknown, Rejected
from shared.ports import Secrets
from tests.ports.credentials import FakeCredential

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOME, RIVAL = "lunifico", "33333333-3333-4333-8333-333333333333"


@dataclass
class Vault:
    """Secrets by name; `requests` are those that came."""

    values: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    status: int = 200

    async def read(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer token-of-the-identity"
        assert request.query_params["api-version"] == "7.4"
        name = request.path_params["name"]
        self.requests.append(name)
        if name not in self.values:
            return JSONResponse({"error": {"code": "SecretNotFound"}}, 404)
        return JSONResponse({"value": self.values[name]}, self.status)

    async def write(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer token-of-the-identity"
        self.values[request.path_params["name"]] = (await request.json())["value"]
        return JSONResponse({"id": "…"}, self.status)


@dataclass
class World:
    vault: Vault
    store: SecretStore
    credential: FakeCredential
    time: list[float]


@dataclass
class Served:
    """Where the vault is; each test has one of its own."""

    url: str = ""
    http: HttpSession = field(default_factory=HttpSession)
    vault: Vault = field(default_factory=Vault)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Served]:
    place = Served()

    async def read(request: Request) -> Response:
        return await (place.vault.write if request.method == "PUT" else place.vault.read)(request)

    async with serving(Starlette(routes=[Route("/secrets/{name}", read, methods=["GET", "PUT"])])) as server:
        place.url = server.url
        yield place
        await place.http.close()


@pytest.fixture
def world(served: Served) -> World:
    served.vault, credential = Vault({"acs": "from the vault"}), FakeCredential()
    environment, time = {"ACS": "from the settings", "EMPTY": ""}, [0.0]
    store = SecretStore(environment, served.http, HOME, served.url, lambda: credential, lambda: time[0])
    return World(served.vault, store, credential, time)


@pytest.fixture(params=["memory", "store"])
def secrets(request: pytest.FixtureRequest, world: World) -> Secrets:
    if request.param == "store":
        return world.store
    return MemorySecrets({"env:ACS": "from the settings", "keyvault:acs": "from the vault"}, HOME)


async def test_secrets_are_found_by_reference(secrets: Secrets) -> None:
    assert await secrets.get(HOME, "env:ACS") == "from the settings"
    assert await secrets.get(HOME, "keyvault:acs") == "from the vault"


@pytest.mark.parametrize(
    "reference", ["env:MISSING", "env:EMPTY", "env:", "keyvault:missing", "keyvault:", "ACS", "", "file:/etc/passwd"]
)
async def test_what_is_not_there_is_refused(secrets: Secrets, reference: str) -> None:
    with pytest.raises(Rejected):
        await secrets.get(HOME, reference)


async def test_what_is_kept_is_found_by_the_reference_that_is_given(secrets: Secrets) -> None:
    reference = await secrets.put("acs-lunifico-1", "endpoint=…;accesskey=…")
    assert await secrets.get(HOME, reference) == "endpoint=…;accesskey=…"


async def test_another_tenant_gets_what_has_its_id_in_the_name_and_nothing_else(secrets: Secrets) -> None:
    own = await secrets.put(f"acs-{RIVAL}-1", "the rival's")
    assert await secrets.get(RIVAL, own) == "the rival's"
    for tenant_id, reference in ((RIVAL, "keyvault:acs"), (RIVAL, "env:ACS"), (RIVAL, "env:MISSING"), (HOME, own)):
        assert secrets.refusal(tenant_id, reference)
        with pytest.raises(Rejected) as failure:
            await secrets.get(tenant_id, reference)
        assert failure.value.reason == "secret_foreign"


async def test_the_vault_is_not_asked_for_what_a_tenant_may_not_name(world: World) -> None:
    for name in ("acs", "missing"):
        with pytest.raises(Rejected):
            await world.store.get(RIVAL, f"keyvault:{name}")
    assert world.vault.requests == []


async def test_a_secret_that_could_not_be_kept_is_in_no_error(world: World) -> None:
    world.vault.status = 403
    with pytest.raises(Rejected) as failure:
        await world.store.put("acs-lunifico-1", "the secret itself")
    assert "the secret itself" not in str(failure.value)


async def test_without_a_vault_secrets_are_settings() -> None:
    http = HttpSession()
    with pytest.raises(Rejected, match="INTERACT_SECRET_") as failure:
        await SecretStore({"INTERACT_SECRET_ACS": "x"}, http, HOME).put("acs", "y")
    assert failure.value.reason == "secrets_read_only"
    await http.close()


async def test_the_vault_is_asked_once_in_five_minutes(world: World) -> None:
    for at, reads in ((0.0, 1), (299.0, 1), (301.0, 2)):
        world.time[0] = at
        await world.store.get(HOME, "keyvault:acs")
        assert len(world.vault.requests) == reads
    assert set(world.credential.scopes) == {"https://vault.azure.net/.default"}


async def test_a_failed_read_is_tried_again_and_not_remembered(world: World) -> None:
    world.vault.status = 500
    with pytest.raises(OutcomeUnknown) as failure:
        await world.store.get(HOME, "keyvault:acs")
    assert "from the vault" not in str(failure.value)
    assert len(world.vault.requests) == 3
    world.vault.status = 200
    assert await world.store.get(HOME, "keyvault:acs") == "from the vault"


async def test_without_a_vault_its_secrets_are_refused() -> None:
    http = HttpSession()
    with pytest.raises(Rejected, match="no key vault"):
        await SecretStore({}, http, HOME).get(HOME, "keyvault:acs")
    await http.close()
