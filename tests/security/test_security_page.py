"""SECURITY.md names what is there: every list of cases, every proof, every door."""

from __future__ import annotations

import re
from pathlib import Path

from tests.security.web import ROUTES, VECTORS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_every_list_of_cases_is_named() -> None:
    assert {path.name for path in VECTORS.glob("*.json")} == set(re.findall(r"tests/vectors/(\w+\.json)", TEXT))


def test_every_proof_and_every_page_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT)) | set(re.findall(r"\]\(([a-z][\w./-]*)", TEXT))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_door_of_visitors_and_of_teams_is_named() -> None:
    doors = {route for *_, route, _ in ROUTES if "{sessionId}" not in route}
    parts = {"/".join(route.split("/")[-2:]) for route in doors if route.startswith("api/widget")}
    assert {part.rpartition("/")[2] for part in parts} <= set(re.findall(r"\w+", TEXT))
    assert "api/messages" in TEXT
