"""Where administrators of Lunifico work, as suites of the administration port need it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from shared.adapters.memory import ManualClock, MemoryAdministration
from shared.adapters.tables import Tables
from shared.domain.documents import Document, key_of
from shared.domain.errors import InvalidConfiguration
from shared.ports import ANY_VERSION, Actor, Administration, Selection, Stored
from tests.ports.companies import Company, of_a_newer_version

CARLA = Actor("carla-id", "Carla")
OTTO = Actor("otto-id", "Otto")


@dataclass(frozen=True)
class Office:
    """Where administrators of Lunifico work."""

    administration: Administration
    lunifico: Company
    clock: ManualClock
    tables: Tables | None = None

    @property
    def tenant_id(self) -> str:
        return self.lunifico.tenant.id

    async def save(self, document: Document, if_match: str | None = ANY_VERSION, by: Actor = CARLA) -> Stored:
        return await self.administration.save(self.tenant_id, document, if_match, by)

    async def read(self, document: Document) -> Stored:
        stored = await self.administration.read(self.tenant_id, key_of(document))
        assert stored is not None
        return stored

    async def spoil(self, document: Document) -> None:
        """Let the document be of a newer version of the app, which this one cannot read."""
        if isinstance(self.administration, MemoryAdministration):
            self.administration.illegible[self.tenant_id, key_of(document)] = "it has schema 2"
        elif self.tables is not None:
            await of_a_newer_version(self.tables, self.tenant_id, document)

    async def names(self, selection: Selection) -> list[str]:
        """The ids of all pages."""
        ids, page = [], await self.administration.list(self.tenant_id, selection)
        ids += [stored.document.id for stored in page.items]
        while page.next is not None:
            page = await self.administration.list(self.tenant_id, replace(selection, after=page.next))
            ids += [stored.document.id for stored in page.items]
        return ids

    async def findings(self, *documents: Document) -> list[list[tuple[str, str]]]:
        """Rule and field of what a dry run finds."""
        found = await self.administration.check(self.tenant_id, documents)
        return [[(finding.rule, finding.field) for finding in findings] for findings in found]

    async def refusal(self, document: Document) -> list[tuple[str, str]]:
        with pytest.raises(InvalidConfiguration) as error:
            await self.save(document)
        return [(finding.rule, finding.field) for finding in error.value.findings]
