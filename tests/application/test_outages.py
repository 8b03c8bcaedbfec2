"""When something outside is away for long: nothing piles up, nobody is left behind, and what is lost is said."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.application.occasions import Wake
from shared.application.turn import ABANDONED
from shared.application.worker import LEASE
from shared.domain.errors import NotSent, OutcomeUnknown, PortError
from shared.domain.sessions import EndReason, Phase
from tests.application.company import MARIO, TENANT
from tests.application.faults import fails
from tests.application.world import World

QUARTER_OF_AN_HOUR = 900
PATIENT = replace(TENANT, session_recovery_timeout=86_400)
"""A tenant that does not give up a visitor of whom nothing is heard."""


async def after_an_outage(world: World, session_id: str, *calls: str) -> None:
    """Mario ends the conversation while this answers nothing for a quarter of an hour."""
    world.away.update(calls)
    await world.app.conversations.end(world.activity(), session_id)
    await world.passes(QUARTER_OF_AN_HOUR)
    world.away.clear()
    await world.passes(QUARTER_OF_AN_HOUR)


# --- what nobody else would mend -------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["agent_store.read", "agent_store.save"])
async def test_an_agent_is_free_after_an_outage_however_long(world: World, call: str) -> None:
    session_id = await world.connected()

    await after_an_outage(world, session_id, call)

    assert world.agent_store.records[(TENANT.id, "mario")].state.conversations == ()


async def test_the_visitor_s_token_is_revoked_after_an_outage_however_long(world: World) -> None:
    session_id = await world.connected()

    await after_an_outage(world, session_id, "identity.revoke_tokens")

    assert world.identity.tokens == {}


async def test_a_finished_session_is_in_the_history_after_an_outage_however_long(world: World) -> None:
    session_id = await world.connected()

    await after_an_outage(world, session_id, "history.record")

    assert world.history.entries[session_id].end_reason is EndReason.AGENT


async def test_storage_that_is_read_only_for_a_while_leaves_nobody_in_a_conversation(world: World) -> None:
    session_id = await world.connected()
    read_only = [NotSent("AccountIsReadOnly")] * 40
    host = world.host(fails("agent_store.save", *read_only))
    await host.conversations.end(world.activity(), session_id)

    await world.passes(120)

    assert world.agent_store.records[(TENANT.id, "mario")].state.conversations == ()
    assert world.happened(session_id, "DeliveryFailed") == []


# --- what is given up ------------------------------------------------------------------------------------------------


async def test_a_message_that_stays_in_doubt_is_given_up_visibly_and_the_next_ones_go_on(world: World) -> None:
    world.config.put(TENANT.id, PATIENT)
    session_id = await world.connected()
    world.away.add("agents.relay")
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))
    await world.passes(15 * LEASE.total_seconds())
    world.away.clear()

    await world.app.relay.look(session_id, world.writes(session_id, "Or by Monday?"))
    await world.passes(60)

    assert world.happened(session_id, "DeliveryFailed") == [
        {"effect": "relay_to_agent", "reason": "given_up", "agent_id": "mario"}
    ]
    assert "The last message could not be delivered." in world.read_by_customer(session_id)
    assert world.shown()[-1] == "Or by Monday?"


async def test_a_message_that_is_throttled_again_and_again_is_never_given_up(world: World) -> None:
    world.config.put(TENANT.id, PATIENT)
    session_id = await world.connected()
    host = world.host(fails("agents.relay", *[NotSent("throttled", retry_after=15)] * 30))
    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))
    for _ in range(30):
        world.clock.advance(16)
        await host.relay.look(session_id, world.writes(session_id, "Hello?"))

    await world.passes(60)

    assert "By Friday?" in world.shown()
    assert world.happened(session_id, "DeliveryFailed") == []


# --- nothing piles up ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call", ["agents.relay", "messaging.list_after", "agent_store.read", "config.tenant", "sessions.save"]
)
async def test_an_outage_multiplies_no_timers(world: World, call: str) -> None:
    world.config.put(TENANT.id, PATIENT)
    session_id = await world.connected()
    nudges = [world.writes(session_id, f"text {number}") for number in range(5)]
    world.away.add(call)

    for nudge in nudges:
        with suppress(PortError):
            await world.app.relay.look(session_id, nudge)
    waiting = []
    for _ in range(20):
        await world.passes(45)
        waiting.append(len(world.timers.due))

    assert max(waiting) <= 6
    world.away.clear()
    await world.app.relay.look(session_id, nudges[-1])
    await world.passes(120)
    lost = len(world.happened(session_id, "DeliveryFailed"))
    assert world.shown()[1:] == [f"text {number}" for number in range(lost, 5)]


# --- starts that were never finished ---------------------------------------------------------------------------------


async def test_a_session_that_never_gets_a_thread_is_given_up_after_ten_minutes(world: World) -> None:
    world.away.add("messaging.open_thread")
    with pytest.raises(OutcomeUnknown):
        await world.starts()
    (session_id,) = world.sessions.rows

    await world.passes(ABANDONED.total_seconds() - 1)
    assert world.session(session_id).phase is Phase.OPENED
    await world.passes(120)

    assert world.session(session_id).phase is Phase.ENDED
    assert world.identity.tokens == {}
    assert world.timers.due == []


async def test_a_session_that_gets_its_thread_late_begins_then(world: World) -> None:
    world.away.add("messaging.open_thread")
    with pytest.raises(OutcomeUnknown):
        await world.starts()
    world.away.clear()
    await world.passes(300)

    session_id = (await world.starts()).record.session.id
    await world.passes(5)

    assert world.session(session_id).phase is Phase.WAITING


# --- what is late is not done any more -------------------------------------------------------------------------------


async def test_an_invitation_that_was_throttled_until_its_round_was_over_is_not_sent(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    session_id = started.record.session.id
    host = world.host(fails("agents.invite", NotSent("throttled", retry_after=15)))
    await host.relay.look(session_id, Wake("opened"))
    rows = world.sessions.rows[session_id]
    assert rows.session.task is not None
    rows.session = replace(rows.session, task=replace(rows.session.task, invitations=()))
    rows.version += 1

    await world.passes(16)

    assert world.shown(what="invite") == []


async def test_a_host_that_knows_the_agent_from_another_conversation_looks_again(world: World) -> None:
    first = await world.connected("key-1")
    other_host = world.host(world.count)
    await other_host.relay.look(first, world.writes(first, "Hello?"))
    second = await world.connected("key-2")
    world.calls.clear()

    await other_host.relay.look(second, world.writes(second, "By Friday?"))

    assert "agent_store.read" in world.calls
    assert world.agents.of("chat-mario", "relay")[-1].with_reply
