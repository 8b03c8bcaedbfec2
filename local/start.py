"""What one start of everything is given, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local.addresses import Addresses
from local.azurite import Storage
from local.data_directory import DataDirectory, Secrets
from local.host.keys import Keys

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Start:
    """`limit_factor` multiplies the rate limits of the stand-ins and of the widget API (1.0 is real).

    `app` is the directory of the function app. Without the demo the tenant is one that nobody has set up yet.
    """

    data: DataDirectory
    addresses: Addresses
    secrets: Secrets
    keys: Keys
    logs: Path
    limit_factor: float = 1.0
    app: Path = ROOT
    with_demo: bool = True

    @property
    def storage_connection_string(self) -> str:
        return Storage(self.addresses.storage, process_id=0).connection_string
