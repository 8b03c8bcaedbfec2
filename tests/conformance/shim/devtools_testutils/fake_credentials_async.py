"""The same for the asynchronous clients."""

from __future__ import annotations

from typing import Any

from azure.core.credentials import AccessToken

from .fake_credentials import FakeTokenCredential


class AsyncFakeCredential:
    async def get_token(self, *_: Any, **__: Any) -> AccessToken:
        return FakeTokenCredential().get_token()

    async def close(self) -> None:
        """There is nothing to close, but the clients ask for it."""

    async def __aenter__(self) -> AsyncFakeCredential:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
