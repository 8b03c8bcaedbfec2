"""`list`, `get`, `references`: documents by kind, id and name."""

from __future__ import annotations

import pytest
import yaml

from shared.domain.documents import DocumentKey, Kind
from shared.domain.organization_units import OrganizationUnit
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import TENANT


class TestList:
    def test_a_table_for_people(self, terminal: Terminal) -> None:
        shown = terminal.done("list", "services").out
        assert "Lunifico Sales" in shown
        assert "organization unit" in shown

    def test_one_document_for_programs(self, terminal: Terminal) -> None:
        listed = terminal.document("list", "users")
        assert {one["id"] for one in listed["items"]} == {"luisa", "mario"}
        assert listed["complete"] is True

    def test_what_the_server_cannot_read_is_named(self, terminal: Terminal, office: Office) -> None:
        office.administration.illegible[TENANT.id, DocumentKey(Kind.USER, "luisa")] = "it has schema 2"
        listed = terminal.document("list", "users")
        assert [one["id"] for one in listed["items"]] == ["mario"]
        assert listed["unreadable"] == [{"id": "luisa", "problem": "it has schema 2"}]
        assert "'luisa' is left out: it has schema 2" in terminal.done("list", "users").notes

    @pytest.mark.parametrize(
        "kind", ["organization-units", "organizationUnit", "organization-unit", "Organization_Units"]
    )
    def test_a_kind_may_be_written_as_one_likes(self, terminal: Terminal, kind: str) -> None:
        assert len(terminal.document("list", kind)["items"]) == 4

    def test_a_kind_that_is_none_is_told_with_the_nearest(self, terminal: Terminal) -> None:
        ended = terminal.run("list", "servises")
        assert ended.code == 2
        assert "write services" in ended.notes

    def test_more_than_a_page_is_read_to_its_end(self, terminal: Terminal, office: Office) -> None:
        office.world.config.put(TENANT.id, *(OrganizationUnit(f"u{n:03}", f"Unit {n}", "root") for n in range(450)))
        assert len(terminal.document("list", "organization-units", "--most", "1000")["items"]) == 454

    def test_that_there_are_more_is_said(self, terminal: Terminal) -> None:
        ended = terminal.done("list", "organization-units", "--most", "2", "--json")
        assert len(ended.document["items"]) == 2
        assert ended.document["complete"] is False
        assert "more than 2" in ended.notes

    def test_what_a_unit_is_offered(self, terminal: Terminal) -> None:
        offered = terminal.document("list", "workflows", "--offered-to", "France")
        assert [one["id"] for one in offered["items"]] == ["chat"]

    def test_a_search_without_results_says_so(self, terminal: Terminal) -> None:
        ended = terminal.done("list", "users", "--search", "nobody")
        assert "No users found" in ended.notes


class TestGet:
    @pytest.mark.parametrize("name", ["sales", "Lunifico Sales", "lunifico sales"])
    def test_by_id_or_name(self, terminal: Terminal, name: str) -> None:
        assert terminal.document("get", "service", name)["id"] == "sales"

    def test_a_user_by_name_or_principal_name(self, terminal: Terminal) -> None:
        for name in ("Mario", "mario@lunifico.example"):
            assert terminal.document("get", "user", name)["id"] == "mario"

    def test_people_get_yaml_that_says_the_same(self, terminal: Terminal) -> None:
        assert yaml.safe_load(terminal.done("get", "workflow", "chat").out) == terminal.document(
            "get", "workflow", "chat"
        )

    def test_nothing_of_this_name(self, terminal: Terminal) -> None:
        ended = terminal.run("get", "service", "nothing", "--json")
        assert ended.code == 5
        assert ended.document["error"]["code"] == "not_found"
        assert "interact list services" in ended.notes

    def test_a_name_that_several_have_is_not_guessed(self, terminal: Terminal, office: Office) -> None:
        office.world.config.put(TENANT.id, OrganizationUnit("france-2", "France", "root"))
        ended = terminal.run("get", "organization-unit", "France")
        assert ended.code == 5
        assert "france, france-2" in ended.notes

    def test_an_id_with_a_slash_is_one_id(self, terminal: Terminal) -> None:
        assert terminal.run("get", "service", "a/b").code == 5
        assert terminal.transport.sent[0].url.raw_path.endswith(b"/services/a%2Fb")


def test_references_both_ways(terminal: Terminal) -> None:
    shown = terminal.done("references", "workflow", "chat").out
    assert "used by" in shown
    assert "Lunifico Sales" in shown
