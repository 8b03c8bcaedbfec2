"""The Functions hosts: started, killed without warning, started again, and later two of them on one storage."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from pathlib import Path

from local.host_process import HostCommand, HostProcess
from local.serving import LOOPBACK
from local.start import Start
from tests.soak.front import Front

ROOT = Path(__file__).resolve().parents[2]
DOWN_SECONDS = (0.2, 3.0)


class Fleet:
    """Hosts with the settings that are written for them; `kills` counts."""

    def __init__(self, start: Start, bundle: Path, front: Front, chance: random.Random) -> None:
        self.kills = 0
        self._start = start
        self._bundle = str(bundle)
        self._front = front
        self._chance = chance
        self._hosts: list[HostProcess] = []

    @property
    def size(self) -> int:
        return len(self._hosts)

    async def grow(self) -> None:
        """Start one more host and wait until it answers; raises HostError."""
        port = _free_port()
        host = HostProcess(self._command(port))
        self._hosts.append(host)
        await host.start()
        await host.answering()
        self._front.add(port)

    async def kill_one(self) -> None:
        """SIGKILL to one of the hosts, which is started again a little later; raises HostError."""
        host = self._chance.choice(self._hosts)
        os.kill(host.pid, signal.SIGKILL)
        self.kills += 1
        await host.end()
        await asyncio.sleep(self._chance.uniform(*DOWN_SECONDS))
        await host.start()
        await host.answering()

    async def end(self) -> None:
        await asyncio.gather(*(host.end() for host in self._hosts))

    def _command(self, port: int) -> HostCommand:
        data = self._start.data
        arguments = ("--app", ROOT, "--port", port, "--settings", data.host_settings, "--keys", data.host_keys)
        return HostCommand(
            program=[sys.executable, "-m", "local.host_child", str(os.getpid()), *(str(each) for each in arguments)],
            directory=ROOT,
            port=port,
            environment={"SSL_CERT_FILE": self._bundle, "REQUESTS_CA_BUNDLE": self._bundle},
            log=self._start.logs / f"host-{len(self._hosts) + 1}.log",
        )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])
