"""Push of presence: told at once, told by the chain, by one chain only, and not at all where nobody watches."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import replace

import pytest

from shared.application.watching import presence_key
from shared.domain.availability import ContactState, TeamsPresence
from shared.domain.errors import OutcomeUnknown
from tests.application.company import DIRECTLY_MARIO, LUISA, MARIO, SALES, TENANT
from tests.application.faults import Call, HostDied, fails
from tests.application.watchers import look, told, turns
from tests.application.world import World

AVAILABLE, BUSY, OFFLINE = ContactState.AVAILABLE, ContactState.BUSY, ContactState.OFFLINE


@pytest.fixture
async def watched(world: World) -> World:
    """Mario is registered, and a visitor watches him; both are told."""
    await world.registers(MARIO)
    await look(world, DIRECTLY_MARIO)
    await turns(world, 5)
    assert told(world) == [AVAILABLE]
    world.realtime.presences.clear()
    world.realtime.presence_times.clear()
    world.clock.advance(1)
    return world


class TestAtOnce:
    async def test_whoever_leaves_is_told_to_those_who_watch(self, watched: World) -> None:
        await watched.app.conversations.unregister(watched.activity(MARIO))
        await watched.app.watch.settled()
        assert watched.realtime.presences == [(presence_key(TENANT.id, DIRECTLY_MARIO), OFFLINE)]

    async def test_a_ring_and_a_conversation_are_told(self, watched: World) -> None:
        await watched.opens(contact=DIRECTLY_MARIO)
        await watched.app.watch.settled()
        assert told(watched) == [BUSY]

    async def test_a_visitor_who_asks_then_sees_it_too(self, watched: World) -> None:
        await look(watched, DIRECTLY_MARIO, push=False)
        await watched.app.conversations.unregister(watched.activity(MARIO))
        await watched.app.watch.settled()
        assert (await look(watched, DIRECTLY_MARIO, push=False)).state is OFFLINE

    async def test_a_change_that_changes_nothing_to_see_is_not_told(self, watched: World) -> None:
        await watched.app.watch.agent_changed(TENANT.id, MARIO.id)
        await watched.app.watch.settled()
        assert told(watched) == []

    async def test_a_member_changes_the_service_and_not_another_user(self, world: World) -> None:
        await world.registers(MARIO)
        for contact in (SALES, DIRECTLY_MARIO):
            await look(world, contact)
        await turns(world, 5)
        world.realtime.presences.clear()
        world.clock.advance(1)
        await world.registers(LUISA)
        await world.app.conversations.unregister(world.activity(MARIO))
        await world.app.watch.settled()
        assert world.realtime.presences == [(presence_key(TENANT.id, DIRECTLY_MARIO), OFFLINE)]
        await world.app.conversations.unregister(world.activity(LUISA))
        await world.app.watch.settled()
        assert world.realtime.presences[1:] == [(presence_key(TENANT.id, SALES), OFFLINE)]

    async def test_where_nobody_watches_a_change_costs_one_range_a_second(self, world: World) -> None:
        await world.registers(MARIO)
        world.clock.advance(2)
        world.calls.clear()
        for _ in range(3):
            await world.app.watch.agent_changed(TENANT.id, MARIO.id)
        assert world.calls == ["watches.read"]

    async def test_a_store_that_is_away_keeps_no_agent_from_anything(self, watched: World) -> None:
        watched.away = {"watches.read"}
        watched.clock.advance(2)
        await watched.app.conversations.unregister(watched.activity(MARIO))
        await watched.app.watch.settled()
        assert told(watched) == []
        watched.away = set()
        await turns(watched, 10)
        assert told(watched) == [OFFLINE], "the chain mends it"


class TestTheChain:
    async def test_a_change_in_teams_is_told(self, watched: World) -> None:
        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        await turns(watched, 5)
        assert told(watched) == [BUSY]
        await turns(watched, 30)
        assert told(watched) == [BUSY], "once"

    async def test_a_change_in_teams_is_told_within_two_seconds(self, watched: World) -> None:
        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        await turns(watched, 1)
        assert told(watched) == [BUSY]

    async def test_a_minute_of_it_costs_a_few_calls_a_second_however_many_watch(self, watched: World) -> None:
        for _ in range(1_000):
            await look(watched, DIRECTLY_MARIO)
        watched.calls.clear()
        await turns(watched, 60)
        cost = {name: count for name, count in Counter(watched.calls).items() if not name.startswith("config.")}
        calls = {"watches.read", "watches.move", "timers.look_at_presence", "agent_store.read", "presence.of"}
        assert (set(cost), max(cost.values())) == (calls, 60 + 1)

    async def test_after_the_last_page_was_closed_it_costs_nothing_soon(self, watched: World) -> None:
        await turns(watched, 152)
        watched.calls.clear()
        await turns(watched, 3_600)
        assert watched.calls == []

    async def test_turns_come_in_equal_intervals(self, watched: World) -> None:
        looks: list[float] = []
        begin = watched.clock.time.timestamp()
        while watched.timers.turns and len(looks) < 5:
            due = watched.timers.turns[0][0]
            await turns(watched, (due - watched.clock.time).total_seconds())
            looks.append(round(watched.clock.time.timestamp() - begin, 3))
        gaps = {round(later - earlier, 3) for earlier, later in itertools.pairwise(looks)}
        assert gaps == {1.0}

    async def test_a_message_that_comes_early_is_waited_for(self, watched: World) -> None:
        due, tenant_id, turn = watched.timers.turns.pop()
        watched.clock.time = due.replace(microsecond=0)
        await watched.app.watch.look(tenant_id, turn)
        assert watched.clock.time >= due

    async def test_it_ends_when_nobody_watches_and_begins_again(self, watched: World) -> None:
        await turns(watched, 300)
        assert watched.timers.turns == []
        await look(watched, DIRECTLY_MARIO)
        watched.presence.states[MARIO.id] = TeamsPresence.OFFLINE
        await turns(watched, 6)
        assert told(watched) == [OFFLINE]

    async def test_it_goes_on_while_somebody_asks_every_minute(self, watched: World) -> None:
        for _ in range(10):
            await turns(watched, 60)
            await look(watched, DIRECTLY_MARIO)
        assert len(watched.timers.turns) == 1

    async def test_hosts_and_repeated_messages_do_not_multiply_it(self, watched: World) -> None:
        hosts = [watched.host(watched.count) for _ in range(3)]
        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        for _ in range(5):
            for host in hosts:
                await look(watched, DIRECTLY_MARIO, app=host)
            await turns(watched, 31, *hosts)
            assert len(watched.timers.turns) == 1
        assert told(watched) == [BUSY]

    async def test_hosts_that_get_a_message_at_the_same_moment_take_one_turn(self, watched: World) -> None:
        hosts = [watched.host(watched.count) for _ in range(3)]
        due, tenant_id, turn = watched.timers.turns.pop()
        watched.clock.time = due
        await asyncio.gather(*(host.watch.look(tenant_id, turn) for host in hosts))
        assert len(watched.timers.turns) == 1

    async def test_one_that_broke_is_begun_again_by_who_watches(self, watched: World) -> None:
        watched.timers.turns.clear()  # a host has died with the message
        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        watched.clock.advance(60)
        await look(watched, DIRECTLY_MARIO)
        await turns(watched, 6)
        assert told(watched) == [BUSY]
        assert len(watched.timers.turns) == 1

    async def test_who_begins_to_watch_while_it_comes_to_rest_is_not_forgotten(self, watched: World) -> None:
        due, tenant_id, turn = watched.timers.turns.pop()
        watched.clock.advance(200)
        begun: list[str] = []

        async def meanwhile(name: str, call: Call) -> object:
            if name == "watches.move" and not begun:
                # Another host's visitor, who saw the chain going on when this was written.
                begun.append(name)
                await watched.ports.watches.watch(TENANT.id, SALES, due.replace(year=2031))
            return await call()

        await watched.host(meanwhile).watch.look(tenant_id, turn)
        assert len(watched.timers.turns) == 1

    async def test_one_contact_that_cannot_be_read_keeps_no_other_from_being_told(self, world: World) -> None:
        await world.registers(MARIO)
        app = world.host(fails("agent_store.read", OutcomeUnknown("away")))
        for contact in (DIRECTLY_MARIO, SALES):
            await world.ports.watches.watch(TENANT.id, contact, world.clock.now().replace(year=2031))
        await world.ports.watches.move(TENANT.id, None, 1, world.clock.now())
        await app.watch.look(TENANT.id, 1)
        assert len(told(world)) == 1

    async def test_what_was_watched_long_ago_is_swept_away(self, watched: World) -> None:
        await look(watched, SALES)
        watched.clock.advance(4_000)
        await look(watched, DIRECTLY_MARIO)
        await turns(watched, 10)
        found = await watched.ports.watches.read(TENANT.id)
        assert [one.contact for one in found.contacts] == [DIRECTLY_MARIO]

    async def test_more_contacts_than_can_be_followed_are_asked_for_now_and_then(self, world: World) -> None:
        read = world.ports.watches.read

        async def first_ones(tenant_id: str) -> object:
            return replace(await read(tenant_id), contacts=[])

        world.ports.watches.read = first_ones  # type: ignore[method-assign, assignment]  # the page is full
        assert (await look(world, SALES)).realtime is None


class TestTwoHosts:
    async def test_who_has_looked_earlier_never_has_the_last_word(self, watched: World) -> None:
        """A host finds Mario busy and is held up; meanwhile he is available again, and another host tells that."""
        at_published: list[str] = []

        async def held_up(name: str, call: Call) -> object:
            if name == "realtime.publish_presence" and not at_published:
                at_published.append(name)
                watched.presence.states[MARIO.id] = TeamsPresence.OFFLINE
                watched.clock.advance(1)
                await watched.app.watch.agent_changed(TENANT.id, MARIO.id)
                await watched.app.watch.settled()
            return await call()

        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        slow = watched.host(held_up)
        await slow.watch.agent_changed(TENANT.id, MARIO.id)
        await slow.watch.settled()

        assert shown(watched) is OFFLINE
        (noted,) = (await watched.ports.watches.read(TENANT.id)).contacts
        assert noted.told is OFFLINE

    async def test_who_looked_before_another_has_told_looks_again(self, watched: World) -> None:
        read: list[str] = []

        async def overtaken(name: str, call: Call) -> object:
            if name == "watches.tell" and not read:
                read.append(name)
                watched.presence.states[MARIO.id] = TeamsPresence.OFFLINE
                await watched.app.watch.agent_changed(TENANT.id, MARIO.id)
                await watched.app.watch.settled()
            return await call()

        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        slow = watched.host(overtaken)
        await slow.watch.agent_changed(TENANT.id, MARIO.id)
        await slow.watch.settled()

        assert told(watched) == [OFFLINE]

    async def test_what_a_host_was_about_to_tell_when_it_died_is_told_by_the_next_look(self, watched: World) -> None:
        async def dies(name: str, call: Call) -> object:
            if name == "realtime.publish_presence":
                raise HostDied
            return await call()

        watched.presence.states[MARIO.id] = TeamsPresence.BUSY
        dying = watched.host(dies)
        await dying.watch.agent_changed(TENANT.id, MARIO.id)
        with pytest.raises(HostDied):
            await dying.watch.settled()
        await turns(watched, 6)

        assert told(watched) == [BUSY]

    async def test_a_clock_that_is_behind_tells_a_later_time_all_the_same(self, watched: World) -> None:
        for state in (TeamsPresence.BUSY, TeamsPresence.OFFLINE, TeamsPresence.AVAILABLE):
            watched.presence.states[MARIO.id] = state
            watched.clock.advance(-60)
            await watched.app.watch.agent_changed(TENANT.id, MARIO.id)
            await watched.app.watch.settled()
        assert told(watched) == [BUSY, OFFLINE, AVAILABLE]
        assert shown(watched) is AVAILABLE


def shown(world: World) -> ContactState:
    """What a widget shows that heard everything: whatever has the latest time."""
    _, (_, state) = max(zip(world.realtime.presence_times, world.realtime.presences, strict=True))
    return state


async def test_a_process_writes_twice_a_minute_however_many_ask(world: World) -> None:
    for _ in range(60):
        await asyncio.gather(*(look(world, SALES) for _ in range(5)))
        world.clock.advance(1)
    assert world.calls.count("watches.watch") == 2
