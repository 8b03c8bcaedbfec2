"""Where widgets connect to: the tenant's ACS resource and the SignalR service."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from shared.adapters.acs_resources import AcsResources
from shared.domain.errors import Rejected
from shared.domain.tenants import MessagingKind, Tenant


class WidgetEndpoints:
    """`signalr` is the service's URL, None without one."""

    def __init__(self, resources: AcsResources, signalr: str | None) -> None:
        self._resources = resources
        self._push = _push_origins(signalr) if signalr else ()

    async def of_widgets(self, tenant: Tenant) -> Sequence[str]:
        if tenant.messaging is not MessagingKind.ACS:
            return self._push
        try:
            resource = await self._resources.of(tenant)
        except Rejected:
            # The preview is shown all the same: it is where an administrator looks when nothing works.
            return self._push
        return (_origin(resource.endpoint), *self._push)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _push_origins(url: str) -> tuple[str, ...]:
    """The client negotiates by HTTP and then talks by WebSocket, which a policy names apart."""
    origin = _origin(url)
    return (origin, "ws" + origin.removeprefix("http"))
