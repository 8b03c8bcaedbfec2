"""Entering storage and the login service with a managed identity in place of keys and secrets."""

from __future__ import annotations

import pytest

from shared.adapters.memory import ManualClock
from shared.adapters.queue_timers import QueueTimers
from shared.adapters.storage_account import StorageAccount, managed_identity
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


async def test_queues_are_entered_with_the_identity() -> None:
    credential, clock = FakeCredential(), ManualClock()
    timers = QueueTimers(StorageAccount(queue_endpoint=NOWHERE, credential=lambda: credential), clock)
    with pytest.raises(NotSent):
        await timers.wake("session-1", clock.now(), "watchdog")
    assert set(credential.scopes) == {"https://storage.azure.com/.default"}
    await timers.close()


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
    await assertion.close()
    assert credential.closed


async def test_the_identity_of_the_function_app_is_made_at_first_use() -> None:
    create = managed_identity("33333333-3333-4333-8333-333333333333")
    credential = create()
    await credential.close()
