"""Signs that are only best effort: who is writing, and how far an agent has read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.widget import widget_session
from functions.widget_messages import widget_typing
from shared.application.occasions import Happened
from shared.domain.events import CustomerEnded
from tests.functions.test_bot import activity, post, waiting
from tests.functions.world import TENANT, World, json_of, request

RECEIPT = "application/vnd.microsoft.readReceipt"


@pytest.fixture
async def session_id(world: World) -> str:
    """Carla talks with Mario."""
    opened = await waiting()
    await world.connect(opened)
    return opened


def receipt(read: Any, **changes: Any) -> dict[str, Any]:
    return activity("event", name=RECEIPT, value={"lastReadMessageId": read}, **changes)


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


async def of_page(world: World, handler: Any, session_id: str, token: str | None = None) -> Any:
    method = "GET" if handler is widget_session else "POST"
    headers = {"authorization": f"Bearer {token or world.token(session_id)}"}
    return await handler(request(method, "x", headers=headers, route={"sessionId": session_id}))


class TestTyping:
    async def test_an_agent_s_typing_is_shown_to_the_one_customer(self, world: World, session_id: str) -> None:
        assert (await post(activity("typing"))).status_code == 200
        assert world.realtime.typing == [session_id]

    async def test_a_customer_s_typing_is_shown_in_the_agent_s_chat(self, world: World, session_id: str) -> None:
        response = await of_page(world, widget_typing, session_id)
        assert (response.status_code, json_of(response)) == (200, {})
        assert len(world.agents.of("chat-mario", "show_typing")) == 1

    async def test_after_the_end_it_is_taken_and_shown_to_nobody(self, world: World, session_id: str) -> None:
        await world.application.relay.look(session_id, Happened(CustomerEnded(), tenant_id=TENANT.id))
        assert (await of_page(world, widget_typing, session_id)).status_code == 200
        assert world.agents.of("chat-mario", "show_typing") == []


class TestReadReceipts:
    async def test_a_receipt_is_seen_in_the_session(self, world: World, session_id: str) -> None:
        assert "readUntil" not in json_of(await of_page(world, widget_session, session_id))
        written = world.messaging.threads["thread-1"][0].created_on

        assert (await post(receipt(milliseconds(world.clock.now() + timedelta(seconds=1))))).status_code == 200

        read_until = datetime.fromisoformat(json_of(await of_page(world, widget_session, session_id))["readUntil"])
        assert written <= read_until.astimezone(UTC)

    @pytest.mark.parametrize("read", ["", "f:1", None, 5, {}, "-1", "9" * 30, "١٢٣٤٥٦٧٨٩٠١٢٣", "1e12"])
    async def test_a_receipt_that_says_nothing_is_taken_and_changes_nothing(
        self, world: World, session_id: str, read: Any
    ) -> None:
        assert (await post(receipt(read))).status_code == 200
        assert world.sessions.rows[session_id].read_until is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "application/vnd.microsoft.meetingStart"},
            {"value": "1893492000000"},
            {"conversation": {"id": "19:group", "conversationType": "groupChat"}},
            {"from": {"id": "29:luisa", "aadObjectId": "luisa"}},
        ],
    )
    async def test_other_events_are_no_receipts_of_this_agent(
        self, world: World, session_id: str, changes: dict[str, Any]
    ) -> None:
        event = {**receipt(milliseconds(world.clock.now() + timedelta(seconds=1))), **changes}
        assert (await post(event)).status_code == 200
        assert world.sessions.rows[session_id].read_until is None
