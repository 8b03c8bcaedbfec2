"""docs/command-line.md tells of every command and every exit code, as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from tests.cli.reference import PAGE, page


def commands(command: Any, name: str = "interact") -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    for word, one in command.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, f"{name} {word}")
        else:
            yield f"{name} {word}", one


ALL = dict(commands(get_command(app)))


def test_the_page_is_as_the_commands_are() -> None:
    present = PAGE.read_text("utf-8")
    assert present == page(present), "docs/command-line.md is behind; write it: python -m tests.cli.reference"


@pytest.mark.parametrize("name", ALL)
def test_every_command_says_what_it_does_and_has_json(name: str) -> None:
    command = ALL[name]
    assert f"# {name}\n" in PAGE.read_text("utf-8")
    assert len(command.help or "") > 10
    assert "--json" in {option for parameter in command.params for option in parameter.opts}
    silent = [parameter.name for parameter in command.params if not parameter.help]
    assert silent == []
