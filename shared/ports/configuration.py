"""What administrators have set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.domain.contacts import Contact
from shared.domain.services import Service
from shared.domain.sessions import ContactReference
from shared.domain.tenants import Tenant
from shared.domain.users import User


class ConfigStore(Protocol):
    """The configuration, read through a cache of at most 30 s."""

    async def tenant_by_widget_key(self, widget_key: str) -> Tenant | None: ...

    async def tenant(self, tenant_id: str) -> Tenant | None: ...

    async def tenants(self) -> Sequence[Tenant]:
        """All tenants of this deployment (a handful) but those whose documents cannot be read, which the log names."""
        ...

    async def contact(self, tenant_id: str, reference: ContactReference, modality_id: str) -> Contact | None:
        """The service or user with its template, system messages and the workflow for this modality."""
        ...

    async def user(self, tenant_id: str, user_id: str) -> User | None: ...

    async def services_of(self, tenant_id: str, user_id: str) -> Sequence[Service]:
        """The services of which the user is a member, in the order of their ids, as far as they can be read."""
        ...


class Secrets(Protocol):
    """Each tenant has its own; whose a secret is stands in its name (`domain.secret_owners`)."""

    def refusal(self, tenant_id: str, reference: str) -> str:
        """Why the tenant may not name this secret; empty where it may. Nothing is looked up."""
        ...

    async def get(self, tenant_id: str, reference: str) -> str:
        """The value of a secret of the tenant; raises Rejected where there is none of this name, or it is another's."""
        ...

    async def put(self, name: str, value: str) -> str:
        """Keep a secret, and say by which reference it is found again; names are letters, digits and hyphens.

        Raises Rejected where this deployment takes secrets from its settings only.
        """
        ...
