"""How agents stand, and what sets one right again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.agent_overview import AgentView
from shared.domain.administrators import Administrator
from shared.domain.availability import TeamsPresence
from shared.domain.conflicts import RoleMissing
from shared.domain.distribution import LeftOut, Ring
from shared.domain.errors import NotFound
from shared.ports import AuditAction
from tests.application.administrators import ADA, EUROPEAN, READER, STRANGER, with_units
from tests.application.company import LUISA, MARIO, TENANT
from tests.application.faults import Call
from tests.application.world import World


async def views(world: World, service_id: str = "", administrator: Administrator = ADA) -> dict[str, AgentView]:
    page = await world.app.agent_overview.page(administrator, service_id, None, 50)
    return {view.user_id: view for view in page.items}


async def test_whoever_is_registered_is_listed_with_the_services_and_why_no_task_comes(world: World) -> None:
    await world.registers(MARIO, LUISA)
    world.presence.states[LUISA.id] = TeamsPresence.OFFLINE

    found = await views(world)
    assert list(found) == ["luisa", "mario"]
    assert (found["mario"].reason, found["luisa"].reason) == (None, LeftOut.OFFLINE_IN_TEAMS)
    assert [one.service.id for one in found["mario"].services] == ["sales"]
    assert found["luisa"].presence is TeamsPresence.OFFLINE


async def test_a_service_s_members_are_listed_even_if_they_have_never_registered(world: World) -> None:
    await world.registers(MARIO)

    found = await views(world, "sales")
    assert (found["luisa"].state, found["luisa"].reason) == (None, LeftOut.NOT_REGISTERED)
    assert found["mario"].reason is None


async def test_pages_go_on_where_they_were(world: World) -> None:
    await world.registers(MARIO, LUISA)
    for service_id in ("", "sales"):
        first = await world.app.agent_overview.page(ADA, service_id, None, 1)
        second = await world.app.agent_overview.page(ADA, service_id, first.next, 1)
        assert sorted(view.user_id for view in (*first.items, *second.items)) == ["luisa", "mario"]
        assert second.next is None


async def test_the_presence_of_a_page_is_one_question_to_teams(world: World) -> None:
    await world.registers(MARIO, LUISA)
    world.calls.clear()
    await views(world)
    assert world.calls.count("presence.of") == 1


async def test_an_administrator_of_a_unit_sees_its_own_people(world: World) -> None:
    with_units(world)
    world.config.put(TENANT.id, replace(LUISA, organization_unit_id="europe"))
    await world.registers(MARIO, LUISA)

    assert list(await views(world, administrator=EUROPEAN)) == ["luisa"]
    assert list(await views(world, administrator=READER)) == ["luisa", "mario"]
    assert list(await views(world, administrator=STRANGER)) == []
    with pytest.raises(NotFound):
        await world.app.agent_overview.read(EUROPEAN, "mario")


# --- reset -----------------------------------------------------------------------------------------------------------


async def test_a_missed_invitation_is_reset_and_whoever_waits_is_offered(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    await world.passes(40)
    assert (await views(world))["mario"].reason is LeftOut.DID_NOT_ANSWER

    reset = await world.app.agent_overview.reset(ADA, "mario")
    assert (reset.changes, reset.agent.reason) == (("missedInvitation",), None)
    await world.passes(1)
    assert world.task(session_id).invitation("mario") is not None


async def test_a_ring_and_conversations_that_no_session_confirms_are_gone(world: World) -> None:
    await world.registers(MARIO)
    ended = await world.connected("key-1")
    await world.app.conversations.end(world.activity(), ended)
    stale = Ring("nowhere", "nowhere.1", world.clock.now() + timedelta(hours=1))
    world.agent_store.change(
        TENANT.id, "mario", ring=stale, conversations=(ended, "nowhere"), after_call_until=world.clock.now()
    )

    reset = await world.app.agent_overview.reset(ADA, "mario")
    state = world.agent_store.records[TENANT.id, "mario"].state
    assert (state.ring, state.conversations, state.after_call_until) == (None, (), None)
    assert reset.changes == ("ring", "afterCallWork", "conversations")


async def test_what_is_so_stays(world: World) -> None:
    talking = await world.connected("key-1")
    ringing = await world.opens("key-2")
    before = world.agent_store.records[TENANT.id, "mario"].state
    assert before.ring is not None

    reset = await world.app.agent_overview.reset(ADA, "mario")
    after = world.agent_store.records[TENANT.id, "mario"].state
    assert (after.conversations, after.ring, reset.changes) == ((talking,), before.ring, ())
    assert await world.accepts(MARIO, ringing) == "accepted"


async def test_off_duty_is_the_agent_s_own(world: World) -> None:
    await world.registers(MARIO)
    await world.app.duty.set_duty(world.activity(), on=False)

    reset = await world.app.agent_overview.reset(ADA, "mario")
    assert reset.agent.reason is LeftOut.OFF_DUTY


async def test_a_reset_and_its_author_are_in_the_audit_log(world: World) -> None:
    await world.registers(MARIO)
    await world.app.agent_overview.reset(ADA, "mario")

    (entry,) = (await world.ports.administration.audit(TENANT.id)).entries
    assert (entry.what, entry.by.name, entry.key.id) == (AuditAction.RESET, "Ada", "mario")


async def test_only_whoever_administers_the_user_may_reset(world: World) -> None:
    await world.registers(MARIO)
    with pytest.raises(RoleMissing):
        await world.app.agent_overview.reset(READER, "mario")
    with pytest.raises(NotFound):
        await world.app.agent_overview.reset(ADA, "nobody")


async def test_one_who_was_never_registered_has_nothing_to_reset(world: World) -> None:
    assert (await world.app.agent_overview.reset(ADA, "luisa")).changes == ()


async def test_a_claim_at_the_same_moment_is_not_lost(world: World) -> None:
    """The agent accepts while the reset is under way: the conversation stays."""
    await world.registers(MARIO)
    session_id = await world.opens()
    accepted = False

    async def accepting(name: str, call: Call) -> object:
        nonlocal accepted
        if name == "administration.record" and not accepted:
            accepted = True
            await world.accepts(MARIO, session_id)
        return await call()

    await world.host(accepting).agent_overview.reset(ADA, "mario")
    assert accepted
    assert world.agent_store.records[TENANT.id, "mario"].state.conversations == (session_id,)
