"""docs/troubleshoot.md names every condition of the code, with cause and fix, and the guide's list line by line."""

from __future__ import annotations

import re
from pathlib import Path

from shared.domain.diagnosis import BY_ID, CONDITIONS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "troubleshoot.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
GUIDE = TEXT.partition("## The guide's list")[2].partition("\n## ")[0]
LINES = (
    "Interact is enabled on Tenant Level",
    "Interact is enabled for the user",
    "Disable *Restrict Access* to test this quickly",
    "you require an access token",
)


def test_every_condition_is_named_in_its_order_with_its_title() -> None:
    assert [(name, title) for name, title, *_ in ROWS] == [(one.id, one.title) for one in CONDITIONS]


def test_each_has_a_cause_and_a_fix() -> None:
    assert all(len(cause) > 10 and len(fix) > 5 for *_, cause, fix in ROWS)


def test_every_line_of_the_guides_troubleshooting_leads_to_conditions() -> None:
    rows = [line for line in GUIDE.splitlines() if "`" in line]
    assert len(rows) == len(LINES)
    for row, said in zip(rows, LINES, strict=True):
        assert said in row
        assert set(re.findall(r"`(\w+)`", row)) <= set(BY_ID)


def test_the_pages_that_it_leads_to_are_there() -> None:
    assert {name for name in re.findall(r"\]\(([\w-]+\.md)\)", TEXT) if not (ROOT / "docs" / name).exists()} == set()
