"""Messaging with the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from shared.domain.tenants import Tenant
from shared.ports.sessions import Cursor

ELSEWHERE = "relay_unknown"
"""Why nothing can be said of a thread: the tenant has another ACS resource now, which does not know its relay."""


@dataclass(frozen=True)
class Credentials:
    """What the widget needs to talk to the messaging service itself; `kind` selects the transport."""

    kind: str
    endpoint: str
    user_id: str
    token: str
    token_expires_on: datetime


@dataclass(frozen=True)
class ThreadMessage:
    """A message in a thread. `sequence` grows; `sender_id` tells the relay's own from the customer's."""

    id: str
    sequence: int
    sender_id: str
    text: str
    created_on: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = True

    def revised(self, text: str | None) -> ThreadMessage:
        """The message with another text, or, deleted, without anything."""
        if text is None:
            return replace(self, text="", metadata={}, is_text=False)
        return replace(self, text=text)


class Identity(Protocol):
    """Visitors' identities and their tokens."""

    async def create_visitor(self, tenant: Tenant) -> Credentials: ...

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials: ...

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None: ...

    async def delete_visitor(self, tenant: Tenant, visitor_id: str) -> None:
        """Idempotent."""
        ...


class Messaging(Protocol):
    """The customer's side. Sending raises NotSent, OutcomeUnknown or Rejected."""

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        """Create the thread, at most once for each session; thread id and relay id."""
        ...

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None: ...

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None: ...

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        """Messages after the cursor, oldest first, the relay's own included."""
        ...

    async def revise(self, tenant: Tenant, thread_id: str, relay_id: str, message_id: str, text: str | None) -> None:
        """Change a message of the relay, or delete it (None); idempotent, and nothing where it is gone."""
        ...

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        """Idempotent."""
        ...

    async def delete_thread(self, tenant: Tenant, thread_id: str, relay_id: str) -> None:
        """Delete the thread with all its messages; idempotent.

        Raises Rejected with ELSEWHERE where the messaging service is not the one that the thread is in.
        """
        ...

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        """Whether a message's sender is one of our relay identities; answered from memory."""
        ...
