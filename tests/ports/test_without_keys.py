"""SignalR and ACS entered by the app's managed identity, as Azure gives it its tokens: no key is anywhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import jwt
import pytest

from local.acs.certificates import Certificates
from local.acs.options import AcsOptions
from local.entra import ACS_AUDIENCE, SIGNALR_AUDIENCE, Entra, identity_endpoint
from local.serving import serving
from local.signalr import SignalROptions, create_app
from shared.adapters.http_session import HttpSession
from shared.adapters.signalr import SignalR
from shared.adapters.storage_account import ManagedIdentity
from shared.adapters.system import SystemClock
from shared.domain.availability import ContactState
from shared.domain.errors import Rejected
from shared.ports import Cursor
from tests.ports.acs import Acs, MemoryRelayStore, running_acs
from tests.ports.samples import TENANT
from tests.ports.test_realtime import END, Push, connect, connect_with

APP, STRANGER = "the app's client id", "a client id of another app"
OBJECT_IDS = {APP: "object id of the app", STRANGER: "object id of another app"}
ENTRA = Entra(roles=frozenset({OBJECT_IDS[APP]}))
KEY = "a key that nobody gets to know, 32 bytes"


@pytest.fixture
async def azure(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The process is a function app in Azure, which learns from two variables where its tokens come from."""
    async with serving(identity_endpoint(ENTRA, "header of this app", OBJECT_IDS)) as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header of this app")
        yield


@pytest.fixture
async def identity(azure: None) -> AsyncIterator[ManagedIdentity]:
    identity = ManagedIdentity(APP)
    yield identity
    await identity.close()


@pytest.fixture
async def stranger(azure: None) -> AsyncIterator[ManagedIdentity]:
    identity = ManagedIdentity(STRANGER)
    yield identity
    await identity.close()


class TestSignalR:
    OPTIONS = SignalROptions(KEY, entra=ENTRA, local_auth=False)

    @pytest.fixture
    async def push(self, identity: ManagedIdentity) -> AsyncIterator[Push]:
        http = HttpSession()
        async with serving(create_app(self.OPTIONS)) as server:
            connection_string = self.OPTIONS.connection_string(server.port)
            assert KEY not in connection_string
            yield Push(SignalR(connection_string, http, SystemClock(), identity), server.url, http)
            await http.close()

    async def test_a_sessions_widget_is_nudged(self, push: Push) -> None:
        socket = await connect(push, "session-1")
        await push.realtime.nudge("session-1", "connected")
        message = json.loads((await socket.receive_str(timeout=5)).rstrip(END))
        assert message["arguments"] == [{"sessionId": "session-1", "state": "connected"}]
        await socket.close()

    async def test_whoever_watches_a_contact_hears_of_it(self, push: Push) -> None:
        socket = await connect_with(push, await push.realtime.presence_access("contact & co"))
        await push.realtime.publish_presence("contact & co", ContactState.BUSY, datetime(2030, 1, 1, tzinfo=UTC))
        message = json.loads((await socket.receive_str(timeout=5)).rstrip(END))
        assert message["arguments"] == [{"state": "busy", "at": "2030-01-01T00:00:00.000Z"}]
        await socket.close()

    async def test_access_lasts_an_hour_and_is_for_this_session(self, push: Push) -> None:
        access = await push.realtime.access("session-1")
        assert access is not None
        claims = jwt.decode(access.access_token, KEY, algorithms=["HS256"], audience=access.url)
        assert claims["nameid"] == "session-1"

    async def test_an_identity_without_a_role_gets_nothing_and_does_no_harm(
        self, push: Push, stranger: ManagedIdentity, caplog: pytest.LogCaptureFixture
    ) -> None:
        connection_string = f"Endpoint={push.url};AuthType=azure.msi;Version=1.0;"
        realtime = SignalR(connection_string, push.http, SystemClock(), stranger)
        assert await realtime.access("session-1") is None
        await realtime.nudge("session-1", "ended")
        assert "SignalR gave no access: Rejected" in caplog.text
        assert "SignalR answered a nudge with 403" in caplog.text

    async def test_the_access_key_opens_nothing_any_more(self, push: Push, caplog: pytest.LogCaptureFixture) -> None:
        by_key = SignalR(f"Endpoint={push.url};AccessKey={KEY}", push.http, SystemClock())
        await by_key.nudge("session-1", "ended")
        assert "SignalR answered a nudge with 401" in caplog.text

    @pytest.mark.parametrize("flaw", ["another service", "expired", "another directory"])
    async def test_a_token_for_something_else_is_refused(self, push: Push, flaw: str) -> None:
        token = {
            "another service": ENTRA.issue(OBJECT_IDS[APP], ACS_AUDIENCE),
            "expired": ENTRA.issue(OBJECT_IDS[APP], SIGNALR_AUDIENCE, -60),
            "another directory": Entra().issue(OBJECT_IDS[APP], SIGNALR_AUDIENCE),
        }[flaw]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{push.url}/api/hubs/interact/:generateToken?api-version=2023-07-01"
        async with push.http.open().post(url, headers=headers) as response:
            assert response.status == 401


