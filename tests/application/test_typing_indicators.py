"""Who is writing is seen on the other side: of connected sessions, now and then, and without a write."""

from __future__ import annotations

import pytest

from shared.application.typing_indicators import EVERY
from shared.domain.errors import Unauthenticated
from tests.application.company import ELSEWHERE, HOME, LUISA, MARIO
from tests.application.world import World


async def customer_types(world: World, session_id: str, session_token: str) -> None:
    await world.app.typing_indicators.of_customer(session_id, session_token, HOME)


def seen_by(world: World, user_id: str = "mario") -> int:
    return len(world.agents.of(f"chat-{user_id}", "show_typing"))


class TestOfTheCustomer:
    async def test_the_connected_agent_sees_it(self, world: World) -> None:
        started = await world.starts()
        await world.registers(MARIO)
        session_id = await world.is_there(started)
        await world.accepts(MARIO, session_id)
        world.calls.clear()

        await customer_types(world, session_id, started.token)

        assert (seen_by(world), seen_by(world, "luisa")) == (1, 0)
        assert [call for call in world.calls if call.startswith(("sessions", "agent_store"))] == [
            "sessions.read",
            "agent_store.read",
        ]

    async def test_it_is_shown_once_in_three_seconds_and_costs_nothing_meanwhile(self, world: World) -> None:
        started = await world.starts()
        await world.registers(MARIO)
        session_id = await world.is_there(started)
        await world.accepts(MARIO, session_id)
        for _ in range(5):
            await customer_types(world, session_id, started.token)
        assert seen_by(world) == 1

        world.clock.advance(EVERY.total_seconds() - 0.1)
        world.calls.clear()
        await customer_types(world, session_id, started.token)
        assert (seen_by(world), world.calls) == (1, [])

        world.clock.advance(0.1)
        await customer_types(world, session_id, started.token)
        assert seen_by(world) == 2

    async def test_several_customers_of_one_agent_share_its_chat(self, world: World) -> None:
        await world.registers(MARIO)
        for key in ("key-1", "key-2"):
            started = await world.starts(key)
            session_id = await world.is_there(started)
            await world.accepts(MARIO, session_id)
            await customer_types(world, session_id, started.token)
        assert seen_by(world) == 1

    async def test_nobody_sees_it_while_the_customer_waits_or_after_the_end(self, world: World) -> None:
        started = await world.starts()
        session_id = await world.is_there(started)
        await customer_types(world, session_id, started.token)
        await world.app.sessions.end(session_id, started.token, HOME)
        world.clock.advance(10)
        await customer_types(world, session_id, started.token)
        assert [sent for sent in world.agents.sent if sent.what == "show_typing"] == []

    async def test_only_the_session_s_own_page_can_say_so(self, world: World) -> None:
        started = await world.starts()
        session_id = started.record.session.id
        with pytest.raises(Unauthenticated):
            await world.app.typing_indicators.of_customer(session_id, "forged", HOME)
        with pytest.raises(Unauthenticated):
            await world.app.typing_indicators.of_customer(session_id, started.token, ELSEWHERE)

    async def test_a_chat_that_cannot_be_reached_is_no_error(self, world: World) -> None:
        started = await world.starts()
        await world.registers(MARIO)
        session_id = await world.is_there(started)
        await world.accepts(MARIO, session_id)
        world.away = {"agents.show_typing"}
        await customer_types(world, session_id, started.token)
        assert seen_by(world) == 0


class TestOfTheAgent:
    async def test_the_customer_of_the_one_conversation_sees_it(self, world: World) -> None:
        session_id = await world.connected()
        world.calls.clear()
        await world.app.typing_indicators.of_agent(world.activity(MARIO))
        assert world.realtime.typing == [session_id]
        assert world.calls == ["agent_store.read", "realtime.show_typing"]

    async def test_it_is_shown_once_in_three_seconds(self, world: World) -> None:
        await world.connected()
        for _ in range(3):
            await world.app.typing_indicators.of_agent(world.activity(MARIO))
        world.clock.advance(EVERY.total_seconds())
        await world.app.typing_indicators.of_agent(world.activity(MARIO))
        assert len(world.realtime.typing) == 2

    async def test_without_a_conversation_or_with_several_nobody_sees_it(self, world: World) -> None:
        for key in ("key-1", "key-2"):
            await world.connected(key)
        await world.app.typing_indicators.of_agent(world.activity(MARIO))
        await world.registers(LUISA)
        await world.app.typing_indicators.of_agent(world.activity(LUISA))
        assert world.realtime.typing == []

    async def test_a_row_that_cannot_be_read_is_no_error(self, world: World) -> None:
        await world.connected()
        world.away = {"agent_store.read"}
        await world.app.typing_indicators.of_agent(world.activity(MARIO))
        assert world.realtime.typing == []
