"""Where widgets connect to: the tenant's ACS resource, and the service that pushes."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from shared.adapters.acs_resources import AcsResources
from shared.domain.errors import Rejected
from shared.domain.tenants import Tenant
from shared.ports import Realtime

NOBODY = "nobody"


class WidgetEndpoints:
    """Fulfils `Endpoints`."""

    def __init__(self, resources: AcsResources, realtime: Realtime) -> None:
        self._resources = resources
        self._realtime = realtime

    async def of_widgets(self, tenant: Tenant) -> Sequence[str]:
        return (*await self._messaging(tenant), *await self._push())

    async def _messaging(self, tenant: Tenant) -> Sequence[str]:
        # Conversations that began in ACS go on there, whatever new ones do.
        if not tenant.acs_secret:
            return ()
        try:
            return (_origin((await self._resources.of(tenant)).browser_endpoint),)
        except Rejected:
            # A page is shown all the same: the preview is where an administrator looks when nothing works.
            return ()

    async def _push(self) -> Sequence[str]:
        access = await self._realtime.access(NOBODY)
        if access is None:
            return ()
        # The client negotiates by HTTP and then talks by WebSocket, which a policy names apart.
        origin = _origin(access.url)
        return (origin, "ws" + origin.removeprefix("http"))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
