"""Everything that `make run` keeps between two starts, in one directory that one supervisor at a time may use."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

KEPT_LOGS = 10


class InUseError(Exception):
    """Another supervisor works with this directory."""


@dataclass(frozen=True)
class Secrets:
    """What the parts share; made once, so that tokens stay valid over a restart."""

    session_key: str
    acs_access_key: str
    signalr_access_key: str
    bot_secret: str


@dataclass(frozen=True)
class DataDirectory:
    """The places in the directory; only `data` of the stand-ins is lost by a fresh start."""

    path: Path

    @property
    def azurite(self) -> Path:
        return self.path / "azurite"

    @property
    def acs(self) -> Path:
        return self.path / "acs"

    @property
    def desk(self) -> Path:
        return self.path / "desk"

    @property
    def issuer(self) -> Path:
        return self.path / "issuer"

    @property
    def certificates(self) -> Path:
        return self.path / "certificates"

    @property
    def host_keys(self) -> Path:
        return self.path / "host-keys.json"

    @property
    def host_settings(self) -> Path:
        return self.path / "local.settings.json"

    @property
    def run_file(self) -> Path:
        return self.path / "run.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other supervisors out until the block is left, however it is left; raises InUseError."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InUseError(f"Interact runs already with the data in {self.path}: {self._where()}") from error
            yield

    def empty(self) -> None:
        """Forget conversations, configuration and queues; secrets, certificates and logs stay."""
        for place in (self.azurite, self.acs, self.desk):
            if place.exists():
                shutil.rmtree(place)

    def secrets(self) -> Secrets:
        """Read the secrets, or make them at the first start."""
        file = self.path / "secrets.json"
        if file.exists():
            return Secrets(**json.loads(file.read_text("utf-8")))
        made = Secrets(*(base64.b64encode(secrets.token_bytes(48)).decode() for _ in range(4)))
        write_atomically(file, asdict(made))
        return made

    def new_log_directory(self, moment: datetime) -> Path:
        """A directory for the logs of this start; those of the last ten starts are kept."""
        logs = self.path / "logs"
        directory = logs / moment.strftime("%Y-%m-%dT%H-%M-%S.%f")
        directory.mkdir(parents=True)
        for old in sorted(logs.iterdir())[:-KEPT_LOGS]:
            shutil.rmtree(old)
        return directory

    def _where(self) -> str:
        try:
            return str(json.loads(self.run_file.read_text("utf-8"))["functions"])
        except (OSError, ValueError, KeyError):
            return "it is just starting or ending"


def write_atomically(file: Path, document: Mapping[str, Any]) -> None:
    """Write JSON that only this user can read; readers see the old file or the whole new one."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as output:
        json.dump(document, output, indent=2)
        output.write("\n")
    os.replace(unfinished, file)
