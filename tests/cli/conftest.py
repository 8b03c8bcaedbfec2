"""Every test gets a deployment of its own, in memory, and a terminal from which it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import bootstrap
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import World


@pytest.fixture
def office() -> Iterator[Office]:
    """Lunifico with its administrators."""
    created = Office(World())
    created.use()
    yield created
    bootstrap.use(None)


@pytest.fixture
def terminal(office: Office, tmp_path: Path) -> Iterator[Terminal]:
    """Where Carla, a tenant administrator, is signed in."""
    with Terminal(tmp_path / "settings") as opened:
        opened.sign_in("carla")
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "company"


@pytest.fixture
def exported(terminal: Terminal, folder: Path) -> Path:
    terminal.done("config", "export", str(folder))
    return folder
