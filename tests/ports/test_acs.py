"""The ACS adapters beyond the contract: the pool of relays, what a session costs, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import jwt
import pytest

from local.acs.certificates import Certificates
from local.acs.options import AcsOptions
from local.serving import LOOPBACK
from shared.adapters import acs_chat, failures
from shared.adapters.acs_relays import POOL_SIZE
from shared.adapters.http_session import HttpSession
from shared.adapters.tables import Tables
from shared.adapters.tables_relays import TableRelayStore
from shared.domain.errors import NotSent, OutcomeUnknown, Rejected
from shared.ports import ELSEWHERE, Credentials, Cursor
from tests.ports.acs import Acs, Host, MemoryRelayStore, running_acs
from tests.ports.samples import TENANT, unique

SEND = "sendMessage"


@pytest.fixture
async def host(acs: Acs) -> Host:
    return acs.host(MemoryRelayStore())


@pytest.fixture
async def second_session() -> AsyncIterator[HttpSession]:
    session = HttpSession()
    yield session
    await session.close()


async def opened(host: Host) -> tuple[Credentials, str, str]:
    visitor = await host.identity.create_visitor(TENANT)
    thread_id, relay_id = await host.messaging.open_thread(TENANT, unique("s"), visitor.user_id, "Carla Customer")
    return visitor, thread_id, relay_id


async def answer(host: Host, thread_id: str, relay_id: str) -> None:
    await host.messaging.send(TENANT, thread_id, relay_id, "Luisa", "Hello", {"effectId": "1"})


async def texts(host: Host, thread_id: str, relay_id: str, cursor: Cursor | None = None) -> list[str]:
    messages = await host.messaging.list_after(TENANT, thread_id, relay_id, cursor or Cursor())
    return [message.text for message in messages if message.is_text]


async def test_a_visitor_may_join_and_nothing_else(host: Host) -> None:
    visitor = await host.identity.create_visitor(TENANT)
    claims = jwt.decode(visitor.token, options={"verify_signature": False})
    assert claims["acsScope"] == "chat.join.limited"


async def test_sixteen_relays_share_the_threads(acs: Acs) -> None:
    store = MemoryRelayStore()
    host = acs.host(store)
    relays = {(await opened(host))[2] for _ in range(16)}
    pool = store.pools[("lunifico", acs.url)]
    assert POOL_SIZE == len(pool) == len(set(pool)) == 16
    assert relays <= set(pool)
    assert len(relays) > 4, "spread over the pool"


async def test_hosts_that_start_at_the_same_time_agree_on_the_pool(
    acs: Acs, tables: Tables, second_session: HttpSession
) -> None:
    tenant = replace(TENANT, id=unique("tenant"))
    hosts = [acs.host(TableRelayStore(tables), http, home=tenant.id) for http in (None, second_session)]
    visitors = await asyncio.gather(*(host.identity.create_visitor(tenant) for host in hosts))
    threads = await asyncio.gather(
        *(
            host.messaging.open_thread(tenant, "session", visitor.user_id, "Carla")
            for host, visitor in zip(hosts, visitors, strict=True)
        )
    )
    assert threads[0][1] == threads[1][1]
    for host in hosts:
        assert await host.messaging.is_relay(tenant, threads[0][1])
    stored = await TableRelayStore(tables).load(tenant.id, acs.url)
    assert stored is not None
    assert len(stored) == 16


async def test_another_acs_resource_of_the_tenant_gets_a_pool_of_its_own(tables: Tables) -> None:
    store, tenant_id = TableRelayStore(tables), unique("tenant")
    assert await store.remember(tenant_id, "https://one.example", ("a",)) == ("a",)
    assert await store.remember(tenant_id, "https://one.example", ("b",)) == ("a",)
    assert await store.load(tenant_id, "https://other.example") is None


async def test_what_a_conversation_costs_once_the_pool_is_there(acs: Acs, host: Host) -> None:
    await opened(host)
    await acs.reset_counts()
    visitor, thread_id, relay_id = await opened(host)
    await host.messaging.send_as_visitor(TENANT, visitor, thread_id, "Carla Customer", "Hello", "c-1")
    started = await acs.counts()
    assert (started["createIdentity"], started["createThread"], started[SEND]) == (1, 1, 1)
    await acs.reset_counts()
    for _ in range(3):
        await texts(host, thread_id, relay_id)
        await answer(host, thread_id, relay_id)
    assert (await acs.counts()) in ({"listMessages": 3, SEND: 3}, {"issueAccessToken": 1, "listMessages": 3, SEND: 3})
    await acs.reset_counts()
    await host.identity.issue_token(TENANT, visitor.user_id)
    assert await host.messaging.is_relay(TENANT, relay_id)
    assert await acs.counts() == {"issueAccessToken": 1}


async def test_a_listing_reads_no_more_pages_than_it_needs(
    acs: Acs, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acs_chat, "PAGE", 3)
    _, thread_id, relay_id = await opened(host)
    for _ in range(8):
        await answer(host, thread_id, relay_id)
    listed = await host.messaging.list_after(TENANT, thread_id, relay_id, Cursor())
    assert [message.sequence for message in listed] == sorted(message.sequence for message in listed)
    last = listed[-1]
    await acs.reset_counts()
    assert await texts(host, thread_id, relay_id, Cursor(listed[-3].sequence)) == ["Hello"] * 2
    assert await texts(host, thread_id, relay_id, Cursor(last.sequence, last.created_on)) == []
    assert await acs.counts() == {"listMessages": 2}


async def test_what_the_service_itself_writes_is_no_text(host: Host) -> None:
    visitor, thread_id, relay_id = await opened(host)
    await host.messaging.remove_visitor(TENANT, thread_id, relay_id, visitor.user_id)
    listed = await host.messaging.list_after(TENANT, thread_id, relay_id, Cursor())
    assert listed
    assert not any(message.is_text for message in listed)


@pytest.mark.parametrize(("status", "failure"), [(500, OutcomeUnknown), (503, OutcomeUnknown), (400, Rejected)])
async def test_a_send_that_fails_is_made_once(acs: Acs, host: Host, status: int, failure: type[Exception]) -> None:
    _, thread_id, relay_id = await opened(host)
    await acs.reset_counts()
    await acs.fail(errorsBeforeEffect=1, errorStatuses=[status], operations=[SEND])
    with pytest.raises(failure):
        await answer(host, thread_id, relay_id)
    assert (await acs.counts())[SEND] == 1


async def test_a_throttled_send_says_when_to_come_back(acs: Acs, host: Host) -> None:
    visitor, thread_id, relay_id = await opened(host)
    await acs.fail(errorsBeforeEffect=1, errorStatuses=[429], operations=[SEND])
    with pytest.raises(NotSent) as refusal:
        await answer(host, thread_id, relay_id)
    assert refusal.value.retry_after == 1
    with pytest.raises(NotSent):
        await host.messaging.send_as_visitor(TENANT, visitor, thread_id, "Carla", "Hello", "c-1")


async def test_a_send_without_an_answer_is_given_up_in_time_and_may_have_happened(
    acs: Acs, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, thread_id, relay_id = await opened(host)
    await answer(host, thread_id, relay_id)
    await acs.fail(timeoutsAfterEffect=1, hangSeconds=1, operations=[SEND])
    monkeypatch.setattr(failures, "CALL", 0.3)
    with pytest.raises(OutcomeUnknown):
        await answer(host, thread_id, relay_id)
    monkeypatch.undo()
    await acs.fail()
    assert await texts(host, thread_id, relay_id) == ["Hello", "Hello"]


async def test_a_listing_and_a_new_thread_are_tried_again(acs: Acs, host: Host) -> None:
    _, thread_id, relay_id = await opened(host)
    await answer(host, thread_id, relay_id)
    await acs.fail(errorsBeforeEffect=0.3, errorStatuses=[500], operations=["listMessages", "createThread"], seed=1)
    await acs.reset_counts()
    for _ in range(4):
        assert await texts(host, thread_id, relay_id) == ["Hello"]
        await opened(host)
    counts = await acs.counts()
    assert counts["listMessages"] > 4
    assert counts["createThread"] > 4


async def test_a_relay_whose_token_was_revoked_gets_another(host: Host) -> None:
    _, thread_id, relay_id = await opened(host)
    await host.identity.revoke_tokens(TENANT, relay_id)
    await answer(host, thread_id, relay_id)
    assert await texts(host, thread_id, relay_id) == ["Hello"]


async def test_a_service_that_cannot_be_reached_was_sent_nothing(second_session: HttpSession) -> None:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        nowhere = Acs(f"https://localhost:{held.getsockname()[1]}", second_session).host(MemoryRelayStore())
        with pytest.raises(NotSent):
            await answer(nowhere, "19:thread@thread.v2", "8:acs:relay")


@pytest.mark.parametrize("secret", ["", "env:MISSING"])
async def test_a_tenant_without_a_connection_string_is_refused(host: Host, secret: str) -> None:
    with pytest.raises(Rejected):
        await host.identity.create_visitor(replace(TENANT, acs_secret=secret))


async def test_a_resource_that_does_not_know_the_relay_cannot_say_that_a_thread_is_gone(host: Host) -> None:
    _, thread_id, relay_id = await opened(host)
    with pytest.raises(Rejected) as refused:
        await host.messaging.delete_thread(TENANT, thread_id, f"{relay_id[:-8]}deadbeef")
    assert refused.value.reason == ELSEWHERE
    assert await texts(host, thread_id, relay_id) == []


async def test_after_a_change_of_the_resource_neither_can_it_where_the_relay_s_token_is_still_remembered(
    acs: Acs, trusted_certificates: Certificates
) -> None:
    async with running_acs(trusted_certificates, AcsOptions(immutable_resource_id=str(uuid.uuid4()))) as other:
        host = acs.host(MemoryRelayStore(), other=other.url)
        _, thread_id, relay_id = await opened(host)
        await answer(host, thread_id, relay_id)
        moved = replace(TENANT, acs_secret="env:OTHER")
        with pytest.raises(Rejected) as refused:
            await host.messaging.delete_thread(moved, thread_id, relay_id)
        assert refused.value.reason == ELSEWHERE
        assert await texts(host, thread_id, relay_id) == ["Hello"]
