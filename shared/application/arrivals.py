"""Remembers that events of a tenant's ACS resource come in, so that an administrator can see it."""

from __future__ import annotations

import logging
from datetime import timedelta

from shared.application.throttle import Throttle
from shared.domain.errors import PortError
from shared.ports import Ports

EVERY = timedelta(minutes=1)
"""So often each process writes it down at most: it is about the minute, not about every message."""

logger = logging.getLogger(__name__)


class ArrivedEvents:
    """One for a process."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._throttle = Throttle(ports.clock, EVERY)

    async def note(self, tenant_id: str) -> None:
        """An event has come; best effort, since no message may wait for it."""
        if not self._throttle.take(tenant_id):
            return
        try:
            await self._ports.arrivals.note(tenant_id, self._ports.clock.now())
        except PortError as error:
            logger.warning("the time of the last event of tenant %s was not kept: %s", tenant_id, error.code)
