"""Access tokens for the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cli.errors import NotSignedIn
from cli.session import TOKEN, StoredSession


class Tokens(Protocol):
    def token(self) -> str:
        """An access token that should count; raises NotSignedIn."""
        ...

    def renewed(self) -> str | None:
        """Another one after the API has refused the last, or None."""
        ...


class FixedToken:
    """A token that cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renewed(self) -> str | None:
        return None


def tokens_of(environment: Mapping[str, str], stored: StoredSession | None) -> Tokens:
    """Those of the environment, else those of the stored session; raises NotSignedIn."""
    given = environment.get(TOKEN, "").strip()
    if given:
        return FixedToken(given)
    if stored is None or not stored.access_token:
        raise NotSignedIn("nobody is signed in", "interact login")
    return FixedToken(stored.access_token)
