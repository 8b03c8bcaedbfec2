"""Chat events: a nudge for the right session, and nothing for everything else."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import pytest

from functions.calls import on_call_event
from functions.chat import MESSAGE_RECEIVED, on_chat_event
from functions.widget import widget_start
from shared import bootstrap
from shared.adapters.memory import MemorySessionStore
from shared.domain.errors import NotSent, PortError, Unreadable
from shared.ports import SessionRecord
from tests.functions.world import RESOURCE, TENANT, World, form, json_of, request

VISITOR = "visitor-1"


class CountingStore(MemorySessionStore):
    """Counts what a table would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.fault: PortError | None = None

    async def read(self, session_id: str) -> SessionRecord | None:
        self.asked.append("read")
        if self.fault is not None:
            raise self.fault
        return await super().read(session_id)

    async def session_of_thread(self, thread_id: str) -> str | None:
        self.asked.append("index")
        return await super().session_of_thread(thread_id)


@pytest.fixture
def store(world: World) -> CountingStore:
    """The world's sessions, in a store that counts."""
    counting = CountingStore()
    world.replace(sessions=counting)
    bootstrap.use(world.application, world.surroundings)
    return counting


async def started(**fields: object) -> str:
    answer = json_of(await widget_start(request("POST", "x", form(**fields))))
    return str(answer["sessionId"])


def event(
    message_id: str = "message-1",
    *,
    thread: str = "thread-1",
    sender: str = VISITOR,
    topic: str = RESOURCE,
    kind: str = MESSAGE_RECEIVED,
    **changes: object,
) -> func.EventGridEvent:
    data: dict[str, Any] = {
        "messageBody": "Do you deliver to Basel?",
        "messageId": message_id,
        "threadId": thread,
        "transactionId": "t",
        "type": "Text",
        "version": "1795390226193",
        "senderDisplayName": "Carla Customer",
        "senderCommunicationIdentifier": {"rawId": sender, "communicationUser": {"id": sender}},
        "composeTime": "2030-01-01T09:00:00.0000000+00:00",
        "metadata": {},
        **changes,
    }
    return envelope({name: value for name, value in data.items() if value is not None}, topic=topic, kind=kind)


def envelope(data: Any, *, topic: str = RESOURCE, kind: str = MESSAGE_RECEIVED) -> func.EventGridEvent:
    return func.EventGridEvent(
        id="event-1",
        data=data,
        topic=topic,
        subject="thread/thread-1/sender/visitor-1",
        event_type=kind,
        event_time=datetime(2030, 1, 1, 9, tzinfo=UTC),
        data_version="1.0",
    )


async def test_a_customer_s_message_begins_the_workflow(world: World) -> None:
    session_id = await started()
    await world.application.conversations.register(world.activity())
    await on_chat_event(event())
    assert world.agents.of("chat-mario", "invite") == [], "nobody is there yet"
    await world.application.sessions.heartbeat(session_id, world.token(session_id), world.caller, leaving=False)
    assert len(world.agents.of("chat-mario", "invite")) == 1


async def test_a_customer_s_message_reaches_the_agent(world: World) -> None:
    await world.connect(await started())
    written = world.messaging.post("thread-1", VISITOR, "Carla", "And how fast?")
    await on_chat_event(event(written.id))
    assert world.agents.of("chat-mario", "relay")[-1].text == "And how fast?"


async def test_the_same_event_again_changes_nothing(world: World) -> None:
    await world.connect(await started())
    written = world.messaging.post("thread-1", VISITOR, "Carla", "And how fast?")
    for _ in range(3):
        await on_chat_event(event(written.id))
    assert [sent.text for sent in world.agents.of("chat-mario", "relay")].count("And how fast?") == 1


async def test_the_topic_is_compared_without_regard_to_case(world: World) -> None:
    await world.connect(await started())
    written = world.messaging.post("thread-1", VISITOR, "Carla", "Hello")
    await on_chat_event(event(written.id, topic=RESOURCE.upper()))
    assert world.agents.of("chat-mario", "relay")[-1].text == "Hello"


async def test_the_echo_of_our_own_message_costs_nothing(store: CountingStore) -> None:
    await on_chat_event(event(sender="relay-03"))
    assert store.asked == []


@pytest.mark.parametrize("topic", ["/subscriptions/2/acs", "", RESOURCE + "x", RESOURCE[:-1]])
async def test_an_event_of_an_unknown_resource_is_raised_so_that_it_comes_again_or_is_kept(
    store: CountingStore, topic: str
) -> None:
    with pytest.raises(NotSent, match="no tenant has the ACS resource id"):
        await on_chat_event(event(topic=topic))
    assert store.asked == []


