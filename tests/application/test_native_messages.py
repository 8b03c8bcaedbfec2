"""Messaging without ACS: the page writes and reads its thread through us, with the same promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryThreadStore
from shared.adapters.native_messaging import RELAY, NativeIdentity, NativeMessaging
from shared.application.sessions import Started
from shared.domain.errors import InvalidRequest, SessionEnded, Unauthenticated
from shared.domain.tenants import MessagingKind
from shared.ports import NewMessage, ThreadMessage
from tests.application.company import ELSEWHERE, HOME, MARIO, TENANT, form
from tests.application.faults import Call
from tests.application.world import World


class Native:
    """Lunifico without ACS."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.threads = MemoryThreadStore(world.clock)
        world.config.put(TENANT.id, replace(TENANT, messaging=MessagingKind.NATIVE))
        world.ports = replace(
            world.ports,
            threads=self.threads,
            identity=NativeIdentity(self.threads, world.clock),
            messaging=NativeMessaging(self.threads, self.threads),
        )
        world.app = self.app = world.host(self._around)

    async def _around(self, name: str, call: Call) -> object:
        return await self.world.count(name, call)

    async def connected(self) -> Started:
        await self.world.registers(MARIO)
        started = await self.app.sessions.start(form(), HOME)
        session_id = await self.world.is_there(started)
        assert await self.world.accepts(MARIO, session_id) == "accepted"
        return started

    async def write(self, started: Started, text: str, client_message_id: str) -> None:
        session_id = started.record.session.id
        await self.app.native_messages.post(session_id, started.token, HOME, text, client_message_id)

    async def read(self, started: Started, after: int = 0) -> list[str]:
        session_id = started.record.session.id
        stored = await self.app.native_messages.after(session_id, started.token, HOME, after)
        return [one.message.text for one in stored]


@pytest.fixture
def native(world: World) -> Native:
    return Native(world)


async def test_a_session_says_that_its_messages_are_here(native: Native) -> None:
    started = await native.app.sessions.start(form(), HOME)
    assert started.credentials.kind == "native"
    assert await native.read(started) == ["Do you deliver to Basel?"]


async def test_what_the_customer_writes_reaches_the_agent_at_once_and_once(native: Native) -> None:
    started = await native.connected()
    for _ in range(3):
        await native.write(started, "By Friday?", "client-1")
    await native.write(started, "Or by Saturday?", "client-2")
    assert native.world.shown() == ["Do you deliver to Basel?", "By Friday?", "Or by Saturday?"]


async def test_the_page_reads_what_it_has_not_seen(native: Native) -> None:
    started = await native.connected()
    (*_, last) = await native.app.native_messages.after(started.record.session.id, started.token, HOME, 0)
    activity = native.world.activity()
    await native.app.conversations.reply(activity, started.record.session.id, "Yes, gladly.")
    fresh = await native.app.native_messages.after(
        started.record.session.id, started.token, HOME, last.message.sequence
    )
    assert [(one.message.text, one.message.sender_id, one.sender_name) for one in fresh] == [
        ("Yes, gladly.", RELAY, "Mario")
    ]


async def test_a_message_whose_look_fails_is_kept_and_found_by_a_timer(native: Native) -> None:
    started = await native.connected()
    native.world.away.add("sessions.save")
    await native.write(started, "By Friday?", "client-1")
    assert native.world.shown()[-1] != "By Friday?"
    native.world.away.clear()
    await native.world.passes(60)
    assert native.world.shown()[-1] == "By Friday?"


async def test_a_message_whose_look_fails_after_the_timer_has_come_is_found_all_the_same(native: Native) -> None:
    started, world = await native.connected(), native.world
    await native.write(started, "First", "client-1")
    append = native.threads.append

    async def late(thread_id: str, message: NewMessage) -> ThreadMessage:
        await world.passes(60)
        world.away.add("sessions.save")
        return await append(thread_id, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native.threads, "append", late)
        await native.write(started, "By Friday?", "client-2")
    world.away.clear()
    await world.passes(30)
    assert world.shown()[-1] == "By Friday?"


async def test_a_host_whose_clock_is_late_relays_at_once(native: Native) -> None:
    started, world = await native.connected(), native.world
    await native.write(started, "First", "client-1")
    world.clock.time -= timedelta(minutes=1)
    await native.write(started, "By Friday?", "client-2")
    assert world.shown()[-1] == "By Friday?"


