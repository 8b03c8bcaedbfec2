"""Counts what widgets call, by the caller's network as the platform's front end saw it.

The address is used here and nowhere else: it is in no log, in no row, and leaves no process (see docs/abuse.md).
"""

from __future__ import annotations

import azure.functions as func

from shared import bootstrap
from shared.domain.errors import Unauthenticated
from shared.domain.rate_limits import Purpose, visitor_network
from shared.domain.sessions import ContactReference


async def admit(request: func.HttpRequest, purpose: Purpose, widget_key: str, contact: ContactReference) -> None:
    """Count a call about a contact; raises RateLimited. Whether there is such a contact is not asked here."""
    application = bootstrap.application()
    network = _network(request)
    application.rate_limiter.admit_visitor(network)
    tenant = await application.ports.config.tenant_by_widget_key(widget_key)
    if tenant is not None:
        application.rate_limiter.admit(purpose, network, tenant, contact.key)


async def admit_session(request: func.HttpRequest, token: str) -> None:
    """Count a call of a session; raises RateLimited. Who has no good token is refused later, by whom it concerns."""
    application = bootstrap.application()
    network = _network(request)
    application.rate_limiter.admit_visitor(network)
    try:
        claims = application.ports.tokens.verify(token, application.ports.clock.now())
    except Unauthenticated:
        return
    # The token says whose session it is: whoever only knows an id takes nothing from it.
    application.rate_limiter.admit_session(claims.session_id)
    tenant = await application.ports.config.tenant(claims.tenant_id)
    if tenant is not None:
        application.rate_limiter.admit(Purpose.CALL, network, tenant, claims.contact_key)


def _network(request: func.HttpRequest) -> str | None:
    return visitor_network(request.headers.get("x-forwarded-for", ""), bootstrap.surroundings().trusted_proxies)
