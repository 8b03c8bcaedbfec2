"""When Event Grid is silent: the page's heartbeat says which message is the newest, and watchdogs look anyway."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.application.sessions import Started
from shared.domain.errors import OutcomeUnknown
from shared.domain.sessions import Phase
from tests.application.company import HOME, MARIO, TENANT
from tests.application.world import World

MINUTE = 60
PATIENT = replace(TENANT, session_recovery_timeout=86_400)
"""A tenant that does not give up a visitor of whom nothing is heard."""


async def _talking(world: World) -> tuple[str, Started]:
    """A connected session and its proof, a while after anything was last said."""
    world.config.put(TENANT.id, PATIENT)
    await world.registers(MARIO)
    started = await world.starts()
    session_id = await world.is_there(started)
    assert await world.accepts(MARIO, session_id) == "accepted"
    await world.passes(2 * MINUTE)
    return session_id, started


async def _beats(world: World, session_id: str, started: Started, last_message: str | None) -> None:
    await world.app.sessions.heartbeat(session_id, started.token, HOME, leaving=False, last_message=last_message)


async def test_a_message_of_which_nobody_has_told_is_relayed_by_the_next_heartbeat(world: World) -> None:
    session_id, started = await _talking(world)
    unheard = world.writes(session_id, "By Friday?")

    await _beats(world, session_id, started, unheard.message_id)

    assert world.shown()[-1] == "By Friday?"


async def test_all_messages_before_it_come_along_in_order(world: World) -> None:
    session_id, started = await _talking(world)
    for text in ("one", "two"):
        world.writes(session_id, text)
    newest = world.writes(session_id, "three")

    await _beats(world, session_id, started, newest.message_id)

    assert world.shown()[-3:] == ["one", "two", "three"]


@pytest.mark.parametrize("last_message", ["known", None])
async def test_a_heartbeat_with_nothing_new_costs_what_it_always_did(world: World, last_message: str | None) -> None:
    session_id, started = await _talking(world)
    nudge = world.writes(session_id, "By Friday?")
    await world.app.relay.look(session_id, nudge)
    world.calls.clear()

    await _beats(world, session_id, started, nudge.message_id if last_message else None)

    assert world.calls == ["sessions.read", "sessions.sign_of_life"]


async def test_while_the_customer_waits_nothing_is_read(world: World) -> None:
    started = await world.starts()
    session_id = await world.is_there(started)
    unheard = world.writes(session_id, "Hello?")
    world.calls.clear()

    await _beats(world, session_id, started, unheard.message_id)

    assert world.session(session_id).phase is Phase.WAITING
    assert "messaging.list_after" not in world.calls


async def test_a_made_up_message_changes_nothing(world: World) -> None:
    session_id, started = await _talking(world)
    before = world.shown()

    await _beats(world, session_id, started, "no such message")

    assert world.shown() == before


async def test_a_heartbeat_whose_look_fails_is_a_sign_of_life_and_is_repeated(world: World) -> None:
    session_id, started = await _talking(world)
    unheard = world.writes(session_id, "By Friday?")
    world.away.add("messaging.list_after")
    with pytest.raises(OutcomeUnknown):
        await _beats(world, session_id, started, unheard.message_id)
    world.away.clear()

    await _beats(world, session_id, started, unheard.message_id)

    presence = world.sessions.rows[session_id].presence
    assert presence is not None
    assert presence.last_seen == world.clock.now()
    assert world.shown()[-1] == "By Friday?"


async def test_soon_after_a_turn_the_watchdog_finds_it_without_any_page(world: World) -> None:
    session_id, _ = await _talking(world)
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))
    world.writes(session_id, "Or by Monday?")

    await world.passes(MINUTE)

    assert world.shown()[-2:] == ["By Friday?", "Or by Monday?"]
