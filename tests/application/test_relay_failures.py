"""A send that fails: throttled, in doubt, or refused for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.application.worker import LEASE
from shared.domain.errors import InteractError, NotSent, OutcomeUnknown, Rejected
from tests.application.company import HOME, LUISA, MARIO
from tests.application.faults import Around, Call, fails, fails_afterwards
from tests.application.world import World


def wake_ups(world: World) -> list[tuple[float, str]]:
    """In how many seconds a look is arranged, and why."""
    return [((wake_up.due - world.clock.now()).total_seconds(), wake_up.reason) for wake_up in world.timers.due]


async def test_a_short_throttling_is_waited_for(world: World, session_id: str) -> None:
    host = world.host(fails("agents.relay", NotSent("throttled", retry_after=2)))

    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert world.shown()[-1] == "By Friday?"
    assert [sent.again for sent in world.agents.of("chat-mario", "relay")] == [False, False]


async def test_a_holder_without_enough_time_left_for_a_send_leaves_it_to_the_next(
    world: World, session_id: str
) -> None:
    slow = ["sessions.save"]

    async def around(name: str, call: Call) -> Any:
        if name in slow:
            slow.remove(name)
            world.clock.advance(7)
        return await call()

    await world.host(around).relay.look(session_id, world.writes(session_id, "By Friday?"))
    assert "By Friday?" not in world.shown()
    await world.passes(1)

    assert [(sent.text, sent.again) for sent in world.agents.of("chat-mario", "relay")][1:] == [("By Friday?", False)]


async def test_a_holder_of_many_slow_effects_gets_his_lease_anew_with_each(world: World, session_id: str) -> None:
    left: list[float] = []

    async def slow(name: str, call: Call) -> Any:
        if name == "agents.relay":
            lease = world.sessions.rows[session_id].relay.lease
            assert lease is not None
            left.append((lease.until - world.clock.now()).total_seconds())
            world.clock.advance(5)
        return await call()

    nudges = [world.writes(session_id, f"text {number}") for number in range(8)]
    await world.host(slow).relay.look(session_id, nudges[0])

    assert world.shown()[1:] == [f"text {number}" for number in range(8)]
    assert left == [LEASE.total_seconds()] * 8


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
    assert world.shown() == ["Do you deliver to Basel?"]
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
    started = await world.starts("key-2")
    opened = started.record.session.id

    await host.sessions.heartbeat(opened, started.token, HOME, leaving=False)
    await world.registers(LUISA)
    await world.passes(10)

    assert [invitation.agent.id for invitation in world.task(opened).invitations] == ["luisa"]


async def test_an_outage_of_storage_is_raised_so_that_the_platform_repeats_it(world: World, session_id: str) -> None:
    host = world.host(fails("sessions.read", OutcomeUnknown("storage is away")))

    with pytest.raises(InteractError):
        await host.relay.look(session_id, world.writes(session_id, "By Friday?"))
