"""Who is connected, in which groups, and how a message reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
INVOCATION, PING, CLOSE = 1, 6, 7
NORMAL_CLOSURE, SERVICE_RESTART = 1000, 1012


def close_message(error: str = "", *, allow_reconnect: bool = False) -> Message:
    message: Message = {"type": CLOSE}
    if error:
        message["error"] = error
    if allow_reconnect:
        message["allowReconnect"] = True
    return message


@dataclass(eq=False)
class Connection:
    """One connected client; messages put into `outbox` are sent in order, a number closes the socket with that code."""

    id: str
    hub: str
    user_id: str
    outbox: asyncio.Queue[Message | int] = field(default_factory=asyncio.Queue)

    def send(self, message: Message) -> None:
        self.outbox.put_nowait(message)

    def end(self, last: Message | None = None) -> None:
        """Close the connection, with a close message or, as where the service restarts, without a word."""
        if last is not None:
            self.outbox.put_nowait(last)
        self.outbox.put_nowait(SERVICE_RESTART if last is None else NORMAL_CLOSURE)


class Hubs:
    """All connections of all hubs; groups hold connections and, apart from them, users."""

    def __init__(self) -> None:
        self._connections: dict[str, Connection] = {}
        self._group_connections: dict[tuple[str, str], set[str]] = {}
        self._group_users: dict[tuple[str, str], set[str]] = {}

    def add(self, connection: Connection) -> None:
        self._connections[connection.id] = connection

    def discard(self, connection: Connection) -> None:
        self._connections.pop(connection.id, None)
        for members in self._group_connections.values():
            members.discard(connection.id)

    def count(self) -> int:
        return len(self._connections)

    def in_hub(self, hub: str) -> list[Connection]:
        return self._matching(lambda connection: connection.hub == hub)

    def of_user(self, hub: str, user_id: str) -> list[Connection]:
        return self._matching(lambda connection: connection.hub == hub and connection.user_id == user_id)

    def with_id(self, hub: str, connection_id: str) -> list[Connection]:
        return self._matching(lambda connection: connection.hub == hub and connection.id == connection_id)

    def in_group(self, hub: str, group: str) -> list[Connection]:
        users = self._group_users.get((hub, group), set())
        ids = self._group_connections.get((hub, group), set())
        return [c for c in self.in_hub(hub) if c.id in ids or (c.user_id and c.user_id in users)]

    def user_in_group(self, hub: str, group: str, user_id: str) -> bool:
        return user_id in self._group_users.get((hub, group), set())

    def add_user_to_group(self, hub: str, group: str, user_id: str) -> None:
        self._group_users.setdefault((hub, group), set()).add(user_id)

    def remove_user_from_group(self, hub: str, group: str, user_id: str) -> None:
        self._group_users.get((hub, group), set()).discard(user_id)

    def remove_user_from_all_groups(self, hub: str, user_id: str) -> None:
        for (of_hub, _), users in self._group_users.items():
            if of_hub == hub:
                users.discard(user_id)

    def add_connection_to_group(self, hub: str, group: str, connection_id: str) -> bool:
        """False where there is no such connection."""
        if not self.with_id(hub, connection_id):
            return False
        self._group_connections.setdefault((hub, group), set()).add(connection_id)
        return True

    def remove_connection_from_group(self, hub: str, group: str, connection_id: str) -> bool:
        """False where there is no such connection."""
        self._group_connections.get((hub, group), set()).discard(connection_id)
        return bool(self.with_id(hub, connection_id))

    def end_all(self) -> int:
        """Cut every connection; the number of them."""
        connections = list(self._connections.values())
        for connection in connections:
            connection.end()
        return len(connections)

    def _matching(self, condition: Callable[[Connection], bool]) -> list[Connection]:
        return [connection for connection in self._connections.values() if condition(connection)]


def send_to(connections: Iterable[Connection], target: str, arguments: list[Any], excluded: Iterable[str]) -> None:
    """Invoke `target` on each client but those whose connection id is excluded."""
    left_out = set(excluded)
    for connection in connections:
        if connection.id not in left_out:
            connection.send({"type": INVOCATION, "target": target, "arguments": arguments})
