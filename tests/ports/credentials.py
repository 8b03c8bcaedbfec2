"""A managed identity that always gets a token."""

from __future__ import annotations

from typing import Any

from azure.core.credentials import AccessToken


class FakeCredential:
    """`scopes` are those that tokens were asked for, `closed` counts."""

    def __init__(self) -> None:
        self.scopes: list[str] = []
        self.closed = 0

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken("token-of-the-identity", 4_000_000_000)

    async def close(self) -> None:
        self.closed += 1

    async def __aenter__(self) -> FakeCredential:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
