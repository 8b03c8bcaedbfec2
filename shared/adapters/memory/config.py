"""The configuration and secrets in dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shared.adapters.memory.time import ManualClock
from shared.domain.contact_documents import assemble, calendars_of, contact_key, parts_of
from shared.domain.contacts import Contact
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import Rejected
from shared.domain.secret_owners import SecretOwners
from shared.domain.services import Service
from shared.domain.sessions import ContactReference
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.ports.system import Clock


class MemoryConfigStore:
    """`documents` maps tenant id → key → document and can be changed at any time."""

    def __init__(self, tenant: Tenant | None = None, *documents: Document) -> None:
        self.documents: dict[str, dict[DocumentKey, Document]] = {}
        self.clock: Clock = ManualClock()
        if tenant is not None:
            self.put(tenant.id, tenant, *documents)

    def put(self, tenant_id: str, *documents: Document) -> None:
        """Insert or replace documents; nothing is checked."""
        for document in documents:
            self.documents.setdefault(tenant_id, {})[key_of(document)] = document

    def remove(self, tenant_id: str, kind: Kind, document_id: str) -> None:
        self.documents.get(tenant_id, {}).pop(DocumentKey(kind, document_id), None)

    async def tenant_by_widget_key(self, widget_key: str) -> Tenant | None:
        now = self.clock.now()
        return next((tenant for tenant in await self.tenants() if tenant.accepts(widget_key, now)), None)

    async def tenant(self, tenant_id: str) -> Tenant | None:
        found = self._find(tenant_id, DocumentKey(Kind.TENANT, tenant_id))
        return found if isinstance(found, Tenant) else None

    async def tenants(self) -> Sequence[Tenant]:
        return tuple(
            document
            for documents in self.documents.values()
            for document in documents.values()
            if isinstance(document, Tenant)
        )

    async def contact(self, tenant_id: str, reference: ContactReference, modality_id: str) -> Contact | None:
        contact = self._find(tenant_id, contact_key(reference))
        found = self._find_all(tenant_id, parts_of(contact, modality_id))
        return assemble(contact, {**found, **self._find_all(tenant_id, calendars_of(found.values()))}, modality_id)

    async def user(self, tenant_id: str, user_id: str) -> User | None:
        found = self._find(tenant_id, DocumentKey(Kind.USER, user_id))
        return found if isinstance(found, User) else None

    async def services_of(self, tenant_id: str, user_id: str) -> Sequence[Service]:
        documents = self.documents.get(tenant_id, {}).values()
        found = [document for document in documents if isinstance(document, Service) and user_id in document.members]
        return sorted(found, key=lambda service: service.id)

    def _find_all(self, tenant_id: str, keys: Iterable[DocumentKey]) -> dict[DocumentKey, Document]:
        found = {key: self._find(tenant_id, key) for key in keys}
        return {key: document for key, document in found.items() if document is not None}

    def _find(self, tenant_id: str, key: DocumentKey) -> Document | None:
        return self.documents.get(tenant_id, {}).get(key)


class MemorySecrets:
    """`home`: the tenant whose secrets without a tenant's id in their names are."""

    def __init__(self, values: Mapping[str, str] | None = None, home: str = "") -> None:
        self.values = dict(values or {})
        self.owners = SecretOwners(home)

    def refusal(self, tenant_id: str, reference: str) -> str:
        return self.owners.refusal(tenant_id, reference)

    async def get(self, tenant_id: str, reference: str) -> str:
        refusal = self.refusal(tenant_id, reference)
        if refusal:
            raise Rejected(refusal, "secret_foreign")
        if reference not in self.values:
            raise Rejected(f"there is no secret '{reference}'", "secret_missing")
        return self.values[reference]

    async def put(self, name: str, value: str) -> str:
        self.values[f"keyvault:{name}"] = value
        return f"keyvault:{name}"
