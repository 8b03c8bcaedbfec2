"""Retention: some time after its end nothing of a conversation says who the customer was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.documents import to_json
from tests.application.company import CARLA, HOME, TENANT, form
from tests.application.world import World

DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def world_with_retention(world: World) -> World:
    world.config.put(TENANT.id, replace(TENANT, retention_days=30))
    return world


async def ended(world: World) -> str:
    session_id = await world.connected()
    await world.app.conversations.end(world.activity(), session_id)
    return session_id


async def test_until_then_everything_is_kept(world_with_retention: World) -> None:
    world = world_with_retention
    session_id = await ended(world)
    await world.passes(29 * DAY)

    assert world.session(session_id).customer.display_name == "Carla Customer"
    assert world.thread(session_id) != []


async def test_then_thread_identity_and_names_are_gone(world_with_retention: World) -> None:
    world = world_with_retention
    session_id = await ended(world)
    await world.passes(30 * DAY + 60)

    rows = world.sessions.rows[session_id]
    assert (world.messaging.threads, world.identity.visitors, world.sessions.index) == ({}, [], {})
    kept = to_json(rows.session) + to_json(world.history.entries[session_id]) + to_json(tuple(rows.timeline))
    assert "Carla" not in kept
    assert "carla@" not in kept


async def test_then_the_address_leads_nowhere_and_the_hash_of_the_form_is_gone(world_with_retention: World) -> None:
    world = world_with_retention
    session_id = await ended(world)
    (digest,) = world.ports.digests.of_address(TENANT.id, CARLA.email)
    assert await world.history.sessions_of(TENANT.id, digest, 10) == [session_id]
    assert world.sessions.rows[session_id].body_hash
    await world.passes(30 * DAY + 60)

    assert await world.history.sessions_of(TENANT.id, digest, 10) == []
    assert world.sessions.rows[session_id].body_hash == ""


async def test_what_is_kept_for_administrators_is_gone_as_well(world_with_retention: World) -> None:
    world = world_with_retention
    world.config.put(TENANT.id, replace(TENANT, retention_days=30, store_conversation_context=True))
    session_id = await ended(world)
    assert world.history.entries[session_id].customer == CARLA
    await world.passes(30 * DAY + 60)

    assert world.history.entries[session_id].customer is None


async def test_the_history_keeps_when_and_how_it_ended(world_with_retention: World) -> None:
    world = world_with_retention
    session_id = await ended(world)
    before = world.history.entries[session_id]
    await world.passes(31 * DAY)

    after = world.history.entries[session_id]
    assert (after.ended_at, after.end_reason, after.agent) == (before.ended_at, before.end_reason, before.agent)


async def test_an_outage_on_that_day_only_puts_it_off(world_with_retention: World) -> None:
    world = world_with_retention
    session_id = await ended(world)
    world.away.add("messaging.delete_thread")
    await world.passes(30 * DAY + 600)
    assert world.messaging.threads != {}
    world.away.clear()
    await world.passes(600)

    assert world.messaging.threads == {}
    assert world.identity.visitors == []
    assert world.session(session_id).customer.display_name == ""


async def test_a_left_message_is_forgotten_as_well(world_with_retention: World) -> None:
    world = world_with_retention
    service = next(iter(await world.config.services_of(TENANT.id, "mario")))
    widget = replace(service.interact.widget, offline_form=True)
    world.config.put(TENANT.id, replace(service, interact=replace(service.interact, widget=widget)))
    await world.registers(*[user for user in [await world.config.user(TENANT.id, "mario")] if user])
    await world.app.left_messages.leave(form(), HOME)
    (session_id,) = world.sessions.rows
    assert world.session(session_id).customer.display_name == "Carla Customer"
    await world.passes(31 * DAY)

    assert world.session(session_id).customer.display_name == ""


async def test_who_keeps_everything_for_ever_sets_no_timer(world: World) -> None:
    session_id = await ended(world)
    await world.passes(3_600)

    assert [wake_up for wake_up in world.timers.due if wake_up.session_id == session_id] == []
