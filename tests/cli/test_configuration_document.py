"""docs/configuration.md is held to the code: its files make a tenant."""

from __future__ import annotations

import re
from pathlib import Path

from cli.configuration.documents import ORDER
from tests.cli.folders import empty_office
from tests.cli.terminal import Terminal

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_its_files_are_applied_to_an_empty_tenant(terminal: Terminal, tmp_path: Path) -> None:
    files = re.findall(
        r"^`([\w/.-]+\.yaml)`\n\n```yaml\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert {name.partition("/")[0].removesuffix(".yaml") for name, _ in files} == set(ORDER)
    for name, text in files:
        file = tmp_path / "company" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    empty_office()
    told = terminal.document("config", "apply", str(tmp_path / "company"), "--yes")
    assert (told["findings"], told["applied"]) == ([], len(files))
    assert terminal.document("config", "plan", str(tmp_path / "company"), "--delete")["changes"] == []
