"""What the stand-in needs to know before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from local.entra import Entra


@dataclass(frozen=True)
class SignalROptions:
    """Settings of one stand-in; `ping_seconds` is how often a client hears a ping, `handshake_seconds` its patience.

    With `entra`, whoever has the role there is let in by its token; `local_auth` off refuses what the key has signed.
    Nothing is persisted: connections end with the process, and whoever reconnects joins its groups again.
    """

    access_key: str
    ping_seconds: float = 15.0
    handshake_seconds: float = 15.0
    entra: Entra | None = None
    local_auth: bool = True

    def connection_string(self, port: int) -> str:
        """The connection string as Azure writes it: with the key, or without where nobody may enter by it."""
        entry = f"AccessKey={self.access_key}" if self.local_auth else "AuthType=azure.msi"
        return f"Endpoint=http://localhost;Port={port};{entry};Version=1.0;"
