"""The tenant's *Extensions* tab beyond its document: the check of ACS, the widget key, tokens to try, licences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.application.access import require
from shared.application.authorization import new_site_secret
from shared.application.management import Management, Saved
from shared.domain.administrators import Administrator, Role
from shared.domain.authorization import AuthorizationMode
from shared.domain.conflicts import SecretsReadOnly
from shared.domain.documents import DocumentKey, Kind
from shared.domain.errors import Finding, InvalidConfiguration, InvalidRequest, PortError, Refused, Rejected
from shared.domain.licences import Licence
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import MessagingKind, Tenant
from shared.ports import Ports, Stored

OVERLAP_HOURS = (0, 24 * 90)
LONGEST_TOKEN = 8_192
CONNECTION_STRING = re.compile(r"endpoint=https://[A-Za-z0-9.-]+/?;accesskey=[A-Za-z0-9+/=]{20,200};?\Z", re.IGNORECASE)
ACS_HOSTS = (".communication.azure.com", ".communication.azure.us", ".communication.azure.cn")
RESOURCE = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Communication/communicationServices/[^/]+\Z",
    re.IGNORECASE,
)
FIXES = {
    "acs_missing": "name the secret with the connection string in the tenant's ACS connection string",
    "secret_missing": "put the connection string into this secret, or name the one that holds it",
    "secret_foreign": "name a secret of this tenant: one with the tenant's id in its name",
    "secret_reference": "name where the secret is: keyvault:NAME or env:NAME",
    "acs_connection_string": "copy the connection string from the ACS resource, tab Keys, and save it once more",
    "unauthorized": "the access key was regenerated, or is of another resource: copy the connection string once more",
    "forbidden": "let the resource issue chat tokens: its keys may be disabled, or a policy forbids it",
    "no_answer": "check the name of the endpoint, and that this deployment may reach it; then try again",
}


@dataclass(frozen=True)
class Checked:
    """A step of a check: what was tried, whether it worked, and what to do where it did not."""

    step: str
    passed: bool
    explanation: str
    fix: str = ""


@dataclass(frozen=True)
class Licensed:
    """A licence: how many users and services have it, and how many were bought; None for unlimited."""

    licence: Licence
    users: int
    services: int
    bought: int | None

    @property
    def used(self) -> int:
        return self.users + self.services


class TenantExtensions:
    def __init__(self, ports: Ports, management: Management) -> None:
        self._ports, self._management = ports, management

    async def tenant(self, administrator: Administrator) -> tuple[Tenant, Stored]:
        """The tenant's document; raises NotFound where nobody has set it up."""
        stored = await self._management.read(administrator, DocumentKey(Kind.TENANT, administrator.tenant_id))
        if not isinstance(stored.document, Tenant):
            raise TypeError("the document of a tenant is one")
        return stored.document, stored

    async def keep_acs_secret(self, administrator: Administrator, connection_string: str) -> str:
        """Keep a connection string, and say by which reference the tenant finds it again.

        Raises RoleMissing, InvalidConfiguration, which quotes nothing of it, or SecretsReadOnly.
        """
        require(administrator, Role.TENANT_ADMINISTRATOR)
        host = connection_string.strip().partition("://")[2].partition(";")[0].rstrip("/").lower()
        if not CONNECTION_STRING.match(connection_string.strip()) or not host.endswith(ACS_HOSTS):
            why = "copy it from the ACS resource, tab Keys: endpoint=https://….communication.azure.com/;accesskey=…"
            raise InvalidConfiguration((Finding("acs_connection_string", "acs_connection_string", why),))
        return await self._keep_secret(administrator, "acs", connection_string.strip())

    async def generate_site_secret(self, administrator: Administrator) -> tuple[str, str]:
        """A new secret with which a site can sign its tokens, and the reference by which the tenant finds it.

        The tenant's document is left alone: it is to name the new secret once the site has got it, and the one before
        meanwhile. Raises RoleMissing or SecretsReadOnly.
        """
        require(administrator, Role.TENANT_ADMINISTRATOR)
        secret = new_site_secret(self._ports.ids)
        return secret, await self._keep_secret(administrator, "site", secret)

    async def _keep_secret(self, administrator: Administrator, what: str, value: str) -> str:
        # A new name each time: the tenant's document turns to it when it is saved, and not a moment before.
        name = f"{what}-{re.sub('[^A-Za-z0-9-]', '-', administrator.tenant_id)[:60]}-{self._ports.ids.new()[:12]}"
        try:
            return await self._ports.secrets.put(name, value)
        except Rejected as error:
            if error.reason != "secrets_read_only":
                raise
            raise SecretsReadOnly(str(error)) from None

    async def check_acs(self, administrator: Administrator) -> tuple[Checked, ...]:
        """Create an identity with a token in the tenant's resource, and revoke it: all steps up to one that fails."""
        require(administrator, Role.TENANT_ADMINISTRATOR)
        tenant, _ = await self.tenant(administrator)
        return await self.acs_steps(tenant)

    async def acs_steps(self, tenant: Tenant) -> tuple[Checked, ...]:
        """The same, for whoever was asked about roles before."""
        asked = replace(tenant, messaging=MessagingKind.ACS)
        steps = []
        if RESOURCE.match(tenant.acs_resource_id):
            steps.append(Checked("resource", True, "the resource id has the form of an ACS resource's"))
        else:
            fix = "copy the resource id from the properties of the ACS resource; without it no chat event is taken"
            steps.append(Checked("resource", False, "the resource id is none of an ACS resource", fix))
        try:
            credentials = await self._ports.identity.create_visitor(asked)
            steps.append(Checked("create", True, "a token was created"))
            await self._ports.identity.revoke_tokens(asked, credentials.user_id)
            await self._ports.identity.delete_visitor(asked, credentials.user_id)
            steps.append(Checked("revoke", True, "the token was revoked"))
        except PortError as error:
            step = "revoke" if steps[-1].step == "create" else "create"
            steps.append(Checked(step, False, str(error), FIXES[_cause(error)]))
        return tuple(steps)

    async def rotate_widget_key(self, administrator: Administrator, overlap_hours: int) -> Saved:
        """A new widget key; the one before works for so long as well. Raises RoleMissing, InvalidRequest."""
        require(administrator, Role.TENANT_ADMINISTRATOR)
        low, high = OVERLAP_HOURS
        if not low <= overlap_hours <= high:
            raise InvalidRequest(f"must be from {low} to {high} hours", "overlapHours")
        tenant, stored = await self.tenant(administrator)
        until = self._ports.clock.now() + timedelta(hours=overlap_hours)
        rotated = replace(
            tenant,
            widget_key=self.new_widget_key(),
            previous_widget_key=tenant.widget_key if overlap_hours else "",
            previous_widget_key_until=until if overlap_hours else None,
        )
        return await self._management.replace(administrator, rotated, stored.version)

    def new_widget_key(self) -> str:
        """At least 128 random bits."""
        return re.sub("[^A-Za-z0-9]", "", self._ports.ids.new()).rjust(16, "0")

    async def try_token(self, administrator: Administrator, token: str) -> tuple[VerifiedCustomer | None, str, str]:
        """Whom a site token vouches for by the tenant's settings, or nobody with code and explanation why."""
        require(administrator, Role.TENANT_ADMINISTRATOR, Role.READER)
        tenant, _ = await self.tenant(administrator)
        if len(token) > LONGEST_TOKEN:
            raise InvalidRequest(f"must have at most {LONGEST_TOKEN} characters", "token")
        if tenant.authorization is AuthorizationMode.NONE:
            return None, "authorization_none", "the tenant asks for no site token; choose a mode of authorization first"
        try:
            return await self._ports.site_tokens.verify(tenant, token), "", ""
        except Refused as error:
            return None, error.code, str(error)
        except PortError as error:
            return None, error.code, f"it cannot be told now: {error}"

    async def licences(self, administrator: Administrator) -> tuple[Licensed, ...]:
        """All licences, used and bought."""
        require(administrator, Role.TENANT_ADMINISTRATOR, Role.READER)
        tenant, _ = await self.tenant(administrator)
        counts = await self._ports.administration.licensed(administrator.tenant_id)
        none: Mapping[Kind, int] = {}
        return tuple(
            Licensed(
                licence,
                counts.get(licence, none).get(Kind.USER, 0),
                counts.get(licence, none).get(Kind.SERVICE, 0),
                tenant.licences_bought.get(licence),
            )
            for licence in Licence
        )


def _cause(error: PortError) -> str:
    """The key of the fix for a failure."""
    if not isinstance(error, Rejected):
        return "no_answer"
    if error.reason in FIXES:
        return error.reason
    return "unauthorized" if "401" in str(error) or "nauthor" in error.reason else "forbidden"
