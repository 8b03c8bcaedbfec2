"""What the customer's side has to do: identities, threads, messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from local.acs.certificates import Certificates
from local.acs.options import AcsOptions
from shared.adapters.memory import MemoryIdentity, MemoryMessaging, MemoryThreadStore
from shared.adapters.native_messaging import NativeIdentity, NativeMessaging
from shared.adapters.storage_account import StorageAccount
from shared.adapters.system import SystemClock
from shared.adapters.tables import Tables
from shared.adapters.tables_threads import TableThreadStore
from shared.domain.errors import Rejected
from shared.ports import Credentials, Cursor, Identity, Messaging, ThreadMessage
from tests.ports.acs import MemoryRelayStore, running_acs
from tests.ports.samples import TENANT, unique

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Side:
    """The customer's side; `display_names` are those of a thread's texts in their order."""

    kind: str
    identity: Identity
    messaging: Messaging
    display_names: Callable[[str], Awaitable[list[str]]]


@dataclass(frozen=True)
class Chat:
    """An open thread with its visitor."""

    side: Side
    visitor: Credentials
    thread_id: str
    relay_id: str

    async def say(self, text: str, client_message_id: str = "c-1") -> None:
        messaging = self.side.messaging
        await messaging.send_as_visitor(TENANT, self.visitor, self.thread_id, "Carla Customer", text, client_message_id)

    async def answer(self, text: str, effect_id: str = "1") -> None:
        metadata = {"effectId": effect_id, "kind": "agent"}
        await self.side.messaging.send(TENANT, self.thread_id, self.relay_id, "Luisa", text, metadata)

    async def revise(self, message_id: str, text: str | None) -> None:
        await self.side.messaging.revise(TENANT, self.thread_id, self.relay_id, message_id, text)

    async def texts_after(self, cursor: Cursor) -> list[ThreadMessage]:
        messages = await self.side.messaging.list_after(TENANT, self.thread_id, self.relay_id, cursor)
        return [message for message in messages if message.is_text]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standin(certificates: Certificates) -> AsyncIterator[Side]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(certificates.bundle_file))
        async with running_acs(certificates, AcsOptions(limit_factor=100)) as acs:
            host = acs.host(MemoryRelayStore())
            yield Side("acs", host.identity, host.messaging, acs.display_names)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def native(storage: str) -> AsyncIterator[Side]:
    """Threads of our own in Table Storage."""
    tables = Tables(StorageAccount(connection_string=storage))
    yield native_side(TableThreadStore(tables, SystemClock()))
    await tables.close()


def native_side(threads: TableThreadStore | MemoryThreadStore) -> Side:
    async def display_names(thread_id: str) -> list[str]:
        return [stored.sender_name for stored in await threads.after(thread_id, 0)]

    return Side("native", NativeIdentity(threads, SystemClock()), NativeMessaging(threads, threads), display_names)


@pytest.fixture(params=["memory", "acs", "native", "native in memory"])
def side(request: pytest.FixtureRequest, standin: Side, native: Side) -> Side:
    if request.param == "acs":
        return standin
    if request.param == "native":
        return native
    if request.param == "native in memory":
        return native_side(MemoryThreadStore(SystemClock()))
    identity = MemoryIdentity(SystemClock())
    memory = MemoryMessaging(SystemClock(), identity)

    async def display_names(thread_id: str) -> list[str]:
        return [memory.display_names[message.id] for message in memory.threads[thread_id]]

    return Side("acs", identity, memory, display_names)


@pytest_asyncio.fixture(loop_scope="module")
async def chat(side: Side) -> Chat:
    visitor = await side.identity.create_visitor(TENANT)
    thread_id, relay_id = await side.messaging.open_thread(TENANT, unique("s"), visitor.user_id, "Carla Customer")
    return Chat(side, visitor, thread_id, relay_id)


async def test_a_visitor_gets_credentials_for_an_hour(side: Side) -> None:
    visitor = await side.identity.create_visitor(TENANT)
    # Threads of our own are reached through the widget API, which has no address of its own.
    assert (visitor.kind, bool(visitor.endpoint), bool(visitor.token)) == (side.kind, side.kind == "acs", True)
    left = visitor.token_expires_on - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=61)
    assert visitor.token_expires_on.utcoffset() == timedelta(0)


async def test_every_visitor_is_somebody_else(side: Side) -> None:
    first, second = [await side.identity.create_visitor(TENANT) for _ in range(2)]
    assert first.user_id != second.user_id


async def test_a_visitor_gets_fresh_tokens_under_the_same_id(side: Side, chat: Chat) -> None:
    fresh = await side.identity.issue_token(TENANT, chat.visitor.user_id)
    assert fresh.user_id == chat.visitor.user_id
    await Chat(side, fresh, chat.thread_id, chat.relay_id).say("Hello")
    assert [message.text for message in await chat.texts_after(Cursor())] == ["Hello"]


async def test_nobody_gets_a_token_for_an_unknown_identity(side: Side) -> None:
    with pytest.raises(Rejected):
        await side.identity.issue_token(TENANT, "8:acs:nobody")


async def test_a_session_has_one_thread_however_often_it_is_opened(side: Side) -> None:
    session_id, visitor = unique("session"), await side.identity.create_visitor(TENANT)
    opened = [await side.messaging.open_thread(TENANT, session_id, visitor.user_id, "Carla Customer") for _ in range(2)]
    other = await side.messaging.open_thread(TENANT, unique("session"), visitor.user_id, "Carla Customer")
    assert opened[0] == opened[1]
    assert other[0] != opened[0][0]


async def test_messages_of_both_sides_are_listed_in_their_order(chat: Chat) -> None:
    await chat.say("Hello <b>&amp;</b> 😀\n$(User.DisplayName)", "c-1")
    await chat.answer("Good morning", "7")
    question, answer = await chat.texts_after(Cursor())
    assert (question.sender_id, answer.sender_id) == (chat.visitor.user_id, chat.relay_id)
    assert (question.text, answer.text) == ("Hello <b>&amp;</b> 😀\n$(User.DisplayName)", "Good morning")
    assert question.metadata == {"clientMessageId": "c-1"}
    assert answer.metadata == {"effectId": "7", "kind": "agent"}
    assert question.sequence < answer.sequence
    assert abs(question.created_on - datetime.now(UTC)) < timedelta(minutes=1)
    assert await chat.side.display_names(chat.thread_id) == ["Carla Customer", "Luisa"]


async def test_a_listing_begins_after_the_cursor(chat: Chat) -> None:
    for number in range(3):
        await chat.say(f"text {number}", f"c-{number}")
    first, second, third = await chat.texts_after(Cursor())
    assert await chat.texts_after(Cursor(first.sequence, first.created_on)) == [second, third]
    assert await chat.texts_after(Cursor(third.sequence, third.created_on)) == []


async def test_the_relay_is_known_and_a_visitor_is_not(chat: Chat) -> None:
    assert await chat.side.messaging.is_relay(TENANT, chat.relay_id)
    assert not await chat.side.messaging.is_relay(TENANT, chat.visitor.user_id)


async def test_a_message_that_was_sent_can_be_changed_and_deleted(chat: Chat) -> None:
    for number, text in enumerate(("Good mornig", "The password is 1234", "Good-bye")):
        await chat.answer(text, str(number))
    first, second, third = await chat.texts_after(Cursor())
    for _ in range(2):
        await chat.revise(first.id, "Good morning")
        await chat.revise(second.id, None)
    assert [message.text for message in await chat.texts_after(Cursor())] == ["Good morning", "Good-bye"]
    assert [message.metadata["effectId"] for message in await chat.texts_after(Cursor())] == ["0", "2"]
    assert third.sequence == (await chat.texts_after(Cursor()))[-1].sequence


async def test_changing_a_message_that_is_not_there_changes_nothing(chat: Chat) -> None:
    await chat.answer("Good morning")
    await chat.revise("4711", "Good evening")
    assert [message.text for message in await chat.texts_after(Cursor())] == ["Good morning"]


async def test_a_removed_visitor_cannot_write_any_more(chat: Chat) -> None:
    for _ in range(2):
        await chat.side.messaging.remove_visitor(TENANT, chat.thread_id, chat.relay_id, chat.visitor.user_id)
    with pytest.raises(Rejected):
        await chat.say("Hello?")
    await chat.answer("This conversation has ended.")


async def test_a_revoked_token_is_worth_nothing(chat: Chat) -> None:
    for _ in range(2):
        await chat.side.identity.revoke_tokens(TENANT, chat.visitor.user_id)
    with pytest.raises(Rejected):
        await chat.say("Hello?")


async def test_a_visitor_cannot_write_into_the_thread_of_another(side: Side, chat: Chat) -> None:
    stranger = await side.identity.create_visitor(TENANT)
    with pytest.raises(Rejected):
        await Chat(side, stranger, chat.thread_id, chat.relay_id).say("Hello?")


async def test_a_deleted_thread_is_gone_with_its_messages(chat: Chat) -> None:
    await chat.say("Hello")
    for _ in range(2):
        await chat.side.messaging.delete_thread(TENANT, chat.thread_id, chat.relay_id)
    with pytest.raises(Rejected):
        await chat.texts_after(Cursor())


async def test_a_deleted_visitor_gets_no_token_any_more(chat: Chat) -> None:
    for _ in range(2):
        await chat.side.identity.delete_visitor(TENANT, chat.visitor.user_id)
    with pytest.raises(Rejected):
        await chat.side.identity.issue_token(TENANT, chat.visitor.user_id)


async def test_a_thread_that_does_not_exist_is_refused(chat: Chat) -> None:
    nowhere = Chat(chat.side, chat.visitor, "19:nowhere@thread.v2", chat.relay_id)
    with pytest.raises(Rejected):
        await nowhere.answer("Hello?")
    with pytest.raises(Rejected):
        await nowhere.texts_after(Cursor())


async def test_a_message_that_is_sent_again_with_its_id_is_in_a_thread_of_our_own_once(chat: Chat) -> None:
    for _ in range(2):
        await chat.say("Hello", "c-1")
        await chat.answer("Good morning", "7")
    times = 1 if chat.side.kind == "native" else 2
    assert len(await chat.texts_after(Cursor())) == 2 * times


async def test_both_sides_write_at_the_same_moment_and_nothing_is_lost(chat: Chat) -> None:
    sides = [chat.say(f"question {number}", f"c-{number}") for number in range(5)]
    sides += [chat.answer(f"answer {number}", str(number)) for number in range(5)]
    await asyncio.gather(*sides)
    messages = await chat.texts_after(Cursor())
    assert len(messages) == len({message.sequence for message in messages}) == 10
