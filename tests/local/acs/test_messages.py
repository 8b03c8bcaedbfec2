"""Messages, as they are sent, listed, changed and acknowledged."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import quote

import pytest

from local.acs.messages import LARGEST_MESSAGE_BYTES
from tests.local.acs.harness import Acs, ChatUser


@pytest.fixture
async def relay(acs: Acs) -> ChatUser:
    return await acs.user("chat")


@pytest.fixture
async def visitor(acs: Acs) -> ChatUser:
    return await acs.user("chat.join.limited")


@pytest.fixture
async def thread(acs: Acs, relay: ChatUser, visitor: ChatUser) -> str:
    return await acs.thread(relay, visitor)


async def test_a_message_is_listed_as_it_was_sent(acs: Acs, relay: ChatUser, visitor: ChatUser, thread: str) -> None:
    metadata = {"clientMessageId": "c-1"}

    sent = await acs.send(visitor, thread, "Grüße & <b>bold</b>", senderDisplayName="Carla Customer", metadata=metadata)
    [newest, *_] = await acs.messages(relay, thread)

    assert newest["id"] == sent
    assert newest["type"] == "text"
    assert newest["content"] == {"message": "Grüße & <b>bold</b>"}
    assert newest["senderDisplayName"] == "Carla Customer"
    assert newest["senderCommunicationIdentifier"]["rawId"] == visitor.id
    assert newest["metadata"] == metadata


async def test_sequence_ids_count_up_and_ids_versions_and_times_grow(acs: Acs, relay: ChatUser, thread: str) -> None:
    for number in range(5):
        await acs.send(relay, thread, str(number))

    oldest_first = list(reversed(await acs.messages(relay, thread)))

    assert [message["sequenceId"] for message in oldest_first] == [str(number + 1) for number in range(7)]
    for earlier, later in pairwise(oldest_first):
        assert int(earlier["id"]) < int(later["id"])
        assert int(earlier["version"]) < int(later["version"])
        assert earlier["createdOn"] < later["createdOn"]


async def test_pages_go_back_in_time_and_do_not_shift_when_something_is_sent(
    acs: Acs, relay: ChatUser, thread: str
) -> None:
    for text in ("one", "two", "three"):
        await acs.send(relay, thread, text)

    first = (await acs.chat(relay, "GET", f"{thread}/messages?maxPageSize=2")).json()
    await acs.send(relay, thread, "four")
    second = (await acs.chat(relay, "GET", first["nextLink"])).json()
    third = (await acs.chat(relay, "GET", second["nextLink"])).json()

    assert [message["content"]["message"] for message in first["value"]] == ["three", "two"]
    assert [message["sequenceId"] for message in second["value"]] == ["3", "2"]
    assert [message["sequenceId"] for message in third["value"]] == ["1"]
    assert "nextLink" not in third


async def test_the_start_time_is_inclusive(acs: Acs, relay: ChatUser, thread: str) -> None:
    await acs.send(relay, thread, "old")
    await acs.send(relay, thread, "new")
    [newest, *_] = await acs.messages(relay, thread)

    listed = await acs.messages(relay, thread, f"?startTime={quote(newest['createdOn'])}")

    assert [message["content"]["message"] for message in listed] == ["new"]


@pytest.mark.parametrize("query", ["?maxPageSize=0", "?maxPageSize=many", "?startTime=yesterday", "?syncState=abc"])
async def test_a_list_that_is_asked_for_wrongly_is_refused(acs: Acs, relay: ChatUser, thread: str, query: str) -> None:
    assert (await acs.chat(relay, "GET", f"{thread}/messages{query}")).status_code == 400


async def test_a_page_has_at_most_200_messages(acs: Acs, relay: ChatUser, thread: str) -> None:
    stored = acs.app.state.standin.threads[_id(thread)]
    for number in range(250):
        stored.append("text", {"message": str(number)}, relay.id)

    assert len(await acs.messages(relay, thread, "?maxPageSize=1000")) == 200


@pytest.mark.parametrize(("size", "status"), [(LARGEST_MESSAGE_BYTES, 201), (LARGEST_MESSAGE_BYTES + 1, 413)])
async def test_a_message_has_at_most_28_kilobytes(
    acs: Acs, relay: ChatUser, thread: str, size: int, status: int
) -> None:
    content = "ü" * ((size - 3) // 2) + "x" * ((size - 3) % 2)

    answer = await acs.chat(relay, "POST", f"{thread}/messages", {"content": content, "metadata": {"k": "vv"}})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "body", [{}, {"content": 1}, {"content": "x", "type": "rtf"}, {"content": "x", "metadata": {"n": 1}}]
)
async def test_a_malformed_message_is_refused(acs: Acs, relay: ChatUser, thread: str, body: dict[str, object]) -> None:
    answer = await acs.chat(relay, "POST", f"{thread}/messages", body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The request body is not valid: ")


async def test_what_happens_to_the_thread_is_told_in_it(
    acs: Acs, relay: ChatUser, visitor: ChatUser, thread: str
) -> None:
    await acs.chat(relay, "PATCH", thread, {"topic": "Invoices"})
    await acs.chat(relay, "POST", f"{thread}/participants/:remove", {"rawId": visitor.id})

    removed, topic, first_topic, added = await acs.messages(relay, thread)

    assert [removed["type"], topic["type"], first_topic["type"], added["type"]] == [
        "participantRemoved",
        "topicUpdated",
        "topicUpdated",
        "participantAdded",
    ]
    assert _people(removed) == [visitor.id]
    assert topic["content"]["topic"] == "Invoices"
    assert topic["content"]["initiatorCommunicationIdentifier"]["rawId"] == relay.id
    assert _people(added) == [relay.id, visitor.id]
    assert "senderCommunicationIdentifier" not in added


async def test_only_its_sender_may_change_or_delete_a_message(
    acs: Acs, relay: ChatUser, visitor: ChatUser, thread: str
) -> None:
    path = f"{thread}/messages/{await acs.send(visitor, thread, 'helo')}"

    refused = [await acs.chat(relay, "PATCH", path, {"content": "x"}), await acs.chat(relay, "DELETE", path)]
    edited = await acs.chat(visitor, "PATCH", path, {"content": "hello", "metadata": {"edited": "yes"}})
    message = (await acs.chat(relay, "GET", path)).json()

    assert [answer.status_code for answer in refused] == [403, 403]
    assert edited.status_code == 204
    assert message["content"]["message"] == "hello"
    assert message["metadata"] == {"edited": "yes"}
    assert message["version"] > message["id"]
    assert message["editedOn"] > message["createdOn"]


async def test_a_deleted_message_stays_as_a_mark_without_its_text(acs: Acs, relay: ChatUser, thread: str) -> None:
    path = f"{thread}/messages/{await acs.send(relay, thread, 'secret', metadata={'k': 'secret'})}"

    statuses = [(await acs.chat(relay, "DELETE", path)).status_code for _ in range(2)]
    message = (await acs.chat(relay, "GET", path)).json()

    assert statuses == [204, 204]
    assert "deletedOn" in message
    assert "secret" not in str(message)


async def test_history_can_be_shared_from_a_moment_on(acs: Acs, relay: ChatUser, thread: str) -> None:
    await acs.send(relay, thread, "before")
    await asyncio.sleep(0.005)
    newcomer = await acs.user("chat")
    shared_from = datetime.now(UTC).isoformat()
    person = {"communicationIdentifier": {"rawId": newcomer.id}, "shareHistoryTime": shared_from}
    await acs.chat(relay, "POST", f"{thread}/participants/:add", {"participants": [person]})
    await acs.send(relay, thread, "after")

    seen = await acs.messages(newcomer, thread)

    assert [message["type"] for message in seen] == ["text", "participantAdded"]


async def test_read_receipts_keep_the_last_message_of_each_user(
    acs: Acs, relay: ChatUser, visitor: ChatUser, thread: str
) -> None:
    for user, message in ((relay, "1"), (visitor, "1"), (visitor, "2")):
        await acs.chat(user, "POST", f"{thread}/readReceipts", {"chatMessageId": message})

    receipts = (await acs.chat(relay, "GET", f"{thread}/readReceipts")).json()["value"]

    seen = {each["senderCommunicationIdentifier"]["rawId"]: each["chatMessageId"] for each in receipts}
    assert seen == {relay.id: "1", visitor.id: "2"}


def _id(thread: str) -> str:
    return thread.removeprefix("/").replace("%3A", ":").replace("%40", "@")


def _people(message: dict[str, dict[str, list[dict[str, dict[str, str]]]]]) -> list[str]:
    return [person["communicationIdentifier"]["rawId"] for person in message["content"]["participants"]]
