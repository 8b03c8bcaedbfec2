"""Transfers: a conversation goes on in another service, in the same thread and by that service's workflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.licences import Licence
from shared.domain.sessions import EndReason, Phase
from shared.workflow.transfers import MOST_TRANSFERS
from tests.application.centre import (
    LIMIT,
    ORDERS,
    events,
    holders,
    leading_to,
    put,
    put_second,
    service,
    two_services,
    workflow,
)
from tests.application.company import LUISA, MARIO, SALES, TENANT
from tests.application.queueing import offered_to, state
from tests.application.world import World


@pytest.fixture
def world() -> World:
    return two_services()


async def test_who_waits_too_long_goes_on_in_the_other_service_and_is_told_so(world: World) -> None:
    await world.registers(LUISA)
    session_id = await world.opens()
    thread = world.session(session_id).chat

    await world.passes(LIMIT)

    session = world.session(session_id)
    assert (session.contact, session.chat, session.transfers) == (ORDERS, thread, 1)
    assert "transferred" in events(world, session_id)
    assert offered_to(world, session_id) == ["luisa"]


async def test_the_history_goes_along_and_the_agent_reads_all_of_it(world: World) -> None:
    await world.registers(LUISA)
    session_id = await world.opens()
    await world.app.relay.look(session_id, world.writes(session_id, "Anybody there?"))
    await world.passes(LIMIT)

    await world.accepts(LUISA, session_id)

    assert world.shown(LUISA) == ["Do you deliver to Basel?", "Anybody there?"]
    assert len(world.messaging.threads) == 1


async def test_from_then_on_the_other_service_s_definition_counts_on_every_host(world: World) -> None:
    world.config.put(TENANT.id, service("orders", workflow(name="orders"), [LUISA], after_call_work=60))
    await world.registers(LUISA)
    session_id = await world.opens()
    await world.passes(LIMIT)

    record = await world.ports.sessions.read(session_id)
    assert record is not None
    assert (record.definition.workflow.id, record.definition.contact_name) == ("orders", "Lunifico Orders")
    await world.accepts(LUISA, session_id)
    await world.host(world.count).conversations.end(world.activity(LUISA), session_id)
    assert state(world, LUISA).after_call_until == world.clock.now() + timedelta(seconds=60)


async def test_the_task_waits_in_the_other_queue_and_no_more_in_the_first(world: World) -> None:
    session_id = await world.opens()

    await world.passes(LIMIT)

    waiting = {name: await world.queue.first(f"lunifico:service:{name}", 9) for name in ("sales", "orders")}
    assert waiting["sales"] == []
    assert [waiter for _, waiter in waiting["orders"]] == [session_id]


async def test_the_slot_moves_along_and_is_free_at_the_end(world: World) -> None:
    session_id = await world.opens()
    assert (holders(world, SALES), holders(world, ORDERS)) == ([session_id], [])

    await world.passes(LIMIT)
    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [session_id])
    await world.passes(61)

    assert world.session(session_id).phase is Phase.ENDED
    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [])


async def test_an_agent_of_the_first_service_can_accept_no_more(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    offer_id = world.task(session_id).offer_id
    await world.passes(LIMIT)

    assert (await world.app.conversations.accept(world.activity(), session_id, offer_id)).outcome == "expired"
    assert state(world).ring is None


async def test_offers_in_the_other_service_have_ids_of_their_own(world: World) -> None:
    await world.registers(MARIO, LUISA)
    session_id = await world.opens()
    first = world.task(session_id).offer_id

    await world.passes(LIMIT)

    assert world.task(session_id).offer_id not in (None, first)


async def test_custom_parameters_go_along(world: World) -> None:
    session_id = await world.opens(parameters={"topic": "shoes"})

    await world.passes(LIMIT)

    assert world.session(session_id).parameters == {"topic": "shoes"}


# --- refused ---------------------------------------------------------------------------------------------------------


async def refused(world: World) -> str:
    """A conversation that should be transferred and is not; its id."""
    session_id = await world.opens()
    await world.passes(LIMIT + 1)
    assert world.session(session_id).contact == SALES
    assert "No other service." in world.read_by_customer(session_id)
    assert world.session(session_id).end_reason is EndReason.WORKFLOW
    assert holders(world, SALES) == []
    return session_id


async def test_a_service_that_is_full_takes_nobody(world: World) -> None:
    world.config.put(TENANT.id, service("orders", workflow(name="orders"), [LUISA], concurrency_cap=1))
    await world.starts("key-9", contact=ORDERS)

    session_id = await refused(world)

    assert world.happened(session_id, "TransferRefused") == [{"reason": "concurrency_cap_reached"}]
    assert session_id not in holders(world, ORDERS)


async def test_a_service_without_a_licence_takes_nobody(world: World) -> None:
    unlicensed = service("orders", workflow(name="orders"), [LUISA])
    world.config.put(TENANT.id, replace(unlicensed, licences=frozenset({Licence.ENTERPRISE})))

    assert world.happened(await refused(world), "TransferRefused") == [{"reason": "contact_not_licensed"}]


async def test_a_service_that_does_not_exist_takes_nobody(world: World) -> None:
    put(world, leading_to("nowhere"), [MARIO])

    assert world.happened(await refused(world), "TransferRefused") == [{"reason": "contact_unknown"}]


async def test_a_transfer_to_the_same_service_fails_at_once(world: World) -> None:
    put(world, leading_to("sales"), [MARIO])

    assert world.happened(await refused(world), "TransferRefused") == []


async def test_services_that_lead_to_each_other_do_so_a_few_times_only(world: World) -> None:
    put_second(world, "orders", leading_to("sales", "orders"), [LUISA])
    started = await world.starts()
    session_id = await world.is_there(started)
    for _ in range(2 * MOST_TRANSFERS):
        await world.passes(LIMIT + 1)
        if world.session(session_id).phase is not Phase.ENDED:
            await world.is_there(started)

    assert world.session(session_id).transfers == MOST_TRANSFERS == 5
    assert world.session(session_id).end_reason is EndReason.WORKFLOW
    assert world.read_by_customer(session_id)[-1] == "No other service."
    assert (holders(world, SALES), holders(world, ORDERS)) == ([], [])
