"""The reference in docs/command-line.md, made of the commands themselves: `python -m tests.cli.reference` writes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli.errors import MEANINGS
from cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
EVERYWHERE = {"--json", "--help"}
"""Options of every command, told once."""
PARTS = ("exit codes", "commands")


def begins(part: str) -> str:
    return f"<!-- {part}: python -m tests.cli.reference -->\n"


def ends(part: str) -> str:
    return f"<!-- end of {part} -->\n"


def page(present: str) -> str:
    """The page with its made parts as they have to be."""
    made = {"exit codes": "".join(_exit_codes()), "commands": "\n".join(_commands("interact", get_command(app)))}
    for part in PARTS:
        before, _, rest = present.partition(begins(part))
        _, _, after = rest.partition(ends(part))
        present = f"{before}{begins(part)}\n{made[part]}\n{ends(part)}{after}"
    return present


def _exit_codes() -> Iterator[str]:
    yield "| | |\n|---|---|\n"
    yield from (f"| {int(code)} | {meaning} |\n" for code, meaning in MEANINGS.items())


def _commands(name: str, command: Any) -> Iterator[str]:
    """A section for each command, in the order of --help."""
    for word, one in getattr(command, "commands", {}).items():
        full = f"{name} {word}"
        if hasattr(one, "commands"):
            yield f"### {full}\n\n{_prose(one.help)}"
            yield from _commands(full, one)
        else:
            depth = "####" if full.count(" ") > 1 else "###"
            yield f"{depth} {full}\n\n{_prose(one.help)}{_parameters(one)}"


def _prose(text: str | None) -> str:
    """A help text as paragraphs."""
    paragraphs = (" ".join(one.split()) for one in inspect.cleandoc(text or "").split("\n\n"))
    return "\n\n".join(_example(one) or one for one in paragraphs) + "\n"


def _example(paragraph: str) -> str:
    _, found, command = paragraph.partition("For instance: ")
    return f"```sh\n{command}\n```" if found else ""


def _parameters(command: Any) -> str:
    rows = [row for row in map(_row, command.params) if row]
    return "\n| | |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""


def _row(parameter: Any) -> str:
    if EVERYWHERE & set(parameter.opts):
        return ""
    is_option = parameter.param_type_name == "option"
    names = ", ".join(f"`{one}`" for one in parameter.opts) if is_option else f"`{parameter.metavar}`"
    value = f" `{parameter.metavar}`" if is_option and parameter.metavar else ""
    default = parameter.default if isinstance(parameter.default, int | str) and not parameter.is_flag else None
    told = f" Default: {default}." if is_option and default not in (None, False, "") else ""
    return f"| {names}{value} | {(parameter.help or '').replace('|', chr(92) + '|')}{told} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
