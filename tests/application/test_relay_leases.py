"""Somebody else holds a session's lease: notes are left for him, and found even if he has died."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.application.occasions import Happened, Wake
from shared.application.worker import LEASE
from shared.domain.errors import NotSent, VersionConflict
from shared.domain.events import CustomerEnded
from shared.domain.sessions import EndReason
from shared.ports import Lease, RelayState
from tests.application.company import LUISA
from tests.application.faults import fails
from tests.application.world import World


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


async def test_several_notes_arrange_one_look(world: World, session_id: str) -> None:
    hold(world, session_id)
    for text in ("one", "two", "three"):
        await world.app.conversations.reply(world.activity(), session_id, text)

    assert len(wake_ups(world)) <= 1


async def test_a_note_without_anybody_who_works_on_it_is_taken_up_and_struck_off(world: World, session_id: str) -> None:
    rows = world.sessions.rows[session_id]
    rows.relay = replace(rows.relay, nudged=True)

    await world.app.relay.look(session_id, Wake("watchdog"))

    assert not relay_of(world, session_id).nudged


async def test_what_a_dead_holder_left_is_taken_up_only_after_a_successor_is_arranged(
    world: World, session_id: str
) -> None:
    hold(world, session_id)
    await world.app.conversations.reply(world.activity(), session_id, "Yes.")
    world.clock.advance(60)
    world.timers.due.clear()
    world.calls.clear()

    await world.host(world.count).relay.look(session_id, Wake("watchdog"))

    assert world.read_by_customer(session_id)[-1] == "Yes."
    assert world.calls[:2] == ["sessions.read", "timers.wake"]


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
