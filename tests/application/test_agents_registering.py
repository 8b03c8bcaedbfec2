"""Registering with the bot: who is offered tasks, and until when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.application.agent_rows import TRIES
from shared.application.agents import Answer
from shared.domain.distribution import AgentState
from shared.domain.errors import PortError, VersionConflict
from shared.ports import BotConversation
from tests.application.company import MARIO, TENANT
from tests.application.faults import Call
from tests.application.world import World


def state(world: World) -> AgentState:
    return world.agent_store.records[(TENANT.id, "mario")].state


async def test_installing_the_bot_registers_the_user_and_remembers_the_chat(world: World) -> None:
    await world.registers(MARIO)

    record = world.agent_store.records[(TENANT.id, "mario")]
    assert record.state == AgentState("mario", registered=True)
    assert record.conversation == BotConversation("https://smba.example", "chat-mario")


async def test_registering_again_writes_nothing_unless_the_chat_has_moved(world: World) -> None:
    await world.registers(MARIO)
    world.calls.clear()
    await world.registers(MARIO)
    assert "agent_store.save" not in world.calls

    moved = replace(world.activity(), conversation=BotConversation("https://smba.example", "another"))
    await world.app.conversations.register(moved)

    record = world.agent_store.records[(TENANT.id, "mario")]
    assert record.conversation == moved.conversation


async def test_registering_again_keeps_what_the_agent_is_doing(world: World) -> None:
    session_id = await world.connected()

    await world.app.conversations.register(
        replace(world.activity(), conversation=BotConversation("https://smba.example", "another"))
    )

    assert state(world).conversations == (session_id,)


async def test_who_removes_the_bot_is_offered_nothing_any_more(world: World) -> None:
    await world.registers(MARIO)
    await world.app.conversations.unregister(world.activity())

    session_id = await world.opens()

    assert not state(world).registered
    assert world.task(session_id).invitations == ()


async def test_available_again_resets_the_flag_of_a_missed_invitation(world: World) -> None:
    await world.registers(MARIO)
    world.agent_store.change(TENANT.id, "mario", missed="earlier.1", on_duty=False)

    answer = await world.app.duty.available(world.activity())

    assert answer == Answer("available")
    assert (state(world).missed, state(world).on_duty) == (None, True)


async def test_a_row_that_others_write_as_well_is_read_again(world: World) -> None:
    await world.registers(MARIO)
    others = 0

    async def others_write_first(name: str, call: Call) -> Any:
        nonlocal others
        if name == "agent_store.save" and others < 3:
            others += 1
            world.agent_store.change(TENANT.id, "mario", conversations=(f"other-{others}",))
        return await call()

    await world.host(others_write_first).conversations.unregister(world.activity())

    assert (state(world).registered, state(world).conversations) == (False, ("other-3",))


async def test_a_row_that_stays_contended_is_left_to_the_repetition_by_teams(world: World) -> None:
    tries = 0

    async def somebody_is_always_faster(name: str, call: Call) -> Any:
        nonlocal tries
        if name == "agent_store.save":
            tries += 1
            raise VersionConflict("somebody else wrote first")
        return await call()

    with pytest.raises(PortError) as error:
        await world.host(somebody_is_always_faster).conversations.register(world.activity())

    assert error.value.status == 503
    assert tries == TRIES