async def test_an_event_that_was_faster_than_its_tenant_s_configuration_is_not_lost(world: World) -> None:
    await world.connect(await started())
    written = world.messaging.post("thread-1", VISITOR, "Carla", "Hello")
    world.config.put(TENANT.id, replace(TENANT, acs_resource_id="/not/yet/known"))
    with pytest.raises(NotSent):
        await on_chat_event(event(written.id))

    world.config.put(TENANT.id, TENANT)
    await on_chat_event(event(written.id))
    assert world.agents.of("chat-mario", "relay")[-1].text == "Hello"


async def test_a_tenant_without_a_resource_gets_nobody_s_events(world: World, store: CountingStore) -> None:
    world.config.put(TENANT.id, replace(TENANT, acs_resource_id=""))
    with pytest.raises(NotSent):
        await on_chat_event(event(topic=""))
    assert store.asked == []


async def test_another_tenant_s_resource_cannot_nudge_our_session(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.connect(await started())
    other = replace(TENANT, id="rival", widget_key="another-widget-key", acs_resource_id="/acs/of/a/rival")
    world.config.put(other.id, other)
    written = world.messaging.post("thread-1", VISITOR, "Carla", "For Lunifico only")
    await on_chat_event(event(written.id, topic="/acs/of/a/rival"))
    assert "For Lunifico only" not in [sent.text for sent in world.agents.of("chat-mario", "relay")]
    assert "is not its own" in caplog.text


async def test_an_unknown_thread_is_dropped(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await on_chat_event(event(thread="19:somebody@thread.v2"))
    assert "no session has thread" in caplog.text


@pytest.mark.parametrize(
    "kind",
    [
        "Microsoft.Communication.ChatMessageReceived",
        "Microsoft.Communication.ChatThreadCreated",
        MESSAGE_RECEIVED.lower(),
    ],
)
async def test_another_kind_of_event_is_dropped(store: CountingStore, kind: str) -> None:
    await on_chat_event(event(kind=kind))
    assert store.asked == []


MALFORMED: list[dict[str, Any]] = [
    {"messageId": None},
    {"messageId": ""},
    {"messageId": 5},
    {"threadId": None},
    {"threadId": "t" * 513},
    {"senderCommunicationIdentifier": None},
    {"senderCommunicationIdentifier": "8:acs:visitor"},
    {"senderCommunicationIdentifier": {"kind": "unknown"}},
    {"composeTime": "yesterday"},
    {"composeTime": "2030-01-01T09:00:00"},
]


@pytest.mark.parametrize("changes", MALFORMED, ids=str)
async def test_a_malformed_event_fails_with_its_reason_so_that_it_is_kept_as_a_dead_letter(
    store: CountingStore, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unreadable, match=f"event-1.* is unreadable: {next(iter(changes))}") as refusal:
        await on_chat_event(event(**changes))
    assert store.asked == []
    assert "Basel" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize("data", [None, [], "text", {}])
async def test_data_that_is_no_object_fails_too(store: CountingStore, data: object) -> None:
    with pytest.raises(Unreadable, match="is unreadable"):
        await on_chat_event(envelope(data))
    assert store.asked == []


async def test_what_storage_reports_is_raised_so_that_event_grid_comes_again(
    world: World, store: CountingStore
) -> None:
    await started(idempotencyKey="f" * 22)
    store.fault = NotSent("busy")
    with pytest.raises(NotSent):
        await on_chat_event(event())


async def test_a_message_reads_its_session_once(world: World, store: CountingStore) -> None:
    await world.connect(await started(idempotencyKey="c" * 22))
    written = world.messaging.post("thread-1", VISITOR, "Carla", "One")
    store.asked.clear()

    await on_chat_event(event(written.id))

    assert store.asked.count("read") == 1


async def test_no_text_of_the_customer_is_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await world.connect(await started())
        written = world.messaging.post("thread-1", VISITOR, "Carla", "Do you deliver to Basel?")
        await on_chat_event(event(written.id))
    assert "Basel" not in caplog.text
    assert "Carla" not in caplog.text


async def test_a_call_event_is_dropped(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await on_call_event(envelope({}, kind="Microsoft.Communication.IncomingCall"))
    assert "there are no calls" in caplog.text


async def test_when_the_last_event_came_is_remembered_and_an_echo_costs_nothing(world: World) -> None:
    await world.connect(await started())
    relay = next(iter(world.sessions.rows.values())).session.chat
    assert relay is not None
    await on_chat_event(event(sender=relay.relay_id))
    assert await world.ports.arrivals.last(TENANT.id) is None
    await on_chat_event(event(world.messaging.post("thread-1", VISITOR, "Carla", "And how fast?").id))
    assert await world.ports.arrivals.last(TENANT.id) == world.clock.now()
