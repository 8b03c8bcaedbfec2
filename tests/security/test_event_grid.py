"""What an event may do: tests/vectors/event_grid.json. Who may deliver one: tests/functions/test_engine.py."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import pytest

from functions.chat import MESSAGE_RECEIVED, on_chat_event
from shared import bootstrap
from shared.adapters.memory import MemorySessionStore
from shared.domain.errors import PortError
from shared.ports import SessionRecord
from tests.functions.world import RESOURCE, TENANT, World
from tests.security.web import cases, start

RIVAL = "/subscriptions/2/resourceGroups/rg/providers/Microsoft.Communication/CommunicationServices/Rival"


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: filled(one) for name, one in value.items()}
    if not isinstance(value, str):
        return value
    return re.sub(r"\{A\*(\d+)\}", lambda match: "A" * int(match[1]), value)


class Looking(MemorySessionStore):
    """Counts how often a session is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read_ids: list[str] = []

    async def read(self, session_id: str) -> SessionRecord | None:
        self.read_ids.append(session_id)
        return await super().read(session_id)


def event_of(case: dict[str, Any]) -> func.EventGridEvent:
    topic, thread = case.get("topic", "ours"), case.get("thread", "ours")
    data = {
        "messageBody": "Do you deliver to Basel?",
        "messageId": "message-1",
        "threadId": "thread-1" if thread == "ours" else thread,
        "senderCommunicationIdentifier": {"rawId": "visitor-1"},
        "composeTime": "2030-01-01T09:00:00+00:00",
        **case.get("data", {}),
    }
    content = case["as"][0] if "as" in case else filled({name: one for name, one in data.items() if one is not None})
    return func.EventGridEvent(
        id="event-1",
        data=content,
        topic={"ours": RESOURCE, "OURS": RESOURCE.upper(), "rival": RIVAL}.get(topic, topic),
        subject="thread/thread-1",
        event_type=case.get("kind", MESSAGE_RECEIVED),
        event_time=datetime(2030, 1, 1, 9, tzinfo=UTC),
        data_version="1.0",
    )


@pytest.mark.parametrize("case", cases("event_grid", "events"))
async def test_an_event_moves_sessions_of_its_own_tenant_only(
    world: World, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    sessions = Looking()
    world.replace(sessions=sessions)
    bootstrap.use(world.application, world.surroundings)
    world.config.put("rival", replace(TENANT, id="rival", widget_key="of-rival", acs_resource_id=RIVAL))
    await start()
    before = dict(sessions.rows)
    sessions.read_ids.clear()
    if case["does"] == "raise":
        with pytest.raises(PortError) as refusal:
            await on_chat_event(event_of(case))
        assert len(str(refusal.value)) < 500
        assert "Basel" not in str(refusal.value)
    else:
        await on_chat_event(event_of(case))
    if case["does"] != "look":
        assert sessions.rows == before
    assert "Basel" not in caplog.text
