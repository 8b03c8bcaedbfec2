"""`tenant`, `licences`, `key`, `snippet`."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from cli.commands.snippet import render
from cli.errors import ExitCode
from shared.domain.licences import Licence
from tests.cli.folders import empty_office
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import OWN_URL, TENANT, WIDGET_KEY

EMBED = Path(__file__).parents[2] / "docs" / "embed.md"


class TestTenant:
    def test_its_settings_for_people(self, terminal: Terminal) -> None:
        shown = terminal.done("tenant", "show").out
        assert re.search(r"Interact\s+enabled", shown)
        assert re.search(rf"widget key\s+{WIDGET_KEY}", shown)

    @pytest.mark.parametrize("command", ["show", "check-acs"])
    def test_before_there_is_one_it_says_how_to_make_it(self, terminal: Terminal, command: str) -> None:
        empty_office()
        ended = terminal.run("tenant", command)
        assert ended.code == ExitCode.NOT_FOUND
        assert "there is no tenant yet; interact config apply makes it" in ended.notes

    def test_and_all_of_them_for_programs(self, terminal: Terminal) -> None:
        assert terminal.document("tenant", "show")["widgetKey"] == WIDGET_KEY

    def test_a_connection_that_works(self, terminal: Terminal) -> None:
        ended = terminal.run("tenant", "check-acs")
        assert ended.code == ExitCode.OK, ended
        assert "FAILED" not in ended.out

    def test_one_that_does_not_ends_with_findings(self, terminal: Terminal) -> None:
        step = {"step": "createToken", "passed": False, "explanation": "ACS answers 401", "fix": "copy it again"}
        terminal.transport.answers = [httpx.Response(200, json={"passed": False, "steps": [step]})]
        ended = terminal.run("tenant", "check-acs")
        assert ended.code == ExitCode.FINDINGS
        assert "copy it again" in ended.out
        assert "FAILED" in ended.out


class TestLicences:
    def test_used_and_bought(self, terminal: Terminal, office: Office) -> None:
        office.world.config.put(TENANT.id, replace(TENANT, licences_bought={Licence.INTERACT: 1}))
        ended = terminal.done("licences")
        assert re.search(r"interact\s+3\s+2\s+1\s+1\s+-2", ended.out)
        assert "3 are used, 1 were bought" in ended.notes
        assert "unlimited" in ended.out

    def test_as_a_document(self, terminal: Terminal) -> None:
        assert {one["licence"] for one in terminal.document("licences")["items"]} >= {"interact", "enterprise"}


class TestKey:
    def test_a_new_one_is_made_and_the_old_one_works_for_a_while(self, terminal: Terminal) -> None:
        saved = terminal.document("key", "rotate", "--overlap-hours", "48", "--yes")
        assert saved["widgetKey"] != WIDGET_KEY
        assert saved["previousWidgetKey"] == WIDGET_KEY
        assert saved["widgetKey"] in terminal.done("tenant", "show").out

    def test_nothing_happens_unasked(self, terminal: Terminal) -> None:
        ended = terminal.run("key", "rotate")
        assert ended.code == ExitCode.USAGE
        assert "--yes" in ended.notes
        assert terminal.document("tenant", "show")["widgetKey"] == WIDGET_KEY

    def test_whoever_may_not_is_told(self, terminal: Terminal) -> None:
        terminal.sign_in("reader")
        ended = terminal.run("key", "rotate", "--yes", "--json")
        assert ended.code == ExitCode.NOT_ALLOWED
        assert ended.document["error"]["code"] == "role_missing"


class Scripts(HTMLParser):
    """The scripts of a page, as a browser sees where they end."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._is_in = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self._is_in = tag == "script"
        if self._is_in:
            self.scripts.append("")

    def handle_endtag(self, _: str) -> None:
        self._is_in = False

    def handle_data(self, data: str) -> None:
        if self._is_in:
            self.scripts[-1] += data


class TestSnippet:
    def test_it_is_that_of_the_documentation(self, terminal: Terminal) -> None:
        shown = terminal.done("snippet", "--service", "Lunifico Sales").out
        printed = EMBED.read_text("utf-8").partition("```html\n")[2].partition("```")[0]
        # The page explains more than what has to be there.
        needed = re.sub(r"    parameters: .*\n", "", printed)
        needed = re.sub(r"  window\.Nimbus\.queue\.push\((function|\[)(.|\n)*?(?=</script>)", "", needed)
        for name, value in (
            ("YOUR-WIDGET-KEY", WIDGET_KEY),
            ("YOUR-SERVICE-ID", "sales"),
            ("https://YOUR-APP", OWN_URL),
        ):
            needed = needed.replace(name, value)
        assert shown == needed

    def test_a_user_is_a_contact(self, terminal: Terminal) -> None:
        made = terminal.document("snippet", "--user", "luisa@lunifico.example")
        assert 'contactId: "luisa"' in made["html"]
        assert made["kind"] == "user"

    def test_what_keeps_it_from_appearing_is_said(self, terminal: Terminal, office: Office) -> None:
        office.world.config.put(TENANT.id, replace(TENANT, interact_enabled=False))
        notes = terminal.done("snippet", "--service", "sales").notes
        assert "not enabled for the tenant" in notes
        assert "domain template 'web' only" in notes

    @pytest.mark.parametrize("words", [(), ("--service", "sales", "--user", "luisa")])
    def test_it_is_for_one_contact(self, terminal: Terminal, words: tuple[str, ...]) -> None:
        assert terminal.run("snippet", *words).code == ExitCode.USAGE

    def test_no_name_ends_the_script(self) -> None:
        made = render(OWN_URL, 'k"</script><script>alert(1)//', "<!--", is_service=True)
        page = Scripts()
        page.feed(made)
        assert len(page.scripts) == 2
        assert "alert(1)" in page.scripts[0]
        assert page.scripts[1] == ""
