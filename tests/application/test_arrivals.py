"""Events are written down now and then: never more than once a minute, and never in the way of a message."""

from __future__ import annotations

from datetime import datetime

from shared.application.arrivals import ArrivedEvents
from shared.domain.errors import NotSent
from tests.functions.world import TENANT, World


class Counting:
    def __init__(self, *, broken: bool = False) -> None:
        self.times: list[datetime] = []
        self.broken = broken

    async def note(self, tenant_id: str, at: datetime) -> None:
        self.times.append(at)
        if self.broken:
            raise NotSent("storage is busy")

    async def last(self, tenant_id: str) -> datetime | None:
        return self.times[-1] if self.times else None


async def test_a_process_writes_once_a_minute_at_most() -> None:
    world, counting = World(), Counting()
    world.replace(arrivals=counting)
    arrived = ArrivedEvents(world.ports)
    for _ in range(130):
        await arrived.note(TENANT.id)
        world.clock.advance(1)
    assert len(counting.times) == 3


async def test_storage_that_is_busy_is_in_nobodys_way() -> None:
    world = World()
    world.replace(arrivals=Counting(broken=True))
    await ArrivedEvents(world.ports).note(TENANT.id)
