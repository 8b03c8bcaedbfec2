"""One session as an administrator reads it, and the end of one that is stuck."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.conflicts import RoleMissing
from shared.domain.documents import Kind
from shared.domain.errors import NotFound, OutcomeUnknown
from shared.domain.history import Outcome
from shared.domain.sessions import EndReason, Phase
from shared.ports import AuditAction
from tests.application.administrators import ADA, EUROPEAN, ORDERS, READER, STRANGER, keeps_context, with_units
from tests.application.company import MARIO, TENANT, WORKFLOW
from tests.application.faults import fails_afterwards
from tests.application.world import World


async def talked(world: World) -> str:
    """A conversation with one message of each side, which the agent has ended."""
    session_id = await world.connected()
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))
    await world.app.conversations.say(world.activity(), "Yes, by Friday.")
    await world.app.conversations.end(world.activity(), session_id)
    return session_id


# --- what happened ---------------------------------------------------------------------------------------------------


async def test_a_conversation_is_told_in_order_and_in_words(world: World) -> None:
    session_id = await talked(world)

    story = await world.app.session_stories.read(READER, session_id)

    titles = [line.title for line in story.timeline]
    told = [
        "The workflow began",
        "The customer's page gave its first sign of life",
        "Delivered: a message to the customer",
        "Number 1 in the queue",
        "It rings at Mario; not asked: Luisa (not registered with the bot)",
        "Mario has got the invitation",
        "Mario accepted",
        "The agent has got the card of the conversation",
        "The customer wrote",
        "Delivered: the customer's message to the agent",
        "Mario wrote",
        "Delivered: a message to the customer",
        "Mario ended the conversation",
    ]
    left = iter(titles)
    assert [title for title in told if title not in left] == [], "each after the one before"
    assert [line.entry.at for line in story.timeline] == sorted(line.entry.at for line in story.timeline)
    assert (story.line.outcome, story.omitted) == (Outcome.ANSWERED, 0)


async def test_activities_and_effects_stand_beside_the_words(world: World) -> None:
    session_id = await world.opens()

    story = await world.app.session_stories.read(READER, session_id)

    opened = next(line.entry for line in story.timeline if line.entry.what == "SessionOpened")
    assert opened.details["way"] == [["accept", None], ["accept", "next"], ["queue", None]]
    numbers = [number for line in story.timeline for number, _ in line.entry.details.get("effects", ())]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_send_whose_outcome_was_unknown_and_its_repetition_are_told(world: World) -> None:
    session_id = await world.connected()
    host = world.host(fails_afterwards("agents.relay", OutcomeUnknown("answered nothing")))
    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))
    await world.passes(120)

    titles = [line.title for line in (await world.app.session_stories.read(ADA, session_id)).timeline]
    doubt = "Not known whether it happened: the customer's message to the agent (for the 1. time)"
    again = (
        "Delivered: the customer's message to the agent, sent again because the first attempt's outcome was not known"
    )
    assert titles.index(doubt) < titles.index(again)


async def test_what_is_still_to_be_done_is_pending(world: World) -> None:
    session_id = await world.connected()
    world.away.add("agents.relay")
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))

    story = await world.app.session_stories.read(ADA, session_id)
    assert [one.effect.kind for one in story.record.effects] == ["relay_to_agent"]


@pytest.mark.parametrize("is_kept", [True, False])
async def test_what_was_written_is_shown_only_where_it_is_kept(world: World, is_kept: bool) -> None:
    if is_kept:
        keeps_context(world)
    session_id = await talked(world)

    story = await world.app.session_stories.read(READER, session_id)
    texts = [message.text for message in story.messages or ()]
    assert (["By Friday?" in texts, "Yes, by Friday." in texts]) == [is_kept, is_kept]
    assert (story.why_no_messages == "") is is_kept
    assert "Friday" not in repr(story.timeline)
    assert ("Carla" in repr(story.line)) is is_kept


async def test_what_nobody_has_written_is_no_message(world: World) -> None:
    keeps_context(world)
    session_id = await world.opens()
    told_of_a_participant = replace(world.thread(session_id)[0], id="added", text="", metadata={}, is_text=False)
    world.thread(session_id).insert(0, told_of_a_participant)

    story = await world.app.session_stories.read(READER, session_id)
    assert "added" not in [message.id for message in story.messages or ()]


async def test_parameters_are_disposed_of_at_the_end_unless_they_are_kept(world: World) -> None:
    for is_kept, key in ((False, "key-1"), (True, "key-2")):
        if is_kept:
            keeps_context(world)
        session_id = await world.opens(key, parameters={"orderNumber": "4711"})
        assert world.session(session_id).parameters == {"orderNumber": "4711"}
        await world.app.session_stories.end(ADA, session_id)
        assert bool(world.session(session_id).parameters) is is_kept


async def test_nobody_sees_a_session_that_is_none_of_theirs(world: World) -> None:
    with_units(world)
    session_id, of_orders = await world.opens("key-1"), await world.opens("key-2", contact=ORDERS)

    assert (await world.app.session_stories.read(EUROPEAN, of_orders)).line.session_id == of_orders
    for administrator in (EUROPEAN, STRANGER):
        with pytest.raises(NotFound):
            await world.app.session_stories.read(administrator, session_id)
    with pytest.raises(NotFound):
        await world.app.session_stories.read(ADA, "nowhere")


# --- the end of what is stuck ----------------------------------------------------------------------------------------


async def test_both_sides_are_told_that_it_was_ended(world: World) -> None:
    session_id = await world.connected()

    line = await world.app.session_stories.end(ADA, session_id)

    assert (line.is_running, line.end_reason, line.outcome) == (False, EndReason.ADMINISTRATOR, Outcome.ANSWERED)
    assert world.read_by_customer(session_id)[-1] == "This conversation has ended."
    assert "An administrator has ended this conversation." in world.shown(what="notify")
    assert world.agent_store.records[TENANT.id, MARIO.id].state.conversations == ()
    assert world.queue.taken["lunifico:service:sales"] == {}


async def test_a_task_that_waits_is_taken_from_the_queue(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()

    line = await world.app.session_stories.end(ADA, session_id)

    assert line.outcome is Outcome.ENDED_BY_ADMINISTRATOR
    assert world.agent_store.records[TENANT.id, MARIO.id].state.ring is None
    assert world.queue.hints["lunifico:service:sales"] == set()


async def test_one_without_a_thread_can_be_ended_too(world: World) -> None:
    world.away.add("messaging.open_thread")
    with pytest.raises(OutcomeUnknown):
        await world.starts()
    (session_id,) = world.sessions.rows

    assert not (await world.app.session_stories.end(ADA, session_id)).is_running
    assert world.happened(session_id, "DeliveryFailed") == []


async def test_one_that_another_host_has_left_held_is_ended_by_it_or_its_successor(world: World) -> None:
    session_id = await world.connected()
    world.away.add("agents.relay")
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))
    assert world.sessions.rows[session_id].relay.lease is not None

    line = await world.app.session_stories.end(ADA, session_id)
    assert not line.is_running
    world.away.clear()
    await world.passes(60)
    assert world.shown()[-1] == "By Friday?"
    assert world.read_by_customer(session_id)[-1] == "This conversation has ended."


async def test_it_is_in_the_audit_log_and_in_the_timeline(world: World) -> None:
    session_id = await world.opens()
    for _ in range(2):
        await world.app.session_stories.end(ADA, session_id)

    (entry,) = (await world.ports.administration.audit(TENANT.id)).entries
    assert (entry.what, entry.by.id, entry.key.id) == (AuditAction.ENDED, "ada-id", "sales")
    assert entry.details == {"session": session_id}
    assert world.happened(session_id, "AdministratorEnded") == [{"administrator_id": "ada-id"}]


async def test_ending_what_has_ended_changes_nothing(world: World) -> None:
    session_id = await talked(world)

    line = await world.app.session_stories.end(ADA, session_id)

    assert line.end_reason is EndReason.AGENT
    assert (await world.ports.administration.audit(TENANT.id)).entries == ()


async def test_only_whoever_administers_the_contact_may_end(world: World) -> None:
    with_units(world)
    session_id, of_orders = await world.opens("key-1"), await world.opens("key-2", contact=ORDERS)

    with pytest.raises(RoleMissing):
        await world.app.session_stories.end(READER, session_id)
    with pytest.raises(NotFound):
        await world.app.session_stories.end(EUROPEAN, session_id)
    assert world.session(session_id).phase is not Phase.ENDED
    assert not (await world.app.session_stories.end(EUROPEAN, of_orders)).is_running


async def test_the_sessions_of_a_service_that_was_deleted_are_left_to_tenant_administrators(world: World) -> None:
    with_units(world)
    session_id = await world.opens("key-1", contact=ORDERS)
    world.config.remove(TENANT.id, Kind.SERVICE, "orders")

    with pytest.raises(NotFound):
        await world.app.session_stories.end(EUROPEAN, session_id)
    with pytest.raises(RoleMissing):
        await world.app.session_stories.end(READER, session_id)
    assert (await world.app.session_stories.end(ADA, session_id)).contact_name == "orders"


async def test_a_workflow_of_any_kind_can_be_ended(world: World) -> None:
    world.config.put(TENANT.id, replace(WORKFLOW, activities=WORKFLOW.activities[:1]))
    session_id = await world.opens()

    assert world.session(session_id).end_reason is EndReason.WORKFLOW_FAULT
    assert (await world.app.session_stories.read(ADA, session_id)).line.outcome is Outcome.FAILED
