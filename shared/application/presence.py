"""What a widget may know of its contact before anybody talks: whether it can be reached now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.application.admission import Caller, admit_caller
from shared.application.availability import Availability
from shared.application.watching import CHECK_WITH_PUSH, CHECK_WITHOUT_PUSH, PresenceWatch
from shared.domain.availability import ContactState
from shared.domain.sessions import ContactReference
from shared.ports import Ports, RealtimeAccess


@dataclass(frozen=True)
class Look:
    """The state and as of when it is so, when to ask again, and how to hear of changes before."""

    state: ContactState
    as_of: datetime
    check_after: timedelta
    realtime: RealtimeAccess | None


class VisiblePresence:
    """The one verb of visitors who have not begun to talk."""

    def __init__(self, ports: Ports, availability: Availability, watch: PresenceWatch) -> None:
        self._ports = ports
        self._availability = availability
        self._watch = watch

    async def of_contact(
        self, widget_key: str, reference: ContactReference, modality_id: str, caller: Caller, *, push: bool
    ) -> Look:
        """Of a user, or of a service as a whole. `push`: the widget wants to hear of changes, and can.

        Raises Refused as a start would, or a PortError.
        """
        admitted = await admit_caller(self._ports, widget_key, reference, modality_id, caller)
        tenant_id = admitted.tenant.id
        # First, so that whatever changes from now on is told.
        access = await self._watch.access(tenant_id, reference) if push else None
        seen = await self._availability.seen(tenant_id, reference)
        return Look(seen.state, seen.as_of, CHECK_WITH_PUSH if access else CHECK_WITHOUT_PUSH, access)
