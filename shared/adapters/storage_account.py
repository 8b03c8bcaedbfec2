"""Where the storage account is and how it is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

CredentialFactory = Callable[[], "AsyncTokenCredential"]


@dataclass(frozen=True)
class StorageAccount:
    """A connection string, or the endpoints and a credential (a managed identity's) that is created at first use."""

    connection_string: str = ""
    table_endpoint: str = ""
    queue_endpoint: str = ""
    credential: CredentialFactory | None = None


def managed_identity(client_id: str | None = None) -> CredentialFactory:
    """The identity of the function app; on a developer's machine whoever is signed in to Azure."""

    def create() -> AsyncTokenCredential:
        from azure.identity.aio import DefaultAzureCredential

        return DefaultAzureCredential(managed_identity_client_id=client_id)

    return create
