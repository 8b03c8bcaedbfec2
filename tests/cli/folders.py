"""What tests do with a folder of the configuration, and with the calls that are made for it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import yaml

from shared.domain.documents import DocumentKey
from tests.cli.terminal import Answer, Terminal
from tests.functions.office import Office
from tests.functions.world import TENANT, World

SALES = "services/lunifico-sales.yaml"


class Killed(BaseException):
    """The process is gone; nothing of it goes on."""


def apply_through_deaths(terminal: Terminal, folder: Path, chance: random.Random, most: int) -> None:
    """Apply until it ends by itself; each run dies before or after one of its first writes, `most` at most."""
    left = 0

    def mortal(request: httpx.Request, answer: Answer) -> httpx.Response:
        nonlocal left
        if not is_write(request):
            return answer(request)
        left -= 1
        if left == 0 and chance.random() < 0.5:
            raise Killed
        response = answer(request)
        if left == 0:
            raise Killed
        return response

    terminal.transport.hook = mortal
    for _ in range(30):
        left = chance.randint(1, most)
        try:
            terminal.done("config", "apply", str(folder), "--yes")
        except Killed:
            continue
        return
    raise AssertionError("it has never come to its end")


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
