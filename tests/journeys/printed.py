"""A page of docs as what it tells its reader to do: files to save, commands to run, addresses to open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^(?:`(?P<name>[^`\n]+)`\n\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"<(http://[^>\s]+)>")


@dataclass(frozen=True)
class File:
    """To be saved under this name."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """To be run in a shell."""

    line: str


@dataclass(frozen=True)
class Printed:
    """The page's text; `ports` are put in place of those that it names."""

    text: str

    @classmethod
    def of(cls, page: Path, ports: dict[int, int]) -> Printed:
        text = page.read_text("utf-8")
        for port, ours in ports.items():
            # Not within an id such as a0000000-0000-4000-8000-000000000001.
            text = re.sub(rf"(?<=[ :]){port}(?=[ /}}>\n])", str(ours), text)
        return cls(text)

    def steps(self) -> Iterator[File | Command]:
        """In the order of the page; every block has to be one that is understood."""
        for block in BLOCK.finditer(self.text):
            match block["language"]:
                case "yaml":
                    assert block["name"], f"this file has no name above it:\n{block['text']}"
                    yield File(block["name"], block["text"])
                case "sh":
                    yield from (Command(line) for line in block["text"].splitlines())
                case other:
                    raise AssertionError(f"a block of {other} is not played")

    def addresses(self) -> list[str]:
        """Those to open, in the order of the page."""
        return ADDRESS.findall(self.text)
