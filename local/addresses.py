"""Where each part listens: eleven ports in a row from INTERACT_PORT_BASE."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local.azurite import StoragePorts
from local.serving import LOOPBACK

DEFAULT_BASE = 7071
HIGHEST_BASE = 65_535 - 10


class AddressError(Exception):
    """The ports cannot be used; the message says which, for what, and what to do."""


@dataclass(frozen=True)
class Addresses:
    """All addresses of one `make run`; `base` is the port of the Functions host."""

    base: int = DEFAULT_BASE

    @property
    def functions(self) -> str:
        return f"http://localhost:{self.base}"

    @property
    def acs(self) -> str:
        return f"https://localhost:{self.base + 1}"

    @property
    def acs_for_browsers(self) -> str:
        """The same stand-in without TLS: no browser knows its certificate."""
        return f"http://localhost:{self.base + 7}"

    @property
    def challenge(self) -> str:
        return f"http://localhost:{self.base + 8}"

    @property
    def issuer(self) -> str:
        """Where administrators and customers sign in."""
        return f"http://localhost:{self.base + 9}"

    @property
    def issuer_by_tls(self) -> str:
        """The same: the keys of sites are fetched by https only."""
        return f"https://localhost:{self.base + 10}"

    @property
    def desk(self) -> str:
        return f"http://localhost:{self.base + 2}"

    @property
    def signalr(self) -> str:
        return f"http://localhost:{self.base + 3}"

    @property
    def storage(self) -> StoragePorts:
        return StoragePorts(blob=self.base + 4, queue=self.base + 5, table=self.base + 6)

    def parts(self) -> Iterator[tuple[int, str]]:
        """Each port with the part that listens there."""
        names = (
            *("Functions host", "ACS", "Teams desk", "SignalR", "blob storage", "queue storage", "table storage"),
            *("ACS for browsers", "challenges", "sign-in", "sign-in by TLS"),
        )
        return zip(range(self.base, self.base + len(names)), names, strict=True)


def addresses_from(environment: Mapping[str, str]) -> Addresses:
    """Read INTERACT_PORT_BASE; raises AddressError where it is no port with ten more above it."""
    text = environment.get("INTERACT_PORT_BASE", "").strip()
    if not text:
        return Addresses()
    if not text.isdecimal() or not 1024 <= int(text) <= HIGHEST_BASE:
        raise AddressError(f"INTERACT_PORT_BASE is '{text}': use a number from 1024 to {HIGHEST_BASE}")
    return Addresses(int(text))


def check_free(addresses: Addresses) -> None:
    """Raises AddressError with one line for each port that another program holds."""
    taken = [f"Port {port} ({name}) is taken by another program." for port, name in addresses.parts() if _taken(port)]
    if taken:
        other = addresses.base + 1000 if addresses.base + 1000 <= HIGHEST_BASE else DEFAULT_BASE
        remedy = f"End that program, or choose other ports: make run INTERACT_PORT_BASE={other}"
        raise AddressError("\n".join([*taken, remedy]))


def _taken(port: int) -> bool:
    with socket.socket() as listener:
        # As the servers do it: ports of connections that are just over are free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return True
    return False
