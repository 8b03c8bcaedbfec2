"""The relay: what one side writes reaches the other, whatever became of the events that told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.application.occasions import Nudge, Wake
from shared.application.turn import AT_ONCE
from shared.domain.errors import NotSent, OutcomeUnknown, Rejected
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition
from tests.application.company import DIRECTLY_MARIO, MARIO, SALES, TENANT, WORKFLOW
from tests.application.faults import fails
from tests.application.world import World

# --- both directions -------------------------------------------------------------------------------------------------


async def test_what_the_customer_wrote_while_waiting_is_shown_on_accept_in_order(world: World) -> None:
    await world.registers(MARIO)
    opened = await world.opens()
    for text in ("two", "three"):
        await world.app.relay.look(opened, world.writes(opened, text))

    await world.accepts(MARIO, opened)

    assert world.shown() == ["Do you deliver to Basel?", "two", "three"]


async def test_more_messages_than_fit_into_one_turn_are_shown_in_several(world: World) -> None:
    opened = await world.opens()
    texts = [f"text {number}" for number in range(2 * AT_ONCE + 5)]
    for text in texts:
        world.clock.advance(1)
        world.writes(opened, text)
    await world.registers(MARIO)
    await world.passes(0)

    await world.accepts(MARIO, opened)
    await world.passes(60)

    assert world.shown() == ["Do you deliver to Basel?", *texts]


async def test_a_message_whose_event_was_lost_is_found_with_the_next_one(world: World, session_id: str) -> None:
    world.writes(session_id, "lost")

    await world.app.relay.look(session_id, world.writes(session_id, "found"))

    assert world.shown()[-2:] == ["lost", "found"]


async def test_a_message_whose_event_was_lost_is_found_by_a_watchdog(world: World, session_id: str) -> None:
    world.writes(session_id, "lost")

    await world.app.relay.look(session_id, Wake("watchdog"))

    assert world.shown()[-1] == "lost"


async def test_a_message_that_is_not_listed_yet_is_looked_for_once_more(world: World, session_id: str) -> None:
    nudge = Nudge("message-of-the-future", world.clock.now(), TENANT.id)

    await world.app.relay.look(session_id, nudge)

    assert world.calls.count("messaging.list_after") == 2


async def test_a_message_after_the_end_is_answered_visibly(world: World, session_id: str) -> None:
    await world.app.conversations.end(world.activity(), session_id)

    await world.app.relay.look(session_id, world.writes(session_id, "One more thing"))

    assert world.read_by_customer(session_id)[-1] == (
        "This conversation has ended. Your last message was not delivered."
    )
    assert "One more thing" not in world.shown()


async def test_an_event_that_comes_again_after_nobody_could_answer_says_nothing_more(world: World) -> None:
    opened = await world.opens(contact=DIRECTLY_MARIO)
    first = world.thread(opened)[0]
    nudge = Nudge(first.id, first.created_on, TENANT.id)

    for _ in range(3):
        await world.app.relay.look(opened, nudge)

    assert world.read_by_customer(opened) == ["Nobody can answer at the moment. Please try again later."]


async def test_who_waited_in_vain_and_writes_again_is_answered_once(world: World) -> None:
    opened = await world.opens()
    for text in ("two", "three"):
        await world.app.relay.look(opened, world.writes(opened, text))
    await world.passes(301)
    before = len(world.read_by_customer(opened))

    await world.app.relay.look(opened, world.writes(opened, "Hello?"))

    assert world.read_by_customer(opened)[before:] == [
        "This conversation has ended. Your last message was not delivered."
    ]


async def test_the_widget_is_nudged_after_what_it_can_read(world: World, session_id: str) -> None:
    await world.app.conversations.say(world.activity(), "Yes.")

    sends = [call for call in world.calls if call in ("messaging.send", "realtime.nudge", "sessions.save")]
    assert sends == ["sessions.save", "messaging.send", "sessions.save", "realtime.nudge"]


async def test_an_unknown_session_is_none(world: World) -> None:
    assert await world.app.relay.look("unknown", Wake("watchdog")) is None


# --- texts do not stay -----------------------------------------------------------------------------------------------


async def test_the_text_of_an_effect_is_deleted_when_it_is_done(world: World, session_id: str) -> None:
    await world.app.relay.look(session_id, world.writes(session_id, "a secret", client_id="c"))
    await world.app.conversations.reply(world.activity(), session_id, "a secret")

    assert world.sessions.rows[session_id].effects == {}
    assert "a secret" not in repr(world.sessions.rows[session_id])


async def test_no_text_of_a_person_is_in_a_log(world: World, session_id: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for error in (Rejected("blocked", "bot_blocked"), OutcomeUnknown("timed out"), NotSent("throttled", 30)):
        host = world.host(fails("agents.relay", error))
        await host.relay.look(session_id, world.writes(session_id, "a secret"))
        await world.passes(60)

    assert caplog.records
    assert "secret" not in caplog.text


# --- workflows that lint would have refused --------------------------------------------------------------------------


async def test_a_circle_of_messages_ends_the_session_instead_of_filling_a_transaction(world: World) -> None:
    says = ActivityDefinition("says", "message", {"texts": {"en": "Round and round"}}, {"next": "says"})
    accept = ActivityDefinition("accept", "accept_conversation", {}, {"next": "says"})
    world.config.put(TENANT.id, replace(WORKFLOW, activities=(accept, says)))

    opened = await world.opens("key-2")
    await world.passes(120)

    assert world.session(opened).end_reason is EndReason.WORKFLOW_FAULT
    assert world.sessions.rows[opened].effects == {}


async def test_a_session_goes_through_all_its_phases(world: World) -> None:
    started = await world.starts(contact=SALES)
    session_id = started.record.session.id
    phases = [world.session(session_id).phase]
    await world.registers(MARIO)
    await world.is_there(started)
    phases.append(world.session(session_id).phase)
    await world.accepts(MARIO, session_id)
    phases.append(world.session(session_id).phase)
    await world.app.conversations.end(world.activity(), session_id)
    phases.append(world.session(session_id).phase)

    assert phases == list(Phase)
    assert [nudge.state for nudge in world.realtime.nudges][-1] == "ended"
