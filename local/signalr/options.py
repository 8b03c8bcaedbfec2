"""What the stand-in needs to know before it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SignalROptions:
    """Settings of one stand-in; `ping_seconds` is how often a client hears a ping, `handshake_seconds` its patience.

    Nothing is persisted: connections end with the process, and whoever reconnects joins its groups again.
    """

    access_key: str
    ping_seconds: float = 15.0
    handshake_seconds: float = 15.0

    def connection_string(self, port: int) -> str:
        """The connection string as Azure writes it."""
        return f"Endpoint=http://localhost;Port={port};AccessKey={self.access_key};Version=1.0;"
