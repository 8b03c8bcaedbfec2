"""What stands before the hosts, as Azure's front end does: each request goes to one of those that listen."""

from __future__ import annotations

import json
import random

from tests.soak.http_pipe import HttpMessage, NotReachedError, Upstream, response


class Front:
    """Chooses at random among the hosts; one that dies with a request in its hands answers 502."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._hosts: list[Upstream] = []

    def add(self, port: int) -> None:
        self._hosts.append(Upstream(port))

    async def answer(self, request: HttpMessage) -> bytes:
        for host in self._chance.sample(self._hosts, len(self._hosts)):
            try:
                return (await host.exchange(request)).raw
            except NotReachedError:
                continue
            except ConnectionError:
                return _failure("502 Bad Gateway")
        return _failure("503 Service Unavailable")

    def close(self) -> None:
        for host in self._hosts:
            host.close()


def _failure(status: str) -> bytes:
    return response(status, json.dumps({"status": status}).encode(), "application/json")
