"""Where the command reaches the API, and with which tokens: the environment, else a file that `interact login` writes.

`INTERACT_URL` and `INTERACT_TOKEN` come before what is stored. A token is only ever sent by https, or on this machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cli.errors import NotSignedIn, Unusable

URL, TOKEN = "INTERACT_URL", "INTERACT_TOKEN"
FILE = "session.json"
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class StoredSession:
    """Who is signed in where. `way` is how the tokens were got: "device" or "azure-cli".

    `expires` is in seconds since 1970. A refresh token needs `issuer`, `client` and `scope` to be used.
    """

    url: str
    way: str = "device"
    access_token: str = ""
    expires: float = 0.0
    refresh_token: str = ""
    issuer: str = ""
    client: str = ""
    scope: str = ""


def read(directory: Path) -> StoredSession | None:
    """What is stored, or None; raises Unusable where the file is none of ours."""
    file = directory / FILE
    try:
        found = json.loads(file.read_text("utf-8"))
        return StoredSession(**found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise Unusable(f"{file} cannot be read ({type(error).__name__})", "interact logout, then login") from error


def write(directory: Path, session: StoredSession) -> None:
    """Store it so that nobody else on this machine can read it; the file is replaced as a whole."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = directory / f"{FILE}.{os.getpid()}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(session), file)
    unfinished.replace(directory / FILE)


def forget(directory: Path) -> bool:
    """Whether there was something to forget."""
    try:
        (directory / FILE).unlink()
    except FileNotFoundError:
        return False
    return True


def api_address(environment: Mapping[str, str], stored: StoredSession | None) -> str:
    """The deployment's address; raises NotSignedIn where none is known, Unusable where it cannot be used."""
    given = environment.get(URL, "").strip()
    if given:
        return checked_address(given)
    if stored is None:
        raise NotSignedIn("no deployment is known", f"interact login https://YOUR-APP, or set {URL} and {TOKEN}")
    return checked_address(stored.url)


def checked_address(url: str) -> str:
    """The address without a slash at the end; raises Unusable."""
    parts = urlsplit(url if "//" in url else f"//{url}", "https")
    if "//" not in url and parts.hostname in OWN_MACHINE:
        # Nobody has a certificate for it.
        parts = parts._replace(scheme="http")
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Unusable(f"'{url}' is no address of a deployment", "write https://HOST")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in OWN_MACHINE):
        raise Unusable(f"'{url}' would send tokens unencrypted", "write https://HOST; http is for localhost only")
    return parts.geturl().rstrip("/")
