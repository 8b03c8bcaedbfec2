"""Finished sessions, the newest first, and the way from a customer's address to the sessions of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.history import HistoryEntry, Outcome
from shared.domain.sessions import ContactReference


@dataclass(frozen=True)
class HistorySelection:
    """Which sessions: those that have ended from `start` to before `end`, with this contact, agent and outcome.

    `after` is the `next` of the page before; `top` is how many a page has at most.
    """

    start: datetime
    end: datetime
    contact: ContactReference | None = None
    agent_id: str = ""
    outcome: Outcome | None = None
    after: str | None = None
    top: int = 50


@dataclass(frozen=True)
class HistoryPage:
    """The newest first. A page that is not the last one (`next` None) may have fewer than were asked for."""

    entries: tuple[HistoryEntry, ...]
    next: str | None = None


class History(Protocol):
    """`digest` stands for an address, which is nowhere stored by which it could be searched (see `Digests`)."""

    async def record(self, entry: HistoryEntry, digest: str = "") -> None:
        """Write an entry, or in place of the one of the same session; with a digest it is found by that as well."""
        ...

    async def list(self, tenant_id: str, selection: HistorySelection) -> HistoryPage:
        """Raises InvalidRequest where `after` is not the `next` of a page."""
        ...

    async def sessions_of(self, tenant_id: str, digest: str, count: int) -> Sequence[str]:
        """The ids of the first so many sessions that were recorded with this digest."""
        ...

    async def forget(self, tenant_id: str, digest: str, session_id: str) -> bool:
        """Find the session by this digest no more; idempotent. Whether it was there."""
        ...


class Digests(Protocol):
    def of_address(self, tenant_id: str, address: str) -> tuple[str, ...]:
        """What stands for an e-mail address in rows: by the present key, then by those before; none for an empty one.

        Without the key it cannot be told which address it is, nor whether it is a certain one.
        """
        ...
