"""Who a visitor is: as typed into the form, or as the tenant's web site vouches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from shared.application.starts import Start
from shared.domain.authorization import AuthorizationMode
from shared.domain.errors import Refused
from shared.domain.refusals import SiteTokenCode
from shared.domain.site_tokens import VerifiedCustomer, as_vouched
from shared.domain.tenants import Tenant
from shared.ports import Ids, Ports


async def authorized(ports: Ports, tenant: Tenant, start: Start, opens: str) -> Start:
    """The form with the customer by the tenant's mode of authorization; `opens` is the id of what it is to begin.

    A token of one use opens one thing, however often that is repeated. Raises Refused with a SiteTokenCode, or a
    PortError where it cannot be told now.
    """
    if tenant.authorization is AuthorizationMode.NONE:
        return start
    if not start.access_token:
        raise Refused(SiteTokenCode.MISSING, "the tenant demands a site token; the snippet has to give one")
    known = await ports.site_tokens.verify(tenant, start.access_token)
    if tenant.authorization is AuthorizationMode.SIGNED_TOKEN:
        await _spend(ports, tenant, known, opens)
    return replace(start, customer=as_vouched(start.customer, known, tenant.site_tokens.trusted_issuer))


def new_site_secret(ids: Ids) -> str:
    """A secret for HS256: 64 characters that hold at least 256 random bits. The text itself is the key."""
    return ids.new() + ids.new()


async def _spend(ports: Ports, tenant: Tenant, known: VerifiedCustomer, opens: str) -> None:
    # Identity providers give one token for many calls, and without an id its short life has to do.
    if known.token_id is None:
        return
    until = datetime.fromtimestamp(known.expires, UTC)
    if not await ports.spent_tokens.spend(tenant.id, known.token_id, opens, until):
        raise Refused(SiteTokenCode.USED, "the site token was used before; its site has to make one for each chat")
