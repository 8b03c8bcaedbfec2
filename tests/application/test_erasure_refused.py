"""What cannot be erased now stays to be found, and is erased with a later try: whoever begins it, and after a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from shared.application.erasure import MOST_AT_ONCE, ErasedSession, ErasedState
from shared.domain.errors import Rejected
from shared.ports import ELSEWHERE
from tests.application.administrators import ADA, keeps_context
from tests.application.company import CARLA, OTTO, TENANT
from tests.application.faults import Call, HostDied
from tests.application.test_erasure import ended, everything
from tests.application.world import World

DAY = timedelta(days=1).total_seconds()
THREAD, IDENTITY, HISTORY = "messaging.delete_thread", "identity.delete_visitor", "history.record"


async def erased(world: World) -> ErasedSession:
    """The one session that the address leads to, after a call."""
    (one,) = (await world.app.erasure.erase(ADA, CARLA.email)).sessions
    return one


async def is_found(world: World, session_id: str) -> bool:
    digests = world.ports.digests.of_address(TENANT.id, CARLA.email)
    found = [await world.history.sessions_of(TENANT.id, digest, 100) for digest in digests]
    return any(session_id in some for some in found)


async def test_the_report_says_what_is_erased_what_is_left_and_why(world: World) -> None:
    keeps_context(world)
    await ended(world, "key-1")
    world.refusing = {THREAD}

    report = await world.app.erasure.erase(ADA, CARLA.email)
    (one,) = report.sessions
    assert not report.is_complete
    assert (one.state, one.reason, one.transport) == (ErasedState.FAILED, "Forbidden", "acs")
    assert (one.erased, one.left) == (("sessions", "history", "acsIdentities"), ("acsThreads", "index"))
    assert report.places == {"sessions": 1, "history": 1, "index": 0, "acsIdentities": 1}


async def test_whatever_can_be_erased_is_and_the_address_leads_to_the_rest(world: World) -> None:
    keeps_context(world)
    session_id = await ended(world, "key-1")
    world.refusing = {THREAD}
    await erased(world)

    assert "carla" not in repr(world.session(session_id)).lower()
    assert "carla" not in repr(world.history.entries[session_id]).lower()
    assert world.identity.visitors == []
    assert "Do you deliver" in everything(world)
    assert await is_found(world, session_id)


async def test_another_messaging_service_than_theirs_erases_neither_thread_nor_identity(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it answers for an identity of the other one is not known."""
    await ended(world, "key-1")

    async def of_another(*_: object) -> None:
        raise Rejected("the resource does not know the relay of the thread", ELSEWHERE)

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(world.messaging, "delete_thread", of_another)
        one = await erased(world)
    assert (one.state, one.reason) == (ErasedState.FAILED, ELSEWHERE)
    assert {"acsThreads", "acsIdentities"} <= set(one.left)
    assert len(world.identity.visitors) == 1

    assert (await erased(world)).state is ErasedState.ERASED
    assert world.identity.visitors == []


@pytest.mark.parametrize("refusing", [{THREAD}, {IDENTITY}, {THREAD, IDENTITY}, {HISTORY}])
async def test_the_next_call_tries_again_and_succeeds_when_it_is_accepted(world: World, refusing: set[str]) -> None:
    keeps_context(world)
    session_id = await ended(world, "key-1")
    world.refusing = refusing
    assert [(await erased(world)).state for _ in range(3)] == [ErasedState.FAILED] * 3

    world.refusing = set()
    report = await world.app.erasure.erase(ADA, CARLA.email)
    assert (report.is_complete, report.sessions[0].state) == (True, ErasedState.ERASED)
    assert report.sessions[0].erased[-1] == "index"
    assert (world.messaging.threads, world.identity.visitors, world.sessions.index) == ({}, [], {})
    assert (world.session(session_id).unerased, await is_found(world, session_id)) == (None, False)
    assert (await world.app.erasure.erase(ADA, CARLA.email)).sessions == ()


