"""The configuration as sessions read it: documents in Table Storage behind a cache of 30 s.

config      partition tenant: {kind}:{id}, one JSON document each (see `tables_documents` for the writing side)
widgetkeys  partition hash of a widget key: the tenant; partition `tenants`: all tenants of the deployment
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.adapters.document_rows import StoredRow, document_of, legible_row, row_key
from shared.adapters.rows import part, prefix
from shared.adapters.system import SystemClock
from shared.adapters.tables import CONFIG, Tables
from shared.adapters.tables_widget_keys import WidgetKeys
from shared.adapters.timed_cache import TimedCache
from shared.domain.contact_documents import assemble, calendars_of, contact_key, parts_of
from shared.domain.contacts import Contact
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.errors import NOT_LEGIBLE
from shared.domain.services import Service
from shared.domain.sessions import ContactReference
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.ports.administration import Illegible
from shared.ports.system import Clock

CACHE_SECONDS = 30.0
"""A licence or a restriction takes effect within this; design.md, "Promises"."""
CACHED_DOCUMENTS = 20_000
CACHED_WIDGET_KEYS = 2_000
"""Guessed keys and ids push out none of these: the cache keeps apart what does not exist."""

logger = logging.getLogger(__name__)
DocumentType = TypeVar("DocumentType", Tenant, User)


class TableConfigStore:
    def __init__(
        self,
        tables: Tables,
        monotonic: Callable[[], float] = time.monotonic,
        cache_seconds: float = CACHE_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        self._tables = tables
        self._clock = clock or SystemClock()
        self._widget_keys = WidgetKeys(tables)
        self._documents: TimedCache[tuple[str, DocumentKey], Document | None] = TimedCache(
            cache_seconds, CACHED_DOCUMENTS, monotonic
        )
        self._services: TimedCache[str, Sequence[Service]] = TimedCache(cache_seconds, CACHED_WIDGET_KEYS, monotonic)
        self._owners: TimedCache[str, str | None] = TimedCache(cache_seconds, CACHED_WIDGET_KEYS, monotonic)
        self._tenant_ids: TimedCache[str, Sequence[str]] = TimedCache(cache_seconds, 1, monotonic)
        self._told: set[tuple[str, Illegible]] = set()

    async def tenant_by_widget_key(self, widget_key: str) -> Tenant | None:
        tenant_id = await self._owners.get(widget_key, lambda: self._widget_keys.owner(widget_key))
        tenant = await self.tenant(tenant_id) if tenant_id is not None else None
        # A key that was replaced may have left its row behind, and one that was rotated is good for a while only.
        return tenant if tenant is not None and tenant.accepts(widget_key, self._clock.now()) else None

    async def tenant(self, tenant_id: str) -> Tenant | None:
        return _of_type(Tenant, await self._document(tenant_id, DocumentKey(Kind.TENANT, tenant_id)))

    async def tenants(self) -> Sequence[Tenant]:
        tenant_ids = await self._tenant_ids.get("", self._widget_keys.tenant_ids)
        found = await asyncio.gather(*(self._listed(tenant_id) for tenant_id in tenant_ids))
        return [tenant for tenant in found if tenant is not None]

    async def contact(self, tenant_id: str, reference: ContactReference, modality_id: str) -> Contact | None:
        contact = await self._document(tenant_id, contact_key(reference))
        parts = await self._read(tenant_id, parts_of(contact, modality_id))
        calendars = await self._read(tenant_id, calendars_of(parts.values()))
        return assemble(contact, {**parts, **calendars}, modality_id)

    async def user(self, tenant_id: str, user_id: str) -> User | None:
        return _of_type(User, await self._document(tenant_id, DocumentKey(Kind.USER, user_id)))

    async def services_of(self, tenant_id: str, user_id: str) -> Sequence[Service]:
        async def read() -> Sequence[Service]:
            rows = await self._tables.between(CONFIG, part(tenant_id), *prefix(Kind.SERVICE.value))
            found = [legible_row(Kind.SERVICE, row) for row in rows]
            for one in found:
                if isinstance(one, Illegible):
                    self._tell(tenant_id, one)
            documents = (one.document for one in found if isinstance(one, StoredRow))
            return tuple(document for document in documents if isinstance(document, Service))

        return [service for service in await self._services.get(tenant_id, read) if user_id in service.members]

    async def _listed(self, tenant_id: str) -> Tenant | None:
        """None for a tenant that is gone, and for one whose document cannot be read: the others go on."""
        try:
            return await self.tenant(tenant_id)
        except NOT_LEGIBLE as error:
            self._tell(tenant_id, Illegible(DocumentKey(Kind.TENANT, tenant_id), str(error)))
            return None

    def _tell(self, tenant_id: str, illegible: Illegible) -> None:
        """Once in each process: what is left out here is looked for with each event."""
        if (tenant_id, illegible) not in self._told:
            self._told.add((tenant_id, illegible))
            key = illegible.key
            logger.error("tenant %s: %s %r is left out: %s", tenant_id, key.kind.value, key.id, illegible.problem)

    async def _read(self, tenant_id: str, keys: Sequence[DocumentKey]) -> dict[DocumentKey, Document]:
        """Those of the documents that exist."""
        found = await asyncio.gather(*(self._document(tenant_id, one) for one in keys))
        return {one: document for one, document in zip(keys, found, strict=True) if document is not None}

    async def _document(self, tenant_id: str, document: DocumentKey) -> Document | None:
        async def read() -> Document | None:
            row = await self._tables.get(CONFIG, part(tenant_id), row_key(document))
            return document_of(document.kind, row) if row else None

        return await self._documents.get((tenant_id, document), read)


def _of_type(kind: type[DocumentType], document: Document | None) -> DocumentType | None:
    return document if isinstance(document, kind) else None