async def test_without_an_identity_a_connection_string_without_a_key_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="identity"):
        SignalR("Endpoint=https://push.example;AuthType=azure.msi", HttpSession(), SystemClock())


async def test_outside_azure_widgets_poll(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The identity's endpoint does not answer; nobody waits for long and nothing is raised."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    identity, http = ManagedIdentity(APP), HttpSession()
    realtime = SignalR("Endpoint=https://push.example;AuthType=azure.msi", http, SystemClock(), identity)
    assert await realtime.access("session-1") is None
    await realtime.nudge("session-1", "ended")
    assert "SignalR gave no access" in caplog.text
    await identity.close()
    await http.close()


class TestAcs:
    @pytest.fixture
    async def acs(self, trusted_certificates: Certificates) -> AsyncIterator[Acs]:
        options = AcsOptions(limit_factor=100, entra=ENTRA, local_auth=False)
        async with running_acs(trusted_certificates, options) as standin:
            yield standin

    async def test_a_conversation_needs_no_key(self, acs: Acs, identity: ManagedIdentity) -> None:
        host = acs.host(MemoryRelayStore(), credential=identity)
        visitor = await host.identity.create_visitor(TENANT)
        thread, relay = await host.messaging.open_thread(TENANT, "session-1", visitor.user_id, "Carla")
        await host.messaging.send_as_visitor(TENANT, visitor, thread, "Carla", "Hello", "1")
        assert "Hello" in [one.text for one in await host.messaging.list_after(TENANT, thread, relay, Cursor())]
        assert (await host.identity.issue_token(TENANT, visitor.user_id)).user_id == visitor.user_id
        await host.identity.revoke_tokens(TENANT, visitor.user_id)
        await host.identity.delete_visitor(TENANT, visitor.user_id)

    async def test_an_identity_without_the_role_is_refused(self, acs: Acs, stranger: ManagedIdentity) -> None:
        host = acs.host(MemoryRelayStore(), credential=stranger)
        with pytest.raises(Rejected, match="403"):
            await host.identity.create_visitor(TENANT)

    async def test_the_access_key_opens_nothing_any_more(self, acs: Acs) -> None:
        with pytest.raises(Rejected, match="401"):
            await acs.host(MemoryRelayStore()).identity.create_visitor(TENANT)

    async def test_the_identity_s_token_goes_only_where_the_deployment_says(
        self, acs: Acs, identity: ManagedIdentity
    ) -> None:
        """An administrator of a tenant could type the endpoint of a server that collects tokens."""
        typed = replace(TENANT, acs_secret="keyvault:acs")
        with pytest.raises(Rejected, match="no ACS connection string"):
            await acs.host(MemoryRelayStore(), credential=identity).identity.create_visitor(typed)
        assert await acs.counts() == {}
