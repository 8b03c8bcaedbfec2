"""What widgets need beside messaging: where to connect to, proof of their session, push."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.availability import ContactState
from shared.domain.tenants import Tenant


class Endpoints(Protocol):
    """Where widgets connect to, beside ourselves."""

    async def of_widgets(self, tenant: Tenant) -> Sequence[str]:
        """Origins of messaging and push, as a content security policy names them."""
        ...


@dataclass(frozen=True)
class SessionClaims:
    """What a session token vouches for."""

    session_id: str
    tenant_id: str
    contact_key: str
    origin: str


class SessionTokens(Protocol):
    """Tokens with which the widget proves that a session is its own."""

    def issue(self, claims: SessionClaims, expires: datetime) -> str: ...

    def verify(self, token: str, now: datetime) -> SessionClaims:
        """Raises Unauthenticated for a token that is not ours, was changed, or is over."""
        ...

    def session_id(self, tenant_id: str, contact_key: str, origin: str, idempotency_key: str) -> str:
        """The id that a start with this key gets on every host; not guessable without our key."""
        ...


@dataclass(frozen=True)
class RealtimeAccess:
    url: str
    access_token: str


class Realtime(Protocol):
    """Push to the widget; best effort, since the thread is the truth."""

    async def access(self, session_id: str) -> RealtimeAccess | None: ...

    async def nudge(self, session_id: str, state: str) -> None: ...

    async def show_typing(self, session_id: str) -> None:
        """Show the customer for some seconds that the agent is writing."""
        ...

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        """To hear of changes of what `key` names (see `application.watching`), by any number of widgets."""
        ...

    async def publish_presence(self, key: str, state: ContactState, at: datetime) -> None:
        """Tell all who watch `key`; of two states that come in the wrong order, `at` says which is the later one."""
        ...
