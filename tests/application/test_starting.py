"""Starting a session: the same request gets the same session, however often it comes and wherever it broke off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.application.opening import REPLAY
from shared.application.starts import Start
from shared.domain.errors import Conflict, InvalidRequest, Refused, SessionEnded
from shared.domain.sessions import Phase
from shared.domain.tenants import TenantState
from tests.application.company import DIRECTLY_MARIO, ELSEWHERE, HOME, IM, OTTO, SALES, TENANT, WORKFLOW, form
from tests.application.world import World

FIRST_MESSAGE = "Do you deliver to Basel?"


def first_messages(world: World, session_id: str) -> list[str]:
    return [message.text for message in world.thread(session_id) if "clientMessageId" in message.metadata]


async def test_a_start_opens_a_thread_with_the_first_message(world: World) -> None:
    started = await world.starts()

    session = started.record.session
    assert session.phase is Phase.OPENED
    assert (session.contact, session.modality, session.origin) == (SALES, IM, "https://www.lunifico.example")
    assert first_messages(world, session.id) == [FIRST_MESSAGE]
    assert session.chat is not None
    assert session.chat.visitor_id == started.credentials.user_id
    assert await world.ports.sessions.session_of_thread(session.chat.thread_id) == session.id
    assert started.realtime is not None


async def test_a_start_costs_three_calls_of_the_messaging_service(world: World) -> None:
    await world.starts()

    outside = [call for call in world.calls if call.startswith(("identity", "messaging"))]
    assert outside == ["identity.create_visitor", "messaging.open_thread", "messaging.send_as_visitor"]


async def test_the_workflow_begins_with_the_first_look_at_the_latest_after_five_seconds(world: World) -> None:
    session_id = (await world.starts()).record.session.id
    assert world.session(session_id).phase is Phase.OPENED

    await world.passes(5)

    assert world.session(session_id).phase is Phase.WAITING


async def test_the_look_is_arranged_before_the_session_exists(world: World) -> None:
    await world.starts()

    assert world.calls.index("timers.wake") < world.calls.index("sessions.create")
    assert {wake_up.due - world.clock.now() for wake_up in world.timers.due} == {timedelta(seconds=5)}


# --- the same key ----------------------------------------------------------------------------------------------------


async def test_the_same_request_again_gets_the_same_session_and_fresh_credentials(world: World) -> None:
    begun = world.clock.now()
    first, second = await world.starts(), await world.starts()

    assert world.clock.now() == begun
    assert second.record.session.id == first.record.session.id
    assert second.credentials.user_id == first.credentials.user_id
    assert second.credentials.token != first.credentials.token
    assert first_messages(world, first.record.session.id) == [FIRST_MESSAGE]
    assert len(world.messaging.threads) == 1
    assert len(world.identity.visitors) == 1


async def test_another_key_is_another_session(world: World) -> None:
    first, second = await world.starts("key-1"), await world.starts("key-2")

    assert second.record.session.id != first.record.session.id


@pytest.mark.parametrize(
    "other",
    [{"message": "Something else"}, {"customer": OTTO}, {"customer": replace(OTTO, email="")}],
    ids=["message", "customer", "email"],
)
async def test_the_same_key_for_another_request_is_a_conflict(world: World, other: dict[str, Any]) -> None:
    await world.starts()

    with pytest.raises(Conflict, match="start again with a new one"):
        await world.starts(**other)


async def test_the_same_key_on_another_page_or_for_another_contact_is_another_session(world: World) -> None:
    first = await world.starts()
    elsewhere = await world.app.sessions.start(form(), ELSEWHERE)
    directly = await world.starts(contact=DIRECTLY_MARIO)

    assert len({started.record.session.id for started in (first, elsewhere, directly)}) == 3


async def test_the_language_is_no_part_of_the_request(world: World) -> None:
    first = await world.starts(language="en")

    assert (await world.starts(language="de")).record.session.id == first.record.session.id


async def test_a_key_is_good_for_ten_minutes(world: World) -> None:
    first = await world.starts()
    world.clock.advance(REPLAY.total_seconds())

    assert (await world.starts()).record.session.id == first.record.session.id
    world.clock.advance(0.001)
    with pytest.raises(Conflict):
        await world.starts()
    assert timedelta(minutes=10) == REPLAY


async def test_whoever_repeats_a_start_is_there(world: World) -> None:
    session_id = (await world.starts()).record.session.id
    world.clock.advance(TENANT.session_recovery_timeout + 1)

    await world.starts()
    await world.passes(5)

    assert world.session(session_id).phase is Phase.WAITING


async def test_a_key_whose_session_has_ended_opens_nothing(world: World) -> None:
    started = await world.starts()
    await world.app.sessions.end(started.record.session.id, started.token, HOME)

    with pytest.raises(SessionEnded):
        await world.starts()


async def test_a_conversation_that_goes_on_meanwhile_gets_no_second_first_message(world: World) -> None:
    session_id = await world.connected()
    await world.app.conversations.reply(world.activity(), session_id, "Yes.")

    await world.starts()

    assert first_messages(world, session_id) == [FIRST_MESSAGE]


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenant", "start", "code"),
    [
        (TENANT, form(widget_key="unknown"), "widget_key_unknown"),
        (replace(TENANT, state=TenantState.SUSPENDED), form(), "tenant_suspended"),
        (replace(TENANT, interact_enabled=False), form(), "interact_disabled"),
        (replace(TENANT, instant_messaging_enabled=False), form(), "instant_messaging_disabled"),
        (TENANT, form(contact=replace(SALES, id="unknown")), "contact_unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_refused_start_leaves_nothing_behind(world: World, tenant: Any, start: Start, code: str) -> None:
    world.config.put(TENANT.id, tenant)

    with pytest.raises(Refused) as refused:
        await world.app.sessions.start(start, HOME)

    assert refused.value.code == code
    assert {call.split(".")[0] for call in world.calls} == {"config"}


@pytest.mark.parametrize("modality", ["audioVideo", "fax", ""])
async def test_a_session_begins_with_instant_messaging(world: World, modality: str) -> None:
    with pytest.raises(InvalidRequest, match="instantMessaging"):
        await world.starts(modality=modality)

    assert world.calls == []


async def test_a_session_keeps_the_workflow_with_which_it_began(world: World) -> None:
    session_id = (await world.starts()).record.session.id
    world.config.put(TENANT.id, replace(WORKFLOW, version=2, activities=()))

    assert world.sessions.rows[session_id].definition.workflow == WORKFLOW


@pytest.mark.parametrize(("asked", "spoken"), [("de", "de"), ("en", "en"), ("ar", "ar"), ("it", "en"), (None, "en")])
async def test_the_session_speaks_a_language_that_we_have(world: World, asked: str | None, spoken: str) -> None:
    started = await world.starts(language=asked)

    assert started.record.definition.language == spoken
