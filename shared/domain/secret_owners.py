"""Whose secret a reference names. Tenants of one deployment share its settings and its key vault, not what is in them.

A name that has a tenant's id in it, which is that of its directory, names a secret of this tenant and of no other. All
other secrets are the home tenant's, where the deployment is at home: one with no other tenant needs no ids in names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.tenants import Tenant

DIRECTORY_ID = re.compile(r"(?=([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}))")
"""Looks ahead, so that no id hides behind the beginning of another; names of settings take no hyphens."""
OF_THE_DEPLOYMENT = "keyvault:session-key"
"""With this begin the names of the keys that tokens and ids of all tenants are derived from; no tenant names them."""


@dataclass(frozen=True)
class SecretOwners:
    """`home` is the id of the tenant that all secrets without an id in their names belong to."""

    home: str

    def refusal(self, tenant_id: str, reference: str) -> str:
        """Why the tenant may not name this secret; empty where it may. Says nothing of whether there is one."""
        name = reference.strip().casefold()
        if name.startswith(OF_THE_DEPLOYMENT):
            return "this is a secret of the deployment itself; name one of the tenant's own"
        carried = {found.replace("_", "-") for found in DIRECTORY_ID.findall(name)}
        if carried - {tenant_id.casefold()}:
            return "the name of this secret has an id in it that is not this tenant's; name one of the tenant's own"
        if not carried and tenant_id.casefold() != self.home.casefold():
            return f"a secret of this tenant has its id in its name, such as keyvault:acs-{tenant_id}: rename it"
        return ""


def secrets_named_by(tenant: Tenant) -> Mapping[str, str]:
    """The references in a tenant's settings, by their fields."""
    named = {
        "acs_secret": tenant.acs_secret,
        "site_tokens.secret": tenant.site_tokens.secret,
        "site_tokens.previous_secret": tenant.site_tokens.previous_secret,
        "challenge.secret": tenant.challenge.secret,
    }
    return {field: reference for field, reference in named.items() if reference}