@pytest.mark.parametrize("seconds", [0, 60], ids=["at the moment of the end", "after the thread was closed"])
async def test_a_message_that_the_end_overtakes_is_refused_visibly(native: Native, seconds: int) -> None:
    started = await native.connected()
    append = native.threads.append

    async def after_the_end(thread_id: str, message: NewMessage) -> ThreadMessage:
        await native.app.sessions.end(started.record.session.id, started.token, HOME)
        await native.world.passes(seconds)
        return await append(thread_id, message)

    refused = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native.threads, "append", after_the_end)
        try:
            await native.write(started, "One more thing", "client-1")
        except SessionEnded:
            refused = True
    thread = await native.app.native_messages.after(started.record.session.id, started.token, HOME, 0)
    is_told = "undelivered" in [stored.message.metadata.get("event") for stored in thread]
    assert (refused, is_told) == (seconds > 0, seconds == 0)


async def test_a_message_in_the_moment_of_the_end_that_nobody_could_look_at_is_refused_visibly_at_the_close(
    native: Native,
) -> None:
    started, world = await native.connected(), native.world
    append = native.threads.append

    async def after_the_end(thread_id: str, message: NewMessage) -> ThreadMessage:
        await native.app.sessions.end(started.record.session.id, started.token, HOME)
        world.away.add("messaging.list_after")
        return await append(thread_id, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native.threads, "append", after_the_end)
        await native.write(started, "One more thing", "client-1")
    world.away.clear()
    await world.passes(60)
    thread = await native.app.native_messages.after(started.record.session.id, started.token, HOME, 0)
    assert [stored.message.metadata.get("event") for stored in thread].count("undelivered") == 1


async def test_an_ended_conversation_takes_no_message_and_can_still_be_read(native: Native) -> None:
    started = await native.connected()
    await native.app.sessions.end(started.record.session.id, started.token, HOME)
    with pytest.raises(SessionEnded):
        await native.write(started, "One more thing", "client-1")
    assert "Do you deliver to Basel?" in await native.read(started)


async def test_nobody_reads_or_writes_somebody_else_s_thread(native: Native) -> None:
    started = await native.app.sessions.start(form("key-1"), HOME)
    other = await native.app.sessions.start(form("key-2"), HOME)
    session_id = started.record.session.id
    for token, caller in ((other.token, HOME), (started.token, ELSEWHERE), ("", HOME)):
        with pytest.raises(Unauthenticated):
            await native.app.native_messages.post(session_id, token, caller, "Hello?", "client-1")
        with pytest.raises(Unauthenticated):
            await native.app.native_messages.after(session_id, token, caller, 0)


async def test_a_session_of_acs_has_no_thread_here(world: World) -> None:
    started = await world.starts()
    with pytest.raises(InvalidRequest):
        await world.app.native_messages.after(started.record.session.id, started.token, HOME, 0)


async def test_a_running_session_keeps_its_transport(native: Native) -> None:
    started = await native.connected()
    native.world.config.put(TENANT.id, TENANT)
    await native.write(started, "Still here?", "client-1")
    assert native.world.shown()[-1] == "Still here?"


OF_STORAGE = {"sessions": 1, "agent_store": 1, "threads.append": 2, "messaging.send": 2, "messaging.list_after": 1}
"""Table transactions of a call; those of a thread are counted in tests/ports/test_thread_costs.py."""


def transactions(calls: list[str]) -> int:
    return sum(OF_STORAGE.get(call, OF_STORAGE.get(call.split(".")[0], 0)) for call in calls)


def outbound(calls: list[str]) -> list[str]:
    return [call for call in calls if call.split(".")[0] in ("agents", "realtime")]


async def test_a_customer_s_message_is_seven_transactions_and_one_call(native: Native) -> None:
    started, world = await native.connected(), native.world
    await native.write(started, "Hello?", "client-1")
    world.calls.clear()
    await native.write(started, "By Friday?", "client-2")
    assert (transactions(world.calls), outbound(world.calls)) == (7, ["agents.relay"])
    assert not [call for call in world.calls if call.startswith("timers")]


async def test_an_agent_s_message_is_five_transactions_or_six_and_one_call(native: Native) -> None:
    started, world = await native.connected(), native.world
    session_id = started.record.session.id
    await native.app.conversations.reply(world.activity(), session_id, "Hello.")
    world.calls.clear()
    await native.app.conversations.reply(world.activity(), session_id, "On Friday.")
    assert (transactions(world.calls), outbound(world.calls)) == (5, ["realtime.nudge"])
    world.calls.clear()
    await native.app.conversations.say(world.activity(), "Gladly.")
    assert (transactions(world.calls), outbound(world.calls)) == (6, ["realtime.nudge"])


async def test_reading_is_two_transactions(native: Native) -> None:
    started = await native.connected()
    native.world.calls.clear()
    await native.read(started)
    assert native.world.calls == ["sessions.read", "threads.after"]
