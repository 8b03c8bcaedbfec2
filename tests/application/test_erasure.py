"""Forgetting a customer by address: everywhere, at once or step by step, and after a crash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.documents import to_json
from shared.application.erasure import MOST_AT_ONCE, ErasedState
from shared.domain.administrators import Administrator
from shared.domain.conflicts import RoleMissing
from shared.domain.errors import InvalidRequest
from shared.domain.sessions import Phase
from shared.ports import AuditAction
from tests.application.administrators import ADA, EUROPEAN, READER, keeps_context
from tests.application.company import CARLA, DIRECTLY_MARIO, HOME, OTTO, TENANT, form
from tests.application.faults import Call, HostDied
from tests.application.world import World


def everything(world: World) -> str:
    """All that is stored of sessions, as text."""
    stored = world.sessions.rows.values()
    rows = [to_json(one.session) + to_json(tuple(one.timeline)) + repr(one.effects) for one in stored]
    history = [to_json(entry) for entry in world.history.entries.values()]
    threads = [message.text for thread in world.messaging.threads.values() for message in thread]
    return "\n".join([*rows, *history, *threads, repr(world.queue.taken), repr(world.history.found)])


async def ended(world: World, key: str, **changes: Any) -> str:
    session_id = await world.connected(key) if not changes else await world.opens(key, **changes)
    await world.app.session_stories.end(ADA, session_id)
    return session_id


async def test_nothing_of_the_customer_is_left_and_the_report_says_where_it_was(world: World) -> None:
    keeps_context(world)
    session_id = await ended(world, "key-1")
    others = await ended(world, "key-2", customer=OTTO)
    assert "Carla" in everything(world)

    report = await world.app.erasure.erase(ADA, " Carla@EXAMPLE.org ")

    assert report.is_complete
    (erased,) = report.sessions
    assert (erased.session_id, erased.state, erased.transport) == (session_id, ErasedState.ERASED, "acs")
    assert report.places["acsThreads"] == report.places["sessions"] == report.places["history"] == 1
    left = everything(world)
    assert ("Carla" in left, "carla" in left) == (False, False)
    assert world.session(others).customer == OTTO
    assert len(world.messaging.threads) == len(world.identity.visitors) == 1


async def test_conversations_that_run_are_ended_first_and_both_sides_are_told(world: World) -> None:
    session_id = await world.connected()
    world.calls.clear()

    report = await world.app.erasure.erase(ADA, CARLA.email)

    assert [(one.was_running, one.state) for one in report.sessions] == [(True, ErasedState.ERASED)]
    assert world.session(session_id).phase is Phase.ENDED
    assert "An administrator has ended this conversation." in world.shown(what="notify")
    assert world.calls.index("messaging.send") < world.calls.index("messaging.delete_thread")
    assert world.agent_store.records[TENANT.id, "mario"].state.conversations == ()


async def test_those_in_person_and_left_messages_are_found_as_well(world: World) -> None:
    directly = await world.opens("key-1", contact=DIRECTLY_MARIO)
    service = next(iter(await world.config.services_of(TENANT.id, "mario")))
    widget = replace(service.interact.widget, offline_form=True)
    world.config.put(TENANT.id, replace(service, interact=replace(service.interact, widget=widget)))
    await world.registers(*[user for user in [await world.config.user(TENANT.id, "mario")] if user])
    await world.app.left_messages.leave(form("key-2"), HOME)

    report = await world.app.erasure.erase(ADA, CARLA.email)

    assert (report.is_complete, len(report.sessions)) == (True, 2)
    assert directly in {one.session_id for one in report.sessions}
    assert "Carla" not in everything(world)


async def test_it_can_be_repeated(world: World) -> None:
    await ended(world, "key-1")
    await world.app.erasure.erase(ADA, CARLA.email)

    again = await world.app.erasure.erase(ADA, CARLA.email)
    assert (again.is_complete, again.sessions) == (True, ())


async def test_an_outage_leaves_it_incomplete_and_the_next_call_goes_on(world: World) -> None:
    await ended(world, "key-1")
    world.away.add("messaging.delete_thread")
    first = await world.app.erasure.erase(ADA, CARLA.email)
    assert (first.is_complete, first.sessions[0].state) == (False, ErasedState.PENDING)
    assert "Do you deliver" in everything(world)

    world.away.clear()
    await world.passes(60)
    second = await world.app.erasure.erase(ADA, CARLA.email)
    assert second.is_complete
    assert "Do you deliver" not in everything(world)


@pytest.mark.parametrize("number", range(1, 40, 2))
async def test_a_crash_anywhere_loses_nothing(world: World, number: int) -> None:
    """The host dies at its n-th call; repeating finds all that is left."""
    keeps_context(world)
    await ended(world, "key-1")
    await world.connected("key-2")
    calls = 0

    async def dying(name: str, call: Call) -> object:
        nonlocal calls
        calls += 1
        if calls >= number:
            raise HostDied(name)
        return await call()

    try:
        await world.host(dying).erasure.erase(ADA, CARLA.email)
    except HostDied:
        await world.passes(90)
    for _ in range(3):
        report = await world.app.erasure.erase(ADA, CARLA.email)
        if report.is_complete:
            break
        await world.passes(60)
    assert report.is_complete
    assert "Carla" not in everything(world)
    assert (world.messaging.threads, world.identity.visitors) == ({}, [])


async def test_one_call_does_so_many_and_the_next_ones_the_rest(world: World) -> None:
    for number in range(MOST_AT_ONCE + 3):
        world.clock.advance(1)
        await ended(world, f"key-{number}", customer=CARLA)

    first = await world.app.erasure.erase(ADA, CARLA.email)
    second = await world.app.erasure.erase(ADA, CARLA.email)
    assert (first.is_complete, len(first.sessions)) == (False, MOST_AT_ONCE)
    assert (second.is_complete, len(second.sessions)) == (True, 3)


async def test_a_start_that_is_under_way_is_waited_for(world: World) -> None:
    world.away.add("sessions.create")
    with pytest.raises(Exception, match="answers nothing"):
        await world.starts()

    report = await world.app.erasure.erase(ADA, CARLA.email)
    assert [(one.state, one.reason) for one in report.sessions] == [(ErasedState.PENDING, "starting")]
    world.clock.advance(61)
    assert (await world.app.erasure.erase(ADA, CARLA.email)).is_complete


async def test_the_audit_log_has_the_digest_and_not_the_address(world: World) -> None:
    await ended(world, "key-1")
    report = await world.app.erasure.erase(ADA, CARLA.email)

    entry = (await world.ports.administration.audit(TENANT.id)).entries[0]
    assert (entry.what, entry.details) == (AuditAction.ERASED, {"customer": report.digest, "sessions": "1"})
    assert "carla" not in repr(entry).lower()


@pytest.mark.parametrize("administrator", [READER, EUROPEAN])
async def test_only_tenant_administrators_may(world: World, administrator: Administrator) -> None:
    with pytest.raises(RoleMissing):
        await world.app.erasure.erase(administrator, CARLA.email)


@pytest.mark.parametrize("address", ["", "carla", " ", "x" * 250 + "@a.example"])
async def test_what_is_no_address_is_refused(world: World, address: str) -> None:
    with pytest.raises(InvalidRequest):
        await world.app.erasure.erase(ADA, address)
