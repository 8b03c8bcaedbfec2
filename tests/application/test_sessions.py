"""What a visitor's page does with its session: come back, refresh its token, give signs of life, end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.starts import contact_reference
from shared.domain.errors import InvalidRequest, SessionEnded
from shared.domain.sessions import ContactKind, EndReason, Phase
from shared.domain.system_messages import SystemMessages
from tests.application.company import DIRECTLY_MARIO, HOME, MARIO, TENANT, WORKFLOW
from tests.application.world import World

TIMEOUT = TENANT.session_recovery_timeout


# --- coming back -----------------------------------------------------------------------------------------------------


async def test_a_page_that_comes_back_finds_its_session(world: World) -> None:
    started = await world.starts()
    await world.registers(MARIO)
    await world.is_there(started)
    await world.accepts(MARIO, started.record.session.id)

    record = await world.app.sessions.resume(started.record.session.id, started.token, HOME)

    assert record.session.phase is Phase.CONNECTED
    assert record.session.agent is not None
    assert record.session.agent.display_name == "Mario"


async def test_a_page_that_comes_back_after_the_end_learns_of_it(world: World) -> None:
    started = await world.starts()
    await world.app.sessions.end(started.record.session.id, started.token, HOME)

    record = await world.app.sessions.resume(started.record.session.id, started.token, HOME)

    assert record.session.phase is Phase.ENDED


async def test_a_page_learns_of_the_end_once_the_last_message_is_in_the_thread(world: World) -> None:
    """It stops reading then, and shows what it has read."""
    session_id, token = await talking(world)
    world.away.add("messaging.send")
    await world.app.conversations.end(world.activity(), session_id)
    record = await world.app.sessions.resume(session_id, token, HOME)
    assert (record.session.phase, world.app.sessions.phase_for_visitor(record)) == (Phase.ENDED, Phase.CONNECTED)
    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)

    world.away.clear()
    await world.passes(22)

    record = await world.app.sessions.resume(session_id, token, HOME)
    assert world.app.sessions.phase_for_visitor(record) is Phase.ENDED
    assert world.read_by_customer(session_id)[-1] == "Mario has ended the conversation."


async def test_a_last_message_that_cannot_be_sent_holds_the_end_back_for_half_a_minute(world: World) -> None:
    session_id, token = await talking(world)
    world.away.add("messaging.send")
    await world.app.conversations.end(world.activity(), session_id)

    await world.passes(30)

    record = await world.app.sessions.resume(session_id, token, HOME)
    assert world.app.sessions.phase_for_visitor(record) is Phase.ENDED
    with pytest.raises(SessionEnded):
        await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)


async def test_until_when_a_session_can_be_recovered_counts_from_the_last_sign_of_life(world: World) -> None:
    started = await world.starts()
    session_id, begun = started.record.session.id, world.clock.now()
    assert world.app.sessions.recover_until(started.record) == begun + timedelta(seconds=TIMEOUT)

    world.clock.advance(60)
    until = await world.app.sessions.heartbeat(session_id, started.token, HOME, leaving=False)

    assert until == begun + timedelta(seconds=60 + TIMEOUT)
    record = await world.app.sessions.resume(session_id, started.token, HOME)
    assert world.app.sessions.recover_until(record) == until


# --- refreshing the token --------------------------------------------------------------------------------------------


async def test_fresh_credentials_are_of_the_same_visitor_and_cost_one_call(world: World) -> None:
    started = await world.starts()
    world.calls.clear()

    fresh = await world.app.sessions.refresh(started.record.session.id, started.token, HOME)

    assert fresh.credentials.user_id == started.credentials.user_id
    assert fresh.credentials.token != started.credentials.token
    assert [call for call in world.calls if call.startswith(("identity", "messaging"))] == ["identity.issue_token"]


async def test_an_ended_session_gets_no_fresh_credentials(world: World) -> None:
    started = await world.starts()
    await world.app.sessions.end(started.record.session.id, started.token, HOME)

    with pytest.raises(SessionEnded):
        await world.app.sessions.refresh(started.record.session.id, started.token, HOME)


# --- signs of life ---------------------------------------------------------------------------------------------------


async def test_every_further_sign_of_life_is_one_read_and_one_write(world: World) -> None:
    started = await world.starts()
    await world.is_there(started)
    world.calls.clear()

    await world.is_there(started)

    assert world.calls == ["sessions.read", "sessions.sign_of_life"]


async def test_an_ended_session_takes_no_sign_of_life(world: World) -> None:
    started = await world.starts()
    await world.app.sessions.end(started.record.session.id, started.token, HOME)
    world.timers.due.clear()

    with pytest.raises(SessionEnded):
        await world.app.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=True)

    assert world.timers.due == []


async def test_a_good_bye_arranges_a_look_at_the_end_of_the_recovery_timeout_before_it_is_written(
    world: World,
) -> None:
    started = await world.starts()
    world.timers.due.clear()
    world.calls.clear()

    until = await world.app.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=True)

    assert until == world.clock.now() + timedelta(seconds=TIMEOUT)
    assert [(wake_up.due, wake_up.reason) for wake_up in world.timers.due] == [(until, "recovery")]
    assert world.calls.index("timers.wake") < world.calls.index("sessions.sign_of_life")


async def talking(world: World) -> tuple[str, str]:
    """A conversation whose page is open; its id and its token."""
    started = await world.starts()
    session_id = started.record.session.id
    await world.registers(MARIO)
    await world.is_there(started)
    assert await world.accepts(MARIO, session_id) == "accepted"
    return session_id, started.token


async def test_a_visitor_who_said_good_bye_and_stays_away_ends_the_session(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=True)

    await world.passes(TIMEOUT - 1)
    assert world.session(session_id).end_reason is None
    await world.passes(1)

    assert world.session(session_id).end_reason is EndReason.CUSTOMER_GONE
    assert world.shown(what="notify") == ["The instant message session has ended. Carla Customer has left."]


async def test_a_visitor_who_comes_back_in_time_goes_on(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=True)
    await world.passes(TIMEOUT - 1)

    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)
    await world.passes(TIMEOUT - 1)

    assert world.session(session_id).phase is Phase.CONNECTED


async def test_a_sign_of_life_puts_the_next_look_off_for_good(world: World) -> None:
    session_id, token = await talking(world)
    await world.passes(60)
    until = await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)

    await world.passes(TIMEOUT - 60)

    assert [(deadline.id, deadline.due) for deadline in world.session(session_id).deadlines] == [("recovery", until)]


async def test_a_visitor_who_vanishes_without_a_word_ends_the_session(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)

    await world.passes(TIMEOUT)

    assert world.session(session_id).end_reason is EndReason.CUSTOMER_GONE


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_the_visitor_ends_and_the_agent_is_told(world: World) -> None:
    session_id, token = await talking(world)

    await world.app.sessions.end(session_id, token, HOME)

    assert world.session(session_id).end_reason is EndReason.CUSTOMER
    assert world.shown(what="notify") == ["The instant message session has ended. Carla Customer has left."]
    assert world.shown(what="close_conversation") == ["The customer has ended this conversation."]
    assert world.history.entries[session_id].end_reason is EndReason.CUSTOMER


async def test_ending_twice_tells_nobody_twice(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.end(session_id, token, HOME)
    before = list(world.agents.sent)

    await world.app.sessions.end(session_id, token, HOME)

    assert world.agents.sent == before


async def test_half_a_minute_after_the_end_the_visitor_s_token_is_revoked_and_the_thread_closed(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.end(session_id, token, HOME)
    chat = world.session(session_id).chat
    assert chat is not None

    await world.passes(29)
    assert chat.visitor_id in world.identity.tokens
    await world.passes(1)

    assert chat.visitor_id not in world.identity.tokens
    assert world.messaging.participants[chat.thread_id] == set()


async def test_the_tokens_of_a_session_survive_its_end_so_that_the_page_can_read_it(world: World) -> None:
    session_id, token = await talking(world)
    await world.app.sessions.end(session_id, token, HOME)
    await world.passes(600)

    assert (await world.app.sessions.resume(session_id, token, HOME)).session.phase is Phase.ENDED


# --- which contact ---------------------------------------------------------------------------------------------------


def test_a_request_names_a_service_or_a_user() -> None:
    assert contact_reference("sales", None).kind is ContactKind.SERVICE
    assert contact_reference(None, "mario") == DIRECTLY_MARIO


@pytest.mark.parametrize(("service_id", "contact_id"), [(None, None), ("", ""), ("sales", "mario")])
def test_a_request_that_names_both_or_neither_is_invalid(service_id: str | None, contact_id: str | None) -> None:
    with pytest.raises(InvalidRequest):
        contact_reference(service_id, contact_id)


async def test_the_customer_sees_the_service_s_name_or_the_user_s_custom_one(world: World) -> None:
    custom = SystemMessages("direct", "direct", "Direct", "root", display_name="Mario of $(User.DisplayName)")
    world.config.put(TENANT.id, custom, replace(MARIO, direct_system_messages_id="direct"))

    at_the_service = (await world.starts("key-1")).record.definition
    directly = (await world.starts("key-2", contact=DIRECTLY_MARIO)).record.definition

    assert at_the_service.contact_name == "Lunifico Sales"
    assert at_the_service.workflow == WORKFLOW
    assert directly.contact_name == "Mario of Mario"
    assert directly.workflow.id == "direct"
