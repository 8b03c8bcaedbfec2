"""The configuration as administrators change it: always as it is now, checked, and with who changed what and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.errors import Finding
from shared.domain.licences import Licence
from shared.domain.workflows import Workflow

ANY_VERSION = "*"
"""As `if_match`: whatever is there, also nothing."""


@dataclass(frozen=True)
class Actor:
    """Who changes something; kept beside the change, so that the name stays when the person has left."""

    id: str
    name: str


INTERACT = Actor("interact", "Interact")
"""Who does what no person has asked for, such as setting up a tenant."""


@dataclass(frozen=True)
class Changed:
    """When and by whom; the time is in UTC."""

    at: datetime
    by: Actor


@dataclass(frozen=True)
class Stored:
    """A document as it is now. `version` is opaque, and what a conditional write has to name.

    It changes with the document only, not where others come to refer to it. `changed` is None where it is not known.
    """

    document: Document
    version: str
    changed: Changed | None = None


@dataclass(frozen=True)
class Selection:
    """Which documents of a kind are listed: those of all `units` (None: everywhere) with all words of `search`.

    A word finds the beginnings of words of names, of user principal names, and of ids. `after` is the `next` of the
    page before; `top` is how many documents a page has at most.
    """

    kind: Kind
    units: frozenset[str] | None = None
    search: str = ""
    after: str | None = None
    top: int = 50


@dataclass(frozen=True)
class Illegible:
    """A stored document that this version of the app cannot read, and why; it is there, and stays as it is."""

    key: DocumentKey
    problem: str


@dataclass(frozen=True)
class Page:
    """Documents in a stable order; a page that is not the last one (`next` None) may have fewer than were asked for.

    `illegible`: what would be listed here too, as far as can be told without reading it.
    """

    items: tuple[Stored, ...]
    next: str | None = None
    illegible: tuple[Illegible, ...] = ()


class AuditAction(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    ENDED = "ended"
    RESET = "reset"
    ERASED = "erased"
    REVOKED = "revoked"


@dataclass(frozen=True)
class AuditEntry:
    """A change: who, when, what, and the document before and after it; documents hold no secrets.

    `replaced` and `version` are the versions before and after it. What was done to sessions, agents and customers is
    kept with the service, user or tenant concerned: that has no document before and after, but `details`.
    """

    at: datetime
    by: Actor
    what: AuditAction
    key: DocumentKey
    before: Document | None
    after: Document | None
    replaced: str | None = None
    version: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_of_document(self) -> bool:
        return self.what in (AuditAction.CREATED, AuditAction.CHANGED, AuditAction.DELETED)


@dataclass(frozen=True)
class AuditPage:
    """Entries, the newest first."""

    entries: tuple[AuditEntry, ...]
    next: str | None = None


@dataclass(frozen=True)
class WorkflowVersion:
    """A version of a workflow, as a list of versions shows it; `problem` says why it cannot be read, if so."""

    number: int
    name: str
    changed: Changed | None = None
    problem: str = ""


class Administration(Protocol):
    """Writes are conditional, and their entry in the audit log is part of them."""

    async def read(self, tenant_id: str, key: DocumentKey) -> Stored | None:
        """Raises Unreadable, or NewerSchema, where only another version of the app can read it."""
        ...

    async def list(self, tenant_id: str, selection: Selection) -> Page:
        """Raises InvalidRequest where `after` is not the `next` of a page."""
        ...

    async def check(self, tenant_id: str, documents: Sequence[Document]) -> Sequence[tuple[Finding, ...]]:
        """What keeps each of the documents from being saved, if all of them are: nothing is saved.

        References count among each other, in any order.
        """
        ...

    async def save(self, tenant_id: str, document: Document, if_match: str | None, by: Actor) -> Stored:
        """Write a new document (`if_match` None), or in place of a version, or whatever is there (ANY_VERSION).

        A workflow gets the next number. Raises InvalidConfiguration with all findings, AlreadyExists, VersionConflict.
        """
        ...

    async def delete(self, tenant_id: str, key: DocumentKey, if_match: str, by: Actor) -> None:
        """Delete a version of a document, or any; raises VersionConflict, and InUse where others refer to it."""
        ...

    async def used_by(self, tenant_id: str, key: DocumentKey) -> Sequence[DocumentKey]:
        """Which documents refer to this one."""
        ...

    async def versions(self, tenant_id: str, workflow_id: str) -> Sequence[WorkflowVersion]:
        """All versions of a workflow, the newest first; also of one that was deleted."""
        ...

    async def read_version(self, tenant_id: str, workflow_id: str, number: int) -> Workflow | None: ...

    async def audit(
        self,
        tenant_id: str,
        kind: Kind | None = None,
        document_id: str | None = None,
        after: str | None = None,
        top: int = 50,
    ) -> AuditPage:
        """The audit log, of one kind or one document only where they are named.

        Raises InvalidRequest where `after` is not the `next` of a page.
        """
        ...

    async def record(self, tenant_id: str, entry: AuditEntry) -> None:
        """Write down what an administrator has done that changes no document."""
        ...

    async def licensed(self, tenant_id: str) -> Mapping[Licence, Mapping[Kind, int]]:
        """How many users and services have each licence."""
        ...
