"""Events: their shape, and how they reach a webhook that does not always behave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from azure.eventgrid import EventGridEvent, SystemEventNames

from local.acs.event_grid import RETRY_AFTER_SECONDS
from local.acs.options import AcsOptions, EventSubscription
from tests.local.acs.harness import Acs, ChatUser, Json, Receiver, people, receiving, running, wait_until

RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/communicationServices/interact"

MESSAGE_FIELDS = {
    "messageId",
    "type",
    "version",
    "senderDisplayName",
    "senderCommunicationIdentifier",
    "composeTime",
    "threadId",
    "transactionId",
}
THREAD_FIELDS = {"createTime", "version", "threadId", "transactionId"}


def _options(receiver: Receiver, **more: object) -> AcsOptions:
    values: Json = {"resource_id": RESOURCE, "retry_factor": 0.001, "validation_retry_seconds": 0.01, **more}
    return AcsOptions(subscriptions=(EventSubscription("chat", receiver.url),), **values)


async def _conversation(acs: Acs) -> tuple[ChatUser, ChatUser, str]:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
    return relay, visitor, await acs.thread(relay, visitor)


async def test_one_message_gives_one_event_of_the_thread() -> None:
    async with receiving(Receiver()) as receiver, running(_options(receiver)) as acs:
        _, visitor, thread = await _conversation(acs)
        metadata = {"clientMessageId": "c-1"}
        sent = await acs.send(visitor, thread, "Hello", senderDisplayName="Carla Customer", metadata=metadata)
        await wait_until(lambda: len(receiver.events) == 2)

    [event] = receiver.of_type("ChatMessageReceivedInThread")
    thread_id = event["data"]["threadId"]
    assert event["topic"] == RESOURCE
    assert event["subject"] == f"thread/{thread_id}/sender/{visitor.id}"
    assert event["dataVersion"] == "1.0"
    assert event["metadataVersion"] == "1"
    assert set(event["data"]) == MESSAGE_FIELDS | {"messageBody", "metadata"}
    assert event["data"]["messageBody"] == "Hello"
    assert event["data"]["messageId"] == sent
    assert event["data"]["version"] == sent
    assert event["data"]["type"] == "Text"
    assert event["data"]["metadata"] == metadata
    assert event["data"]["senderCommunicationIdentifier"]["rawId"] == visitor.id
    parsed = EventGridEvent.from_dict(event)
    assert parsed.event_type == SystemEventNames.AcsChatMessageReceivedInThreadEventName


async def test_every_change_of_a_thread_has_its_event() -> None:
    async with receiving(Receiver()) as receiver, running(_options(receiver)) as acs:
        relay, visitor, thread = await _conversation(acs)
        other = await acs.user("chat")
        message = f"{thread}/messages/{await acs.send(relay, thread, 'helo', type='html')}"
        await acs.chat(relay, "PATCH", message, {"content": "hello"})
        await acs.chat(relay, "DELETE", message)
        await acs.chat(relay, "POST", f"{thread}/participants/:add", {"participants": people(other)})
        await acs.chat(relay, "POST", f"{thread}/participants/:remove", {"rawId": visitor.id})
        await acs.chat(relay, "PATCH", thread, {"topic": "Invoices"})
        await acs.chat(relay, "DELETE", thread)
        await wait_until(lambda: len(receiver.events) == 8)

    fields = {
        "ChatThreadCreated": THREAD_FIELDS
        | {"createdByCommunicationIdentifier", "properties", "metadata", "participants"},
        "ChatMessageReceivedInThread": MESSAGE_FIELDS | {"messageBody", "metadata"},
        "ChatMessageEditedInThread": MESSAGE_FIELDS | {"messageBody", "metadata", "editTime"},
        "ChatMessageDeletedInThread": MESSAGE_FIELDS | {"deleteTime"},
        "ChatThreadParticipantAdded": THREAD_FIELDS | {"time", "addedByCommunicationIdentifier", "participantAdded"},
        "ChatThreadParticipantRemoved": THREAD_FIELDS
        | {"time", "removedByCommunicationIdentifier", "participantRemoved"},
        "ChatThreadPropertiesUpdated": THREAD_FIELDS
        | {"editedByCommunicationIdentifier", "editTime", "properties", "metadata"},
        "ChatThreadDeleted": THREAD_FIELDS | {"deletedByCommunicationIdentifier", "deleteTime"},
    }
    seen = {
        event["eventType"].removeprefix("Microsoft.Communication."): set(event["data"]) for event in receiver.events
    }
    assert seen == fields


async def test_reading_typing_and_receipts_give_no_event() -> None:
    async with receiving(Receiver()) as receiver, running(_options(receiver)) as acs:
        relay, _, thread = await _conversation(acs)
        await acs.messages(relay, thread)
        await acs.chat(relay, "POST", f"{thread}/typing", {})
        await acs.chat(relay, "POST", f"{thread}/readReceipts", {"chatMessageId": "1"})
        await acs.send(relay, thread, "last")
        await wait_until(lambda: bool(receiver.of_type("ChatMessageReceivedInThread")))

    assert len(receiver.events) == 2


async def test_a_subscription_gets_only_the_types_it_wants() -> None:
    async with receiving(Receiver()) as receiver:
        wanted = frozenset({"Microsoft.Communication.ChatMessageReceivedInThread"})
        subscription = EventSubscription("chat", receiver.url, wanted)
        async with running(AcsOptions(subscriptions=(subscription,))) as acs:
            relay, _, thread = await _conversation(acs)
            await acs.send(relay, thread, "Hello")
            await wait_until(lambda: len(receiver.events) == 1)

    assert len(receiver.of_type("ChatMessageReceivedInThread")) == 1


async def test_nothing_is_delivered_before_the_handshake_succeeded() -> None:
    async with receiving(Receiver(refuse_validations=3)) as receiver, running(_options(receiver)) as acs:
        await _conversation(acs)
        await wait_until(lambda: len(receiver.events) == 1)

    assert receiver.validations == 4


async def test_the_handshake_waits_for_an_endpoint_that_starts_later(capsys: pytest.CaptureFixture[str]) -> None:
    receiver = Receiver()
    async with receiving(receiver):
        pass  # the port is known now, and nobody listens there
    url = receiver.url
    options = AcsOptions(
        subscriptions=(EventSubscription("chat", url + "?code=not-to-be-printed"),), validation_retry_seconds=0.01
    )
    async with running(options) as acs:
        await _conversation(acs)
        await wait_until(lambda: "subscription chat is not validated yet" in capsys.readouterr().out)
        assert len(acs.app.state.standin.deliveries) == 1


@pytest.mark.parametrize("status", [500, 503, 404, 429])
async def test_a_failed_delivery_is_repeated(status: int) -> None:
    async with receiving(Receiver(statuses=[status, status])) as receiver, running(_options(receiver)) as acs:
        await _conversation(acs)
        await wait_until(lambda: len(receiver.batches) == 3 and not acs.app.state.standin.deliveries)

    assert len({event["id"] for event in receiver.events}) == 1
    assert [headers["aeg-delivery-count"] for headers in receiver.headers] == ["0", "1", "2"]
    assert receiver.headers[0]["aeg-event-type"] == "Notification"
    assert receiver.headers[0]["aeg-subscription-name"] == "CHAT"


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_a_refused_delivery_is_never_repeated(status: int) -> None:
    async with receiving(Receiver(statuses=[status])) as receiver, running(_options(receiver)) as acs:
        await _conversation(acs)
        await wait_until(lambda: bool(acs.app.state.standin.dead_letters))
        inside = (await acs.http.get("/_standin/events")).json()

    [letter] = inside["deadLetters"]
    assert letter["reason"] == f"answered {status}"
    assert letter["attempts"] == 1
    assert letter["event"]["eventType"] == "Microsoft.Communication.ChatThreadCreated"
    assert inside["pending"] == []
    assert inside["published"] == 1


async def test_a_delivery_without_an_answer_in_time_is_repeated() -> None:
    async with (
        receiving(Receiver(hold_first=True)) as receiver,
        running(_options(receiver, delivery_timeout_seconds=0.1)) as acs,
    ):
        await _conversation(acs)
        await wait_until(lambda: len(receiver.batches) == 2 and not acs.app.state.standin.deliveries)
        receiver.release.set()


async def test_a_day_of_failures_ends_among_the_dead_letters() -> None:
    async with (
        receiving(Receiver(statuses=[500] * 100)) as receiver,
        running(_options(receiver, retry_factor=0.0)) as acs,
    ):
        await _conversation(acs)
        await wait_until(lambda: bool(acs.app.state.standin.dead_letters))
        [letter] = acs.app.state.standin.dead_letters.values()

    assert letter.attempts == len(RETRY_AFTER_SECONDS) + 1 == 30
    assert sum(RETRY_AFTER_SECONDS) <= 24 * 3600


async def test_the_delays_are_those_of_event_grid() -> None:
    assert RETRY_AFTER_SECONDS[:7] == (10, 30, 60, 300, 600, 1800, 3600)


async def test_a_delivery_without_an_answer_does_not_hold_up_the_next_event() -> None:
    async with receiving(Receiver(hold_first=True)) as receiver, running(_options(receiver)) as acs:
        relay, _, thread = await _conversation(acs)
        await acs.send(relay, thread, "Hello")
        await wait_until(lambda: len(receiver.batches) == 2)
        assert len(acs.app.state.standin.deliveries) == 1
        receiver.release.set()


async def test_several_events_can_share_one_delivery() -> None:
    async with receiving(Receiver()) as receiver, running(_options(receiver, max_events_per_batch=3)) as acs:
        relay, _, thread = await _conversation(acs)
        for number in range(5):
            await acs.send(relay, thread, str(number))
        await wait_until(lambda: len(receiver.events) == 6)

    assert max(len(batch) for batch in receiver.batches) > 1
    assert all(len(batch) <= 3 for batch in receiver.batches)


async def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path) -> None:
    receiver = Receiver(statuses=[500])
    async with receiving(receiver):
        options = _options(receiver, data_directory=tmp_path, retry_factor=1.0)
        async with running(options) as acs:
            await _conversation(acs)
            await wait_until(_tried_once(acs))
        async with running(options) as acs:
            await wait_until(lambda: len(receiver.batches) == 2 and not acs.app.state.standin.deliveries)

    assert len({event["id"] for event in receiver.events}) == 1


async def test_leftovers_of_a_subscription_that_is_gone_are_dropped(tmp_path: Path) -> None:
    unreachable = EventSubscription("old", "http://127.0.0.1:9/")
    async with running(AcsOptions(subscriptions=(unreachable,), data_directory=tmp_path)) as acs:
        await _conversation(acs)
    async with running(AcsOptions(data_directory=tmp_path)) as acs:
        assert acs.app.state.standin.deliveries == {}


def _tried_once(acs: Acs) -> Callable[[], bool]:
    return lambda: any(delivery.attempts for delivery in acs.app.state.standin.deliveries.values())
