"""Who is watched: contacts whose state visitors follow by push, and the chain of looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.domain.availability import ContactState
from shared.domain.sessions import ContactReference


@dataclass(frozen=True)
class Watched:
    """A contact that somebody follows until `until`.

    `told` is the state that was published last, at `told_at`; None where nothing was, or is about to be. `version` is
    that of what is noted of it.
    """

    contact: ContactReference
    until: datetime
    told: ContactState | None = None
    told_at: datetime | None = None
    version: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Chain:
    """The looks at a tenant's watched contacts: turn number `turn` comes at `due`; None where the chain rests.

    `version` is the row's; every change of the chain is conditional on it, so that there is only one.
    """

    turn: int
    due: datetime | None
    version: str


@dataclass(frozen=True)
class Watching:
    """What is watched of a tenant, read as one range."""

    contacts: Sequence[Watched]
    chain: Chain | None


class WatchStore(Protocol):
    """Rows that are written seldom and by many; nothing in them says who watches."""

    async def read(self, tenant_id: str) -> Watching:
        """What is watched, also what was until recently; of very many contacts only the first five hundred."""
        ...

    async def watch(self, tenant_id: str, contact: ContactReference, until: datetime) -> None:
        """Idempotent; a later `until` takes the place of the earlier one."""
        ...

    async def forget(self, tenant_id: str, contact: ContactReference) -> None:
        """Idempotent."""
        ...

    async def tell(self, tenant_id: str, watched: Watched, state: ContactState | None, at: datetime) -> Watched:
        """Note what was published, or with None that something is about to be, in place of exactly what was noted.

        The contact as it is noted now; raises VersionConflict.
        """
        ...

    async def move(self, tenant_id: str, chain: Chain | None, turn: int, due: datetime | None) -> None:
        """Put the chain at this turn in place of exactly `chain` (None: of none). Raises VersionConflict."""
        ...
