"""What tests do with a folder of the configuration, and with the calls that are made for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import yaml

from shared.domain.documents import DocumentKey
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import TENANT, World

SALES = "services/lunifico-sales.yaml"


class Killed(BaseException):
    """The process is gone; nothing of it goes on."""


Answer = Callable[[httpx.Request], httpx.Response]


def around(terminal: Terminal, hook: Callable[[httpx.Request, Answer], httpx.Response]) -> None:
    """Let every call go through the hook, which may answer it."""
    real = terminal.transport.handle_request
    setattr(terminal.transport, "handle_request", lambda request: hook(request, real))  # noqa: B010 - it is a method


def is_write(request: httpx.Request) -> bool:
    return request.method in ("PUT", "DELETE")


def edit(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = yaml.safe_load(file.read_text("utf-8"))
    change(document)
    file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")


def documents_of(office: Office) -> dict[DocumentKey, Any]:
    return dict(office.world.config.documents[TENANT.id])


def plan(terminal: Terminal, folder: Path, *options: str) -> dict[str, Any]:
    ended = terminal.run("config", "plan", str(folder), "--json", *options)
    found: dict[str, Any] = ended.document
    return found


def empty_office() -> Office:
    """A deployment in which nobody has set anything up."""
    created = Office(World())
    created.world.config.documents.pop(TENANT.id)
    created.use()
    return created
