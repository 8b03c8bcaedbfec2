"""`audit`: who changed what and when."""

from __future__ import annotations

import pytest

from cli.errors import ExitCode
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import OWN_URL


def rename(terminal: Terminal, token: str, name: str) -> None:
    """An administrator renames the service."""
    import httpx

    with httpx.Client(transport=terminal.transport, base_url=OWN_URL) as http:
        answer = http.patch(
            "/api/manage/v1/services/sales",
            json={"name": name},
            headers={"authorization": f"Bearer {token}", "if-match": "*"},
        )
    assert answer.status_code == 200, answer.text


@pytest.fixture
def history(terminal: Terminal, office: Office) -> Terminal:
    """Carla renames a service, and two hours later Otto does."""
    rename(terminal, "carla", "Sales of Lunifico")
    office.world.clock.advance(2 * 3_600)
    rename(terminal, "otto", "Orders")
    terminal.now = office.world.clock.now().timestamp()
    return terminal


def test_the_newest_first_with_who_and_what(history: Terminal) -> None:
    shown = history.done("audit").out
    assert shown.index("Otto") < shown.index("Carla")
    assert "Orders" in shown
    assert "name" in shown


def test_with_the_document_before_and_after(history: Terminal) -> None:
    newest = history.document("audit")["items"][0]
    assert (newest["before"]["name"], newest["after"]["name"]) == ("Sales of Lunifico", "Orders")


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("--by", "carla"), ["Carla"]),
        (("--since", "1h"), ["Otto"]),
        (("--since", "3h"), ["Otto", "Carla"]),
        (("--since", "2000-01-01"), ["Otto", "Carla"]),
        (("--most", "1"), ["Otto"]),
        (("--kind", "service"), ["Otto", "Carla"]),
        (("--kind", "services", "--id", "sales"), ["Otto", "Carla"]),
        (("--kind", "service", "--id", "Orders"), ["Otto", "Carla"]),
        (("--kind", "workflow"), []),
        (("--kind", "service", "--id", "gone"), []),
    ],
)
def test_what_one_looks_for(history: Terminal, words: tuple[str, ...], who: list[str]) -> None:
    assert [one["by"]["name"] for one in history.document("audit", *words)["items"]] == who


@pytest.mark.parametrize("words", [("--since", "soon"), ("--id", "sales"), ("--kind", "lamps")])
def test_what_cannot_be_looked_for(history: Terminal, words: tuple[str, ...]) -> None:
    assert history.run("audit", *words).code == ExitCode.USAGE
