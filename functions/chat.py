"""Chat events of ACS: a hint that a customer has written. The thread is the truth; the event is only a nudge.

Event Grid repeats what fails for a while and keeps it as a dead letter then: so an event that cannot be used is raised,
as is what a port reports. What is none of our business is dropped.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.deliveries import usable
from shared import bootstrap
from shared.domain.errors import NotSent

if TYPE_CHECKING:
    from shared.domain.tenants import Tenant
    from shared.ports import Ports

MESSAGE_RECEIVED = "Microsoft.Communication.ChatMessageReceivedInThread"

blueprint = new_blueprint()
logger = logging.getLogger(__name__)


@blueprint.function_name("on_chat_event")
@blueprint.event_grid_trigger(arg_name="event")
async def on_chat_event(event: func.EventGridEvent) -> None:
    """Look at the session whose customer has written."""
    if getattr(event, "event_type", None) != MESSAGE_RECEIVED:
        logger.info("an event of another kind than %s was dropped", MESSAGE_RECEIVED)
        return
    from shared.application.correlation import about

    with about(event=str(event.id)):
        await _look(event)


async def _look(event: func.EventGridEvent) -> None:
    from functions.event_bodies import ChatMessageReceived

    application = bootstrap.application()
    tenant = await _tenant(application.ports, event.topic)
    message = usable(ChatMessageReceived, event.get_json(), f"the data of event {event.id!r}")
    if await application.ports.messaging.is_relay(tenant, message.sender_id):
        return
    await application.arrived_events.note(tenant.id)
    session_id = await application.ports.sessions.session_of_thread(message.thread_id)
    if session_id is None:
        logger.warning("an event was dropped: no session has thread %r", message.thread_id)
        return
    from shared.application.occasions import Nudge

    nudge = Nudge(message.message_id, message.created_on, tenant.id)
    if await application.relay.look(session_id, nudge) is None:
        logger.warning("an event of tenant %s was dropped: session %s is not its own", tenant.id, session_id)


async def _tenant(ports: Ports, topic: str | None) -> Tenant:
    """The tenant whose ACS resource has sent the event.

    Raises NotSent where there is none: it may be so new that the cache does not know it yet.
    """
    wanted = (topic or "").casefold()
    for tenant in await ports.config.tenants():
        if wanted and tenant.acs_resource_id.casefold() == wanted:
            return tenant
    raise NotSent(f"no tenant has the ACS resource id {(topic or '')[:300]!r}")