async def test_each_try_counts_only_what_it_has_erased(world: World) -> None:
    await ended(world, "key-1")
    world.refusing = {THREAD, IDENTITY}
    assert (await erased(world)).erased == ("sessions", "history")
    world.refusing = {THREAD}
    assert (await erased(world)).erased == ("acsIdentities",)
    world.refusing = set()
    assert (await erased(world)).erased == ("acsThreads", "index")


async def test_what_has_gone_meanwhile_counts_as_erased(world: World) -> None:
    await ended(world, "key-1")
    world.refusing = {THREAD}
    await erased(world)
    world.refusing = set()
    world.messaging.threads.clear()

    assert (await erased(world)).state is ErasedState.ERASED


async def test_the_retention_is_applied_again_by_itself_ever_more_rarely(world: World) -> None:
    world.config.put(TENANT.id, replace(TENANT, retention_days=30))
    session_id = await ended(world, "key-1")
    world.refusing = {THREAD}
    await world.passes(30 * DAY + 60)
    assert await is_found(world, session_id)

    tries = []
    for day in range(1, 20):
        world.calls.clear()
        await world.passes(DAY)
        tries += [day] if THREAD in world.calls else []
    assert tries == [1, 3, 7, 15]

    world.refusing = set()
    await world.passes(16 * DAY)
    assert (world.messaging.threads, world.session(session_id).unerased) == ({}, None)
    assert not await is_found(world, session_id)


async def test_what_the_retention_could_not_erase_is_found_by_address(world: World) -> None:
    world.config.put(TENANT.id, replace(TENANT, retention_days=30))
    await ended(world, "key-1")
    world.refusing = {THREAD}
    await world.passes(30 * DAY + 60)

    world.refusing = set()
    one = await erased(world)
    assert (one.state, one.erased) == (ErasedState.ERASED, ("acsThreads", "index"))
    assert world.messaging.threads == {}


async def test_the_timeline_tells_each_refusal_and_no_id_of_what_is_left(world: World) -> None:
    session_id = await ended(world, "key-1")
    world.refusing = {THREAD, IDENTITY}
    await erased(world)

    refused = world.happened(session_id, "DeliveryFailed")
    assert refused == [{"effect": "erase_conversation", "reason": "Forbidden"}]
    assert "thread-" not in repr(world.sessions.rows[session_id].timeline)


@pytest.mark.parametrize("number", range(1, 30))
async def test_a_crash_in_a_later_try_loses_nothing(world: World, number: int) -> None:
    """The host dies at its n-th call; the address leads to what is left until nothing is."""
    session_id = await ended(world, "key-1")
    world.refusing = {THREAD}
    await erased(world)
    world.refusing = set()
    calls = count(1)

    async def dying(name: str, call: Call) -> object:
        if next(calls) >= number:
            raise HostDied(name)
        return await call()

    try:
        await world.host(dying).erasure.erase(ADA, CARLA.email)
    except HostDied:
        assert await is_found(world, session_id) or not world.messaging.threads
        await world.passes(90)
    for _ in range(3):
        if (await world.app.erasure.erase(ADA, CARLA.email)).is_complete:
            break
        await world.passes(60)
    assert (world.messaging.threads, world.session(session_id).unerased) == ({}, None)
    assert not await is_found(world, session_id)


async def test_those_that_are_refused_keep_no_others_waiting(world: World) -> None:
    for number in range(MOST_AT_ONCE + 3):
        world.clock.advance(1)
        await ended(world, f"key-{number}", customer=CARLA)
    await ended(world, "others", customer=OTTO)
    world.refusing = {THREAD}

    report = await world.app.erasure.erase(ADA, CARLA.email)
    assert (report.is_complete, len(report.sessions)) == (False, MOST_AT_ONCE + 3)
    world.refusing = set()
    again = [await world.app.erasure.erase(ADA, CARLA.email) for _ in range(2)]
    assert [one.is_complete for one in again] == [False, True]
    assert len(world.messaging.threads) == 1
