"""What docs/authorize.md says: its programs, its settings, its tables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TEXT = (Path(__file__).parents[2] / "docs" / "authorize.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """All code blocks of a language, without the indentation of the list that they stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indentation}", "", code, flags=re.MULTILINE) for indentation, code in found]


def program(language: str) -> str:
    (only,) = blocks(language)
    return only


def documents() -> list[dict[str, Any]]:
    """The parts of tenants' documents that are shown as examples."""
    return [json.loads(block) for block in blocks("json")]


def first_cells(heading: str) -> list[str]:
    """What is written as code in the first column of the first table after a heading."""
    table = TEXT.partition(f"\n{heading}\n")[2].split("\n|", 1)[1].split("\n\n")[0]
    return re.findall(r"`(\w+)`", " ".join(line.strip("|").split("|")[0] for line in table.splitlines()[2:]))
