"""Access tokens for the API: from the environment, or from the stored session, renewed in good time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cli import session
from cli.errors import NotSignedIn
from cli.issuer import Granted
from cli.session import TOKEN, StoredSession

EARLY = 120.0
"""Seconds before its end in which a token is renewed, so that it lasts for the call."""
Renew = Callable[[StoredSession], Granted]
"""Gets new tokens in the way of the session; raises NotSignedIn."""


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


class StoredTokens:
    """Those of the session in `directory`; what is renewed is stored there again."""

    def __init__(self, directory: Path, stored: StoredSession, renew: Renew, now: Callable[[], float]) -> None:
        self._directory = directory
        self._stored = stored
        self._renew = renew
        self._now = now

    def token(self) -> str:
        if not self._stored.access_token or self._stored.expires - EARLY <= self._now():
            self._get_new()
        return self._stored.access_token

    def renewed(self) -> str | None:
        self._get_new()
        return self._stored.access_token

    def _get_new(self) -> None:
        granted = self._renew(self._stored)
        self._stored = replace(
            self._stored,
            access_token=granted.access_token,
            refresh_token=granted.refresh_token,
            expires=granted.expires,
        )
        session.write(self._directory, self._stored)


def tokens_of(
    environment: Mapping[str, str],
    directory: Path,
    stored: StoredSession | None,
    renew: Renew,
    now: Callable[[], float],
) -> Tokens:
    """Those of the environment, else those of the stored session; raises NotSignedIn."""
    given = environment.get(TOKEN, "").strip()
    if given:
        return FixedToken(given)
    if stored is None:
        raise NotSignedIn("nobody is signed in", "interact login")
    return StoredTokens(directory, stored, renew, now)
