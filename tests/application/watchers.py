"""What stories about presence share: a visitor who watches, and the queue that brings turns."""

from __future__ import annotations

from dataclasses import replace

from shared.application import Application
from shared.application.presence import Look
from shared.domain.availability import ContactState
from shared.domain.sessions import ContactReference
from tests.application.company import HOME, IM, MARIO, SERVICE, TENANT
from tests.application.world import World


async def look(world: World, contact: ContactReference, *, push: bool = True, app: Application | None = None) -> Look:
    """A widget asks."""
    presence = (app or world.app).presence
    return await presence.of_contact(TENANT.widget_key, contact, IM, HOME, push=push)


async def turns(world: World, seconds: float, *apps: Application) -> None:
    """Let time pass; each message is delivered to every one of the hosts, as a queue may do, when it comes due."""
    end = world.clock.time.timestamp() + seconds
    while waiting := sorted(turn for turn in world.timers.turns if turn[0].timestamp() <= end):
        due, tenant_id, turn = waiting[0]
        world.timers.turns.remove(waiting[0])
        world.clock.time = max(world.clock.time, due)
        for app in apps or (world.app,):
            await app.watch.look(tenant_id, turn)
    world.clock.advance(max(0.0, end - world.clock.time.timestamp()))


def told(world: World) -> list[ContactState]:
    """What was published, in order."""
    return [state for _, state in world.realtime.presences]


def set_members(world: World, count: int) -> list[str]:
    """The service gets so many members; their ids."""
    members = [f"member-{number:03}" for number in range(count)]
    users = [replace(MARIO, id=member) for member in members]
    world.config.put(TENANT.id, replace(SERVICE, members=tuple(members)), *users)
    return members
