"""Transfers interrupted: answers are lost, people leave meanwhile; no slot and no hint stays behind."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.memory import MemoryConfigStore
from shared.application.occasions import Wake
from shared.domain.errors import Busy, OutcomeUnknown
from shared.domain.sessions import EndReason, Phase
from shared.ports import Slot
from tests.application.centre import (
    LIMIT,
    ORDERS,
    holders,
    leading_to,
    put,
    two_services,
)
from tests.application.company import HOME, MARIO, SALES, TENANT
from tests.application.faults import Call, fails_afterwards
from tests.application.world import World


@pytest.fixture
def world() -> World:
    return two_services()


# --- interrupted -----------------------------------------------------------------------------------------------------


async def test_a_conversation_that_ends_while_it_is_transferred_leaves_no_slot_behind(world: World) -> None:
    started = await world.starts()
    session_id = await world.is_there(started)

    async def customer_ends_meanwhile(name: str, call: Call) -> Any:
        result = await call()
        if name == "queue.take_slot":
            await world.app.sessions.end(session_id, started.token, HOME)
        return result

    world.clock.advance(LIMIT)
    await world.host(customer_ends_meanwhile).relay.look(session_id, Wake("queue_limit"))
    await world.passes(60)

    assert world.session(session_id).end_reason is EndReason.CUSTOMER
    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [])


async def test_an_answer_that_is_lost_leaves_no_slot_behind_when_the_conversation_ends(world: World) -> None:
    started = await world.starts()
    session_id = await world.is_there(started)
    world.clock.advance(LIMIT)
    host = world.host(fails_afterwards("queue.take_slot", OutcomeUnknown("answered nothing")))
    await host.relay.look(session_id, Wake("queue_limit"))
    assert holders(world, ORDERS) == [session_id]

    await world.app.sessions.end(session_id, started.token, HOME)
    await world.passes(60)

    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [])


async def test_an_answer_that_is_lost_is_found_again_and_the_conversation_goes_on(world: World) -> None:
    session_id = await world.opens()
    world.clock.advance(LIMIT)
    host = world.host(fails_afterwards("queue.take_slot", OutcomeUnknown("answered nothing")))
    await host.relay.look(session_id, Wake("queue_limit"))

    await world.passes(25)

    assert world.session(session_id).contact == ORDERS
    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [session_id])


async def test_who_cannot_be_transferred_within_a_minute_goes_the_other_way(world: World) -> None:
    started = await world.starts()
    session_id = await world.is_there(started)
    world.away.add("queue.slots")

    await world.passes(LIMIT + 55)
    assert world.session(session_id).phase is Phase.WAITING
    await world.passes(30)

    assert "No other service." in world.read_by_customer(session_id)
    assert world.session(session_id).contact == SALES


async def test_a_tenant_that_was_closed_meanwhile_transfers_nobody(world: World) -> None:
    session_id = await world.opens()
    world.config.documents.clear()
    world.config.documents.update(MemoryConfigStore(replace(TENANT, interact_enabled=False)).documents)

    await world.passes(LIMIT + 1)

    assert world.happened(session_id, "TransferRefused") == [{"reason": "interact_disabled"}]


# --- hints and slots of conversations that went on -------------------------------------------------------------------


async def test_a_hint_that_was_left_in_the_first_queue_is_cleared_away(world: World) -> None:
    session_id = await world.opens()
    queued_at = world.task(session_id).queued_at
    await world.passes(LIMIT)
    await world.queue.insert("lunifico:service:sales", queued_at, session_id)

    second = await world.opens("key-2")

    assert world.task(second).position == 1
    assert [waiter for _, waiter in await world.queue.first("lunifico:service:sales", 9)] == [second]


async def test_a_slot_of_a_conversation_that_goes_on_elsewhere_is_freed_when_it_ends(world: World) -> None:
    session_id = await world.opens()
    await world.passes(LIMIT)
    await world.queue.take_slot("lunifico:service:sales", 7, Slot(session_id, world.clock.now()))
    await world.passes(90)
    assert world.session(session_id).phase is Phase.ENDED
    put(world, leading_to("orders"), [MARIO], concurrency_cap=8)
    for number in range(7):
        await world.starts(f"other-{number}")

    # A start that is refused looks at a few slots only; whoever asks again and again comes in.
    for _ in range(40):
        with contextlib.suppress(Busy):
            await world.starts("one-more")
    assert session_id not in holders(world, SALES)
    assert len(holders(world, SALES)) == 8
