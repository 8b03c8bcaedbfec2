"""The widget API's question whether a contact can be reached now; asked by pages on which nobody has begun to talk.

The answer is the same for everybody: the state of a user, or of a service as a whole, never of whom and never why.
"""

from __future__ import annotations

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import answer, bounded
from functions.origins import caller, widget_call
from functions.widget import BASE
from shared import bootstrap
from shared.domain.errors import InvalidRequest

SUBSCRIPTIONS = ("signalR", "poll")

blueprint = new_blueprint()


@blueprint.function_name("widget_presence")
@blueprint.route(f"{BASE}/presence", methods=["GET", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_presence(req: func.HttpRequest) -> func.HttpResponse:
    """The state of a contact, when to ask again, and access to push where it is wanted and there."""
    from functions.rate_limits import admit
    from functions.widget_bodies import PresenceAnswer, RealtimeAnswer
    from functions.widget_values import LONGEST_ID
    from shared.application.starts import contact_reference
    from shared.domain.rate_limits import Purpose

    names = ("widgetKey", "serviceId", "contactId", "modality", "subscription")
    widget_key, service_id, contact_id, modality, subscription = (
        bounded(req.params.get(name), name, LONGEST_ID) for name in names
    )
    if subscription and subscription not in SUBSCRIPTIONS:
        raise InvalidRequest(f"must be one of {', '.join(SUBSCRIPTIONS)}", "subscription")
    contact = contact_reference(service_id, contact_id)
    await admit(req, Purpose.CALL, widget_key or "", contact)
    look = await bootstrap.application().presence.of_contact(
        widget_key or "",
        contact,
        modality or "instantMessaging",
        caller(req),
        push=subscription != "poll",
    )
    access = look.realtime
    return answer(
        PresenceAnswer(
            state=look.state.value,
            at=look.as_of,
            check_after=look.check_after.total_seconds(),
            realtime=RealtimeAnswer(url=access.url, access_token=access.access_token) if access else None,
        )
    )
