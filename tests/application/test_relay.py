"""The relay: who holds a session's lease, what others leave him as a note, and what a send that failed leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.application.occasions import Happened, Nudge, Wake
from shared.application.turn import AT_ONCE
from shared.application.worker import LEASE
from shared.domain.errors import InteractError, NotSent, OutcomeUnknown, Rejected, VersionConflict
from shared.domain.events import CustomerEnded
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition
from shared.ports import Lease, RelayState
from tests.application.world import DIRECTLY_MARIO, LUISA, MARIO, SALES, TENANT, WORKFLOW, Around, Call, World


def fails(name: str, *errors: Exception) -> Around:
    """The first calls of this name raise these errors and have no effect."""
    left = list(errors)

    async def around(called: str, call: Call) -> Any:
        if called == name and left:
            raise left.pop(0)
        return await call()

    return around


def fails_afterwards(name: str, error: Exception) -> Around:
    """The first call of this name has its effect, but its answer is lost."""
    left = [error]

    async def around(called: str, call: Call) -> Any:
        result = await call()
        if called == name and left:
            raise left.pop()
        return result

    return around


def relay_of(world: World, session_id: str) -> RelayState:
    return world.sessions.rows[session_id].relay


def hold(world: World, session_id: str, *, clean: bool = False) -> None:
    """Another host has the lease."""
    rows = world.sessions.rows[session_id]
    rows.relay = replace(rows.relay, lease=Lease("another host", world.clock.now() + LEASE, clean))
    rows.version += 1


def wake_ups(world: World) -> list[tuple[float, str]]:
    """In how many seconds a look is arranged, and why."""
    return [((wake_up.due - world.clock.now()).total_seconds(), wake_up.reason) for wake_up in world.timers.due]


@pytest.fixture
async def session_id(world: World) -> str:
    opened = await world.connected()
    world.calls.clear()
    world.timers.due.clear()
    return opened


# --- both directions -------------------------------------------------------------------------------------------------


async def test_what_the_customer_wrote_while_waiting_is_shown_on_accept_in_order(world: World) -> None:
    await world.registers(MARIO)
    opened = await world.opens()
    for text in ("two", "three"):
        await world.app.relay.look(opened, world.writes(opened, text))

    await world.accepts(MARIO, opened)

    assert world.shown() == ["Do you deliver to Basel?", "two", "three"]


async def test_more_messages_than_fit_into_one_turn_are_shown_in_several(world: World) -> None:
    await world.registers(MARIO)
    opened = await world.opens()
    texts = [f"text {number}" for number in range(2 * AT_ONCE + 5)]
    for text in texts:
        world.writes(opened, text)

    await world.accepts(MARIO, opened)
    await world.passes(120)

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
    opened = (await world.starts(contact=DIRECTLY_MARIO)).record.session.id
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


# --- somebody else holds the lease -----------------------------------------------------------------------------------


async def test_a_nudge_leaves_a_note_for_the_holder_and_reads_nothing_itself(world: World, session_id: str) -> None:
    hold(world, session_id)

    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert relay_of(world, session_id).nudged
    assert "By Friday?" not in world.shown()
    assert "messaging.list_after" not in world.calls


async def test_a_second_nudge_finds_the_note_there(world: World, session_id: str) -> None:
    hold(world, session_id)
    await world.app.relay.look(session_id, world.writes(session_id, "one"))
    world.calls.clear()

    await world.app.relay.look(session_id, world.writes(session_id, "two"))

    assert world.calls == ["sessions.read"]


async def test_an_agent_s_message_is_kept_for_the_holder(world: World, session_id: str) -> None:
    hold(world, session_id)

    answer = await world.app.conversations.reply(world.activity(), session_id, "Yes.")

    assert answer.outcome == "sent"
    assert [effect.text for effect in world.sessions.rows[session_id].effects.values()] == ["Yes."]  # type: ignore[union-attr]  # it is a text
    assert "Yes." not in world.read_by_customer(session_id)


async def test_a_note_is_found_a_second_after_the_lease_even_if_its_holder_has_died(
    world: World, session_id: str
) -> None:
    hold(world, session_id)
    await world.app.conversations.reply(world.activity(), session_id, "Yes.")
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))

    await world.passes(LEASE.total_seconds() + 1)

    assert world.read_by_customer(session_id)[-1] == "Yes."
    assert world.shown()[-1] == "By Friday?"


async def test_a_watchdog_that_meets_a_holder_comes_back_after_the_lease(world: World, session_id: str) -> None:
    hold(world, session_id)

    await world.app.relay.look(session_id, Wake("watchdog"))

    assert wake_ups(world) == [(LEASE.total_seconds() + 2, "watchdog")]


async def test_the_end_counts_although_somebody_holds_the_lease(world: World, session_id: str) -> None:
    hold(world, session_id)

    seen = await world.app.relay.look(session_id, Happened(CustomerEnded()))

    assert seen is not None
    assert seen.session.end_reason is EndReason.CUSTOMER


async def test_what_changes_nothing_leaves_no_note(world: World, session_id: str) -> None:
    hold(world, session_id)

    await world.app.conversations.end(world.activity(LUISA), session_id)

    assert "sessions.save" not in world.calls


async def test_a_session_that_stays_contended_is_left_to_the_repetition_by_the_platform(
    world: World, session_id: str
) -> None:
    host = world.host(fails("sessions.save", *[VersionConflict("somebody else wrote first")] * 50))

    with pytest.raises(NotSent):
        await host.relay.look(session_id, Happened(CustomerEnded()))


# --- a send that fails -----------------------------------------------------------------------------------------------


async def test_a_short_throttling_is_waited_for(world: World, session_id: str) -> None:
    host = world.host(fails("agents.relay", NotSent("throttled", retry_after=2)))

    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert world.shown()[-1] == "By Friday?"
    assert [sent.again for sent in world.agents.of("chat-mario", "relay")] == [False, False]


async def test_a_long_throttling_is_left_to_a_timer_and_nothing_is_marked_as_sent_again(
    world: World, session_id: str
) -> None:
    host = world.host(fails("agents.relay", NotSent("throttled", retry_after=15)))

    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert "By Friday?" not in world.shown()
    assert (15, "continue") in wake_ups(world)
    await world.passes(15)
    assert world.shown()[-1] == "By Friday?"
    assert [sent.again for sent in world.agents.of("chat-mario", "relay")] == [False, False]


async def test_while_a_throttled_message_waits_later_ones_wait_behind_it(world: World, session_id: str) -> None:
    host = world.host(fails("agents.relay", NotSent("throttled", retry_after=15)))
    await host.relay.look(session_id, world.writes(session_id, "one"))

    await world.app.relay.look(session_id, world.writes(session_id, "two"))
    await world.passes(30)

    assert world.shown()[-2:] == ["one", "two"]


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        pytest.param(lambda error: fails("agents.relay", error), 1, id="it had not arrived"),
        pytest.param(lambda error: fails_afterwards("agents.relay", error), 2, id="it had arrived"),
    ],
)
async def test_a_message_to_the_agent_in_doubt_is_sent_again_and_marked(
    world: World, session_id: str, fault: Callable[[Exception], Around], times: int
) -> None:
    host = world.host(fault(OutcomeUnknown("timed out")))
    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))
    world.writes(session_id, "Or by Monday?")

    await world.passes(LEASE.total_seconds() + 1)

    relayed = [(sent.text, sent.again) for sent in world.agents.of("chat-mario", "relay")][1:]
    assert relayed == [
        *[("By Friday?", False)] * (times - 1),
        ("By Friday?", True),
        ("Or by Monday?", False),
    ]


@pytest.mark.parametrize("fault", [fails, fails_afterwards], ids=["it had not arrived", "it had arrived"])
async def test_a_message_to_the_customer_in_doubt_is_looked_up_and_never_doubled(
    world: World, session_id: str, fault: Callable[..., Around]
) -> None:
    host = world.host(fault("messaging.send", OutcomeUnknown("timed out")))
    await host.conversations.reply(world.activity(), session_id, "Yes.")

    await world.passes(LEASE.total_seconds() + 1)

    assert world.read_by_customer(session_id).count("Yes.") == 1


async def test_until_it_is_resolved_nobody_sends_past_a_message_in_doubt(world: World, session_id: str) -> None:
    host = world.host(fails("messaging.send", OutcomeUnknown("timed out")))
    await host.conversations.reply(world.activity(), session_id, "one")

    await world.app.conversations.reply(world.activity(), session_id, "two")
    assert "two" not in world.read_by_customer(session_id)
    await world.passes(LEASE.total_seconds() + 1)

    assert world.read_by_customer(session_id)[-2:] == ["one", "two"]


async def test_a_message_that_the_agent_s_side_refuses_for_good_is_reported_to_the_customer(
    world: World, session_id: str
) -> None:
    host = world.host(fails("agents.relay", Rejected("blocked by the user", "bot_blocked")))

    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert world.read_by_customer(session_id)[-1] == "The last message could not be delivered."
    assert world.happened(session_id, "DeliveryFailed") == [
        {"effect": "relay_to_agent", "reason": "bot_blocked", "agent_id": "mario"}
    ]


async def test_a_message_that_the_customer_s_side_refuses_for_good_is_reported_to_the_agent(
    world: World, session_id: str
) -> None:
    host = world.host(fails("messaging.send", Rejected("no such thread", "thread_unknown")))

    await host.conversations.reply(world.activity(), session_id, "Yes.")

    assert world.shown(what="notify") == ["The last message could not be delivered."]


async def test_two_sides_that_refuse_for_good_end_in_the_timeline(world: World, session_id: str) -> None:
    async def nothing_arrives(name: str, call: Call) -> Any:
        if name in ("messaging.send", "agents.notify"):
            raise Rejected("gone", "gone")
        return await call()

    await world.host(nothing_arrives).conversations.reply(world.activity(), session_id, "Yes.")

    assert [failed["effect"] for failed in world.happened(session_id, "DeliveryFailed")] == [
        "send_to_customer",
        "notify_agent",
    ]
    assert world.sessions.rows[session_id].effects == {}


async def test_an_agent_who_cannot_be_reached_any_more_makes_the_task_go_to_the_next(world: World) -> None:
    await world.registers(MARIO)
    host = world.host(fails("agents.invite", Rejected("blocked by the user", "bot_blocked")))
    opened = (await world.starts("key-2")).record.session.id

    await host.relay.look(opened, Wake("opened"))
    await world.registers(LUISA)
    await world.passes(10)

    assert [invitation.agent.id for invitation in world.task(opened).invitations] == ["luisa"]


async def test_an_outage_of_storage_is_raised_so_that_the_platform_repeats_it(world: World, session_id: str) -> None:
    host = world.host(fails("sessions.read", OutcomeUnknown("storage is away")))

    with pytest.raises(InteractError):
        await host.relay.look(session_id, world.writes(session_id, "By Friday?"))


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
    session_id = (await world.starts(contact=SALES)).record.session.id
    phases = [world.session(session_id).phase]
    await world.registers(MARIO)
    await world.wakes(session_id, "opened")
    phases.append(world.session(session_id).phase)
    await world.accepts(MARIO, session_id)
    phases.append(world.session(session_id).phase)
    await world.app.conversations.end(world.activity(), session_id)
    phases.append(world.session(session_id).phase)

    assert phases == list(Phase)
    assert [nudge.state for nudge in world.realtime.nudges][-1] == "ended"
