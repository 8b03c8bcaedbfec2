"""What the command line finds around it: the environment, its folder, the network and the clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import httpx


def _azure_cli_token(scope: str) -> tuple[str, float]:
    # The package takes half a second to import.
    from azure.identity import AzureCliCredential

    token = AzureCliCredential().get_token(scope)
    return token.token, float(token.expires_on)


@dataclass(frozen=True)
class Surroundings:
    """What a command finds around it; tests bring their own.

    `pause` waits for so many seconds. `azure_cli_token` gives, for a scope, a token of whoever is signed in to the
    Azure CLI, and its end in seconds since 1970; it raises ClientAuthenticationError.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    directory: Path = field(default_factory=lambda: Path(typer.get_app_dir("interact")))
    transport: httpx.BaseTransport | None = None
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    azure_cli_token: Callable[[str], tuple[str, float]] = _azure_cli_token
