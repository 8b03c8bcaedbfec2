"""Entering storage and the login service with a managed identity in place of keys and secrets."""

from __future__ import annotations

import pytest

from shared.adapters.memory import ManualClock
from shared.adapters.queue_timers import QueueTimers
from shared.adapters.storage_account import ManagedIdentity, StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.teams_token import FederatedAssertion
from shared.domain.errors import NotSent
from tests.ports.credentials import FakeCredential

NOWHERE = "https://127.0.0.1:9"


async def test_tables_are_entered_with_the_identity() -> None:
    credential = FakeCredential()
    tables = Tables(StorageAccount(table_endpoint=NOWHERE, credential=lambda: credential))
    with pytest.raises(NotSent):
        await tables.get("sessions", "partition", "key")
    assert set(credential.scopes) == {"https://storage.azure.com/.default"}
    await tables.close()
    assert not credential.closed, "it is lent"


async def test_queues_are_entered_with_the_identity() -> None:
    credential, clock = FakeCredential(), ManualClock()
    timers = QueueTimers(StorageAccount(queue_endpoint=NOWHERE, credential=lambda: credential), clock)
    with pytest.raises(NotSent):
        await timers.wake("session-1", clock.now(), "watchdog")
    assert set(credential.scopes) == {"https://storage.azure.com/.default"}
    await timers.close()
    assert not credential.closed, "it is lent"


async def test_an_account_that_nobody_can_enter_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(ValueError, match="connection string or a credential"):
        await Tables(StorageAccount(table_endpoint=NOWHERE)).get("sessions", "partition", "key")
    with pytest.raises(ValueError, match="connection string or a credential"):
        await QueueTimers(StorageAccount(queue_endpoint=NOWHERE), ManualClock()).wake("s", ManualClock().now(), "x")


async def test_the_bots_assertion_is_a_token_for_the_exchange() -> None:
    credential = FakeCredential()
    assertion = FederatedAssertion(lambda: credential)
    assert await assertion() == "token-of-the-identity"
    assert credential.scopes == ["api://AzureADTokenExchange/.default"]


async def test_one_credential_is_made_at_first_use_lent_to_all_and_closed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[FakeCredential] = []

    def make(*, managed_identity_client_id: str | None) -> FakeCredential:
        assert managed_identity_client_id == "33333333-3333-4333-8333-333333333333"
        made.append(FakeCredential())
        return made[-1]

    monkeypatch.setattr("azure.identity.aio.DefaultAzureCredential", make)
    identity = ManagedIdentity("33333333-3333-4333-8333-333333333333")
    assert made == []
    assert await FederatedAssertion(identity)() == "token-of-the-identity"
    assert identity() is identity()
    await identity.close()
    await identity.close()
    assert [credential.closed for credential in made] == [1]


async def test_the_identity_is_what_the_sdk_takes_for_one() -> None:
    identity = ManagedIdentity()
    assert callable(identity().get_token)
    await identity.close()
