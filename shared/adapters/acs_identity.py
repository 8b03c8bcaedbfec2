"""Visitors' identities in ACS, with tokens that let them join the threads they were added to and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.acs_resources import AcsResources, call_acs
from shared.adapters.failures import Missing
from shared.adapters.token_cache import AccessToken
from shared.domain.tenants import MessagingKind, Tenant
from shared.ports import Credentials

VISITOR_SCOPE = "chat.join.limited"
TOKEN_LIFE = timedelta(minutes=60)
"""The shortest that ACS issues; the widget asks for a fresh one while the session goes on."""


class AcsIdentity:
    def __init__(self, resources: AcsResources) -> None:
        self._resources = resources

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        # Repeated: at worst an identity that nobody uses.
        visitor_id, token = await create_user(self._resources, tenant, [VISITOR_SCOPE])
        return await self._credentials(tenant, visitor_id, token)

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials:
        token = await issue_token(self._resources, tenant, visitor_id, [VISITOR_SCOPE])
        return await self._credentials(tenant, visitor_id, token)

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None:
        from azure.communication.identity import CommunicationUserIdentifier

        client = await self._resources.identity_client(tenant)
        try:
            await call_acs(
                "revoking a visitor's tokens",
                lambda: client.revoke_tokens(CommunicationUserIdentifier(visitor_id)),
                repeatable=True,
            )
        except Missing:
            return  # an identity that is gone has no tokens

    async def delete_visitor(self, tenant: Tenant, visitor_id: str) -> None:
        from azure.communication.identity import CommunicationUserIdentifier

        client = await self._resources.identity_client(tenant)
        try:
            await call_acs(
                "deleting an identity",
                lambda: client.delete_user(CommunicationUserIdentifier(visitor_id)),
                repeatable=True,
            )
        except Missing:
            return  # it is gone already

    async def _credentials(self, tenant: Tenant, visitor_id: str, token: AccessToken) -> Credentials:
        resource = await self._resources.of(tenant)
        endpoint = resource.browser_endpoint
        return Credentials(MessagingKind.ACS.value, endpoint, visitor_id, token.value, token.expires_on)


async def create_user(resources: AcsResources, tenant: Tenant, scopes: Sequence[str]) -> tuple[str, AccessToken]:
    """A new identity and its first token."""
    client = await resources.identity_client(tenant)
    user, token = await call_acs(
        "creating an identity",
        lambda: client.create_user_and_token(list(scopes), token_expires_in=TOKEN_LIFE),
        repeatable=True,
    )
    return str(user.properties["id"]), _access_token(token)


async def issue_token(resources: AcsResources, tenant: Tenant, user_id: str, scopes: Sequence[str]) -> AccessToken:
    """A token for an identity; raises Rejected where the resource does not know it."""
    from azure.communication.identity import CommunicationUserIdentifier

    client = await resources.identity_client(tenant)
    token = await call_acs(
        "issuing a token",
        lambda: client.get_token(CommunicationUserIdentifier(user_id), list(scopes), token_expires_in=TOKEN_LIFE),
        repeatable=True,
    )
    return _access_token(token)


def _access_token(token: Any) -> AccessToken:
    # The SDK promises seconds since 1970 and hands out the ISO text or the time that the service sent.
    expires_on = token.expires_on
    if isinstance(expires_on, str):
        expires_on = datetime.fromisoformat(expires_on)
    elif not isinstance(expires_on, datetime):
        expires_on = datetime.fromtimestamp(expires_on, UTC)
    return AccessToken(token.token, expires_on.astimezone(UTC))
