"""Where the storage account is and how it is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

CredentialSource = Callable[[], "AsyncTokenCredential"]
"""Gives the credential, inside the running loop. It is lent: whoever gets it does not close it."""


@dataclass(frozen=True)
class StorageAccount:
    """A connection string, or the endpoints and what gives the credential (a managed identity), asked at first use."""

    connection_string: str = ""
    table_endpoint: str = ""
    queue_endpoint: str = ""
    credential: CredentialSource | None = None


class ManagedIdentity:
    """The identity of the function app; on a developer's machine whoever is signed in to Azure.

    One credential for all who enter with it, made at first use; whoever has made this closes it.
    """

    def __init__(self, client_id: str | None = None) -> None:
        self._client_id = client_id
        self._credential: AsyncTokenCredential | None = None

    def __call__(self) -> AsyncTokenCredential:
        if self._credential is None:
            from azure.identity.aio import DefaultAzureCredential

            self._credential = DefaultAzureCredential(managed_identity_client_id=self._client_id)
        return self._credential

    async def close(self) -> None:
        if self._credential is not None:
            credential, self._credential = self._credential, None
            await credential.close()
