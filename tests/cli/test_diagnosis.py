"""`diagnose`, `readiness`, `origin explain`, `preview`: in words, with an exit code for scripts."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from functions.widget import BASE, widget_contact
from shared.adapters.aes_seals import AesSeals
from shared.domain.diagnosis import CONDITIONS
from shared.domain.domain_templates import DomainRow, DomainTemplate
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import ACCESS, KEY, ORIGIN, OWN_URL, SERVICE, TEMPLATE, TENANT, WIDGET_KEY, request

SNIPPET = f"<script>push({{ widgetKey: '{WIDGET_KEY}', serviceId: 'sales' }});</script>"


@pytest.fixture
def office(office: Office) -> Office:
    """With real seals, and Mario registered with the bot."""
    office.world.replace(seals=AesSeals(KEY))
    office.use()
    asyncio.run(office.world.application.conversations.register(office.world.activity()))
    return office


class TestDiagnose:
    def test_a_page_that_is_as_it_should_be(self, terminal: Terminal, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text(SNIPPET, "utf-8")
        shown = terminal.done("diagnose", f"{ORIGIN}/lamps", "--snippet", str(page)).out
        assert "✓ passed" in shown
        assert "✗" not in shown
        assert "A conversation can begin" in shown

    def test_what_fails_is_told_in_words_with_the_place_and_the_fix(self, terminal: Terminal) -> None:
        ended = terminal.run("diagnose", "http://www.lunifico.example", "--snippet", "-", typed=SNIPPET)
        assert ended.code == 1
        assert "✗ failed" in ended.out
        assert "the row is for https" in ended.out
        assert "domainTemplate web: domains.0" in ended.out
        assert "refused with origin_not_allowed" in ended.out

    def test_one_document_for_programs(self, terminal: Terminal) -> None:
        ended = terminal.run("diagnose", "https://elsewhere.example", "--service", "Lunifico Sales", "--json")
        assert ended.code == 1
        assert [one["id"] for one in ended.document["conditions"]] == [one.id for one in CONDITIONS]

    def test_a_service_that_there_is_not_is_diagnosed_as_well(self, terminal: Terminal) -> None:
        ended = terminal.run("diagnose", "--service", "nobody", "--json")
        failed = [one["id"] for one in ended.document["conditions"] if one["verdict"] == "fail"]
        assert failed == ["contact_known"]

    def test_an_access_token_is_read_from_a_file(self, terminal: Terminal, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text("a.b.c\n", "utf-8")
        terminal.run("diagnose", "--service", "sales", "--access-token", str(file))
        assert json.loads(terminal.transport.sent[-1].read())["accessToken"] == "a.b.c"

    def test_of_a_long_page_the_part_about_the_widget_is_sent(self, terminal: Terminal, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text("<p>words</p>" * 9_000 + SNIPPET + "<p>words</p>" * 9_000, "utf-8")
        ended = terminal.run("diagnose", ORIGIN, "--snippet", str(page), "--json")
        assert ended.document["contact"]["id"] == "sales"

    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["--service", "a", "--user", "b"],
            ["--id", "x", "--service", "a"],
            ["--snippet", "/there/is/nothing"],
        ],
    )
    def test_what_cannot_be_meant_is_told(self, terminal: Terminal, words: list[str]) -> None:
        assert terminal.run("diagnose", *words).code == 2


class TestDiagnosisId:
    def refused(self) -> str:
        asked = f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"
        headers = {"origin": "https://shop.lunifico.example"}
        answer = asyncio.run(widget_contact(request("GET", asked, headers=headers)))
        return str(json.loads(answer.get_body())["diagnosis"])

    def test_it_names_the_setting_and_how_it_is_now(self, terminal: Terminal, office: Office) -> None:
        diagnosis_id = self.refused()
        ended = terminal.run("diagnose", "--id", diagnosis_id)
        assert ended.code == 1
        assert "The domain template allows the origin" in ended.out
        assert "https://shop.lunifico.example" in ended.out
        assert "domainTemplate web: domains" in ended.out
        rows = (*TEMPLATE.domains, DomainRow("https", "shop.lunifico.example"))
        office.world.config.put(TENANT.id, replace(TEMPLATE, domains=rows))
        assert "✓ passed" in terminal.run("diagnose", "--id", diagnosis_id).out

    def test_of_another_tenant_there_is_nothing(self, terminal: Terminal) -> None:
        diagnosis_id = self.refused()
        terminal.sign_in("stranger")
        assert terminal.run("diagnose", "--id", diagnosis_id).code == 5

    def test_a_text_that_is_none_is_not_found(self, terminal: Terminal) -> None:
        assert terminal.run("diagnose", "--id", "nonsense").code == 5


class TestReadiness:
    def test_a_service_that_can_be_reached(self, terminal: Terminal) -> None:
        assert "✓ Visitors can be served" in terminal.done("readiness", "--service", "sales").out

    def test_what_is_missing(self, terminal: Terminal, office: Office) -> None:
        office.world.config.put(TENANT.id, replace(SERVICE, members=(), interact=replace(ACCESS, active=False)))
        ended = terminal.run("readiness", "--service", "sales")
        assert ended.code == 1
        assert "add members" in ended.out
        assert "service sales: interact.active" in ended.out

    def test_of_a_user(self, terminal: Terminal) -> None:
        assert terminal.document("readiness", "--user", "mario@lunifico.example")["ready"] is True


class TestOriginExplain:
    def test_by_which_row_it_is_allowed(self, terminal: Terminal) -> None:
        shown = terminal.done("origin", "explain", ORIGIN, "--service", "sales").out
        assert "✓ allowed" in shown
        assert "row 1 of the domain template 'Website'" in shown

    def test_what_nearly_matches_and_where_else_it_stands(self, terminal: Terminal, office: Office) -> None:
        shop = DomainTemplate("shop", "Shop", "root", (DomainRow("http", "www.lunifico.example"),))
        office.world.config.put(TENANT.id, shop)
        ended = terminal.run("origin", "explain", "http://www.lunifico.example", "--user", "mario")
        assert ended.code == 1
        assert "the row is for https, the page is served by http" in ended.out
        assert "Shop" in ended.out

    def test_an_internationalized_name_is_shown_in_both_forms(self, terminal: Terminal) -> None:
        shown = terminal.run("origin", "explain", "https://münchen.example", "--service", "sales").out
        assert "https://xn--mnchen-3ya.example (https://münchen.example)" in shown

    def test_what_has_no_origin_says_why(self, terminal: Terminal) -> None:
        ended = terminal.run("origin", "explain", "file:///index.html", "--service", "sales")
        assert ended.code == 8
        assert "file" in ended.notes


class TestPreview:
    def test_the_link_alone_is_the_result(self, terminal: Terminal) -> None:
        ended = terminal.done("preview", "--service", "sales", "--minutes", "10")
        assert ended.out.strip().startswith(f"{OWN_URL}/preview/service/sales?tenant=lunifico#pass=")
        assert ended.out.count("\n") == 1
        assert "--revoke takes it back" in ended.notes

    def test_links_are_revoked(self, terminal: Terminal) -> None:
        ended = terminal.done("preview", "--service", "sales", "--revoke")
        assert "No preview link of 'Lunifico Sales'" in ended.out
        assert "Conversations that have begun go on" in ended.notes
        assert terminal.document("preview", "--user", "mario", "--revoke")["revokedBy"]["name"] == "Carla"

    @pytest.mark.parametrize("minutes", ["0", "61", "x"])
    def test_it_is_good_for_an_hour_at_most(self, terminal: Terminal, minutes: str) -> None:
        assert terminal.run("preview", "--service", "sales", "--minutes", minutes).code == 2

    def test_a_reader_makes_none(self, terminal: Terminal) -> None:
        terminal.sign_in("reader")
        assert terminal.run("preview", "--service", "sales").code == 4
