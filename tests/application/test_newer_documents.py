"""After a rollback: what a newer version has stored is read by nobody, and what needs it waits until it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.application.worker import LEASE, LONGEST_WAIT
from shared.domain.errors import NewerSchema, NotSent, OutcomeUnknown
from tests.application.centre import put, queue_task, workflow
from tests.application.company import MARIO, TENANT
from tests.application.faults import Call, fails
from tests.application.world import World

DAY = timedelta(days=1).total_seconds()
PATIENT = replace(TENANT, session_recovery_timeout=7 * 86_400)
"""A tenant that does not give up a visitor of whom nothing is heard."""


@pytest.fixture
def newer(world: World) -> set[str]:
    """Calls of the configuration that find a document of a newer version, as long as they are in it."""
    unreadable: set[str] = set()

    async def around(name: str, call: Call) -> Any:
        if name in unreadable:
            raise NewerSchema("a stored document has schema 2, and this version knows 1: deploy the newer version")
        return await call()

    world.config.put(TENANT.id, PATIENT)
    world.app = world.host(around)
    return unreadable


async def test_an_agent_s_messages_wait_and_are_sent_once_each(world: World, newer: set[str]) -> None:
    session_id = await world.connected()
    newer.add("config.tenant")
    for text in ("Yes.", "On Friday."):
        await world.app.conversations.reply(world.activity(), session_id, text)
    await world.passes(DAY)
    assert world.happened(session_id, "DeliveryFailed") == []

    newer.clear()
    await world.passes(600)

    assert world.read_by_customer(session_id)[-2:] == ["Yes.", "On Friday."]
    assert world.happened(session_id, "DeliveryFailed") == []


async def test_a_message_in_doubt_is_neither_given_up_nor_doubled(world: World, newer: set[str]) -> None:
    session_id = await world.connected()
    host = world.host(fails("messaging.send", OutcomeUnknown("timed out")))
    await host.conversations.reply(world.activity(), session_id, "Yes.")
    newer.add("config.tenant")
    await world.passes(DAY)

    newer.clear()
    await world.passes(600)

    assert world.read_by_customer(session_id).count("Yes.") == 1


async def test_a_customer_s_message_is_told_again_until_it_can_be_read(world: World, newer: set[str]) -> None:
    session_id = await world.connected()
    newer.add("config.tenant")
    nudge = world.writes(session_id, "By Friday?")
    with pytest.raises(NotSent):
        await world.app.relay.look(session_id, nudge)

    newer.clear()
    await world.app.relay.look(session_id, nudge)

    assert world.shown()[-1] == "By Friday?"


async def test_a_conversation_that_has_ended_is_closed_later(world: World, newer: set[str]) -> None:
    session_id = await world.connected()
    newer.add("config.tenant")
    await world.app.conversations.end(world.activity(), session_id)
    await world.passes(DAY)
    assert world.identity.tokens != {}

    newer.clear()
    await world.passes(600)

    assert world.identity.tokens == {}


async def test_a_task_is_offered_when_its_service_can_be_read(world: World, newer: set[str]) -> None:
    put(world, workflow(queue_task(time_limit=3_600)))
    started = await world.starts()
    newer.add("config.contact")
    await world.registers(MARIO)
    session_id = await world.is_there(started)
    await world.passes(LEASE.total_seconds())
    assert world.happened(session_id, "DeliveryFailed") == []

    newer.clear()
    await world.passes(LONGEST_WAIT.total_seconds())

    assert await world.accepts(MARIO, session_id) == "accepted"
