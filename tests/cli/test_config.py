"""`interact config`: a folder of YAML and the server, made the same in both directions."""

from __future__ import annotations

import json
import random
from pathlib import Path

import httpx
import pytest
import yaml

from functions.manage_bodies import COLLECTION_OF
from shared.domain.documents import DocumentKey, Kind
from tests.cli.folders import SALES, apply_through_deaths, documents_of, edit, empty_office, is_write, plan
from tests.cli.terminal import Answer, Terminal
from tests.functions.office import Office
from tests.functions.world import TENANT


class TestExport:
    def test_every_document_is_a_short_file_that_is_named_after_it(self, exported: Path) -> None:
        assert (exported / "tenant.yaml").exists()
        sales = yaml.safe_load((exported / SALES).read_text("utf-8"))
        assert sales["id"] == "sales"
        assert not {"version", "changedAt", "changedBy"} & set(sales)
        assert None not in sales.values()

    def test_after_it_there_is_nothing_to_apply(self, terminal: Terminal, exported: Path) -> None:
        found = plan(terminal, exported, "--delete")
        assert (found["changes"], found["findings"]) == ([], [])
        assert found["unchanged"] > 5

    def test_a_file_that_says_the_same_keeps_its_comments(self, terminal: Terminal, exported: Path) -> None:
        file = exported / SALES
        file.write_text("# Ours: ask sales first.\n" + file.read_text("utf-8"), "utf-8")
        terminal.done("config", "export", str(exported))
        assert file.read_text("utf-8").startswith("# Ours")

    def test_what_was_deleted_on_the_server_goes_and_what_it_never_had_stays(
        self, terminal: Terminal, exported: Path, office: Office
    ) -> None:
        mine = exported / "calendars" / "mine.yaml"
        mine.parent.mkdir(exist_ok=True)
        mine.write_text("id: mine\nname: Mine\norganizationUnitId: root\ntimeZone: Europe/Zurich\n", "utf-8")
        office.world.config.documents[TENANT.id].pop(DocumentKey(Kind.ORGANIZATION_UNIT, "america"))
        told = terminal.document("config", "export", str(exported))
        assert [Path(file).name for file in told["removed"]] == ["america.yaml"]
        assert [Path(file).name for file in told["unknown"]] == ["mine.yaml"]
        assert mine.exists()

    def test_a_folder_with_a_broken_file_is_left_alone(self, terminal: Terminal, exported: Path) -> None:
        (exported / SALES).write_text("id: [", "utf-8")
        ended = terminal.run("config", "export", str(exported))
        assert ended.code == 2
        assert SALES in ended.notes
        assert (exported / SALES).read_text("utf-8") == "id: ["


class TestWhatTheServerCannotRead:
    """A document of a newer version of the app is there: it must not be taken for one that is not."""

    @pytest.mark.parametrize("collection", ["users", "services", "organizationUnits", "workflows"])
    @pytest.mark.parametrize(
        "words", [("export",), ("plan",), ("plan", "--delete"), ("apply", "--yes", "--delete"), ("diff",)]
    )
    def test_nothing_is_exported_planned_or_applied(
        self, terminal: Terminal, exported: Path, office: Office, words: tuple[str, ...], collection: str
    ) -> None:
        own = next(key for key in office.world.config.documents[TENANT.id] if COLLECTION_OF.get(key.kind) == collection)
        office.administration.illegible[TENANT.id, own] = "it has schema 2"
        before, files = documents_of(office), {file: file.read_bytes() for file in exported.rglob("*.yaml")}
        ended = terminal.run("config", words[0], str(exported), *words[1:])
        assert ended.code == 9
        assert f"{collection}/{own.id} cannot be read by the server: it has schema 2" in " ".join(ended.notes.split())
        assert documents_of(office) == before
        assert {file: file.read_bytes() for file in exported.rglob("*.yaml")} == files

    def test_nor_where_it_is_the_tenant(self, terminal: Terminal, exported: Path, office: Office) -> None:
        office.administration.illegible[TENANT.id, DocumentKey(Kind.TENANT, TENANT.id)] = "it has schema 2"
        ended = terminal.run("config", "plan", str(exported), "--delete")
        assert ended.code == 7
        assert "it has schema 2" in ended.notes


class TestPlan:
    def test_every_change_is_told_field_by_field(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / SALES, lambda document: document.update(name="Sales of Lunifico"))
        (exported / "organizationUnits" / "asia.yaml").write_text("id: asia\nname: Asia\nparentId: root\n", "utf-8")
        (exported / "organizationUnits" / "america.yaml").unlink()
        ended = terminal.run("config", "plan", str(exported), "--delete", "--json", "--exit-code")
        assert ended.code == 10
        told = {one["document"]: one for one in ended.document["changes"]}
        assert told["services/sales"]["differences"] == [
            {"field": "name", "before": "Lunifico Sales", "after": "Sales of Lunifico"}
        ]
        assert told["organizationUnits/asia"]["action"] == "create"
        assert told["organizationUnits/america"]["action"] == "delete"

    def test_people_see_a_tree(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / SALES, lambda document: document.update(name="Sales of Lunifico"))
        shown = terminal.done("config", "plan", str(exported))
        assert "~ change sales (Sales of Lunifico)" in shown.out
        assert 'name: "Lunifico Sales" → "Sales of Lunifico"' in shown.out
        assert "1 to change" in shown.notes

    def test_a_mistyped_field_is_one_finding_with_the_right_word_and_no_flood_of_changes(
        self, terminal: Terminal, exported: Path
    ) -> None:
        edit(exported / "tenant.yaml", lambda document: document.update(acsSecrt=document.pop("acsSecret")))
        ended = terminal.run("config", "plan", str(exported))
        assert ended.code == 1
        assert "acsSecrt there is no such field; did you mean 'acsSecret'?" in ended.notes
        assert "1 finding; nothing can be applied." in ended.notes
        assert "(nothing) → " in ended.out
        assert "→ (nothing)" not in ended.out

    def test_messages_are_called_by_their_own_name(self, terminal: Terminal, exported: Path) -> None:
        file = exported / "systemMessages" / "calls.yaml"
        file.parent.mkdir(exist_ok=True)
        text = "id: calls\nkind: direct\nname: Direct calls\ndisplayName: $(User.FirstName)\norganizationUnitId: root\n"
        file.write_text(text, "utf-8")
        assert "+ create calls (Direct calls)" in terminal.done("config", "plan", str(exported)).out

    def test_what_stands_there_by_default_is_no_change(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / "tenant.yaml", lambda document: document.pop("sessionRecoveryTimeout"))
        edit(exported / "tenant.yaml", lambda document: document.pop("widgetKey"))
        assert plan(terminal, exported)["changes"] == []

    def test_without_delete_nothing_is_deleted(self, terminal: Terminal, exported: Path) -> None:
        (exported / "organizationUnits" / "america.yaml").unlink()
        assert plan(terminal, exported)["changes"] == []

    def test_all_findings_come_with_file_line_and_column(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / SALES, lambda document: document.update(organizationUnitId="nowhere", colour="red"))
        (exported / "calendars").mkdir(exist_ok=True)
        (exported / "calendars" / "x.yaml").write_text("id: x\nname: &a X\n", "utf-8")
        ended = terminal.run("config", "plan", str(exported), "--json")
        assert ended.code == 1
        found = {(Path(one["file"]).name, one["line"], one["rule"]) for one in ended.document["findings"]}
        lines = (exported / SALES).read_text("utf-8").splitlines()
        colour = next(n for n, line in enumerate(lines, 1) if line.startswith("colour"))
        assert ("x.yaml", 2, "alias") in found
        assert any(name == Path(SALES).name and line == colour for name, line, _ in found)

    def test_what_others_use_cannot_be_deleted(self, terminal: Terminal, exported: Path) -> None:
        next((exported / "workflows").glob("*.yaml")).unlink()
        ended = terminal.run("config", "plan", str(exported), "--delete", "--json")
        assert ended.code == 1
        assert any(
            one["rule"] == "in_use" and "services/sales" in one["explanation"] for one in ended.document["findings"]
        )


class TestApply:
    def test_the_server_becomes_what_the_folder_says(self, terminal: Terminal, exported: Path, office: Office) -> None:
        edit(exported / SALES, lambda document: document.update(name="Sales of Lunifico", organizationUnitId="asia"))
        (exported / "organizationUnits" / "asia.yaml").write_text("id: asia\nname: Asia\nparentId: root\n", "utf-8")
        (exported / "organizationUnits" / "america.yaml").unlink()
        told = terminal.done("config", "apply", str(exported), "--delete", "--yes", "--json").document
        assert told["applied"] == 3
        assert office.stored(Kind.SERVICE, "sales").organization_unit_id == "asia"
        assert office.stored(Kind.ORGANIZATION_UNIT, "america") is None
        assert plan(terminal, exported, "--delete")["changes"] == []

    def test_nothing_is_changed_where_anything_is_wrong(
        self, terminal: Terminal, exported: Path, office: Office
    ) -> None:
        before = documents_of(office)
        edit(exported / SALES, lambda document: document.update(organizationUnitId="nowhere"))
        (exported / "organizationUnits" / "asia.yaml").write_text("id: asia\nname: Asia\nparentId: root\n", "utf-8")
        ended = terminal.run("config", "apply", str(exported), "--yes")
        assert ended.code == 1
        assert documents_of(office) == before

    def test_what_will_not_work_although_it_is_saved_is_told(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / SALES, lambda document: document.update(members=["nobody"]))
        ended = terminal.done("config", "apply", str(exported), "--yes")
        assert "1 change applied." in ended.out
        assert "Note: services/sales members.0: 'nobody' is no user of the tenant" in ended.notes
        edit(exported / SALES, lambda document: document.update(members=["somebody"]))
        (note,) = terminal.document("config", "apply", str(exported), "--yes")["notes"]
        assert (note["document"], note["field"], note["value"]) == ("services/sales", "members.0", "somebody")

    def test_of_many_notes_the_first_are_told(self, terminal: Terminal, exported: Path) -> None:
        edit(exported / SALES, lambda document: document.update(members=[f"nobody-{number}" for number in range(25)]))
        ended = terminal.done("config", "apply", str(exported), "--yes")
        assert ended.notes.count("is no user of the tenant") == 20
        assert "… and 5 notes more" in ended.notes

    def test_applied_twice_it_says_once_that_there_is_nothing_to_do(self, terminal: Terminal, exported: Path) -> None:
        ended = terminal.done("config", "apply", str(exported), "--yes")
        assert ended.out == ""
        assert ended.notes.startswith("Nothing to change; ")

    def test_it_asks_first(self, terminal: Terminal, exported: Path, office: Office) -> None:
        edit(exported / SALES, lambda document: document.update(name="Other"))
        assert terminal.run("config", "apply", str(exported), typed="n\n").code == 2
        assert office.stored(Kind.SERVICE, "sales").name == "Lunifico Sales"
        terminal.done("config", "apply", str(exported), typed="y\n")
        assert office.stored(Kind.SERVICE, "sales").name == "Other"

    def test_who_has_changed_it_meanwhile_is_told_and_nothing_of_it_is_lost(
        self, terminal: Terminal, exported: Path, office: Office
    ) -> None:
        edit(exported / SALES, lambda document: document.update(name="Mine"))

        def late(request: httpx.Request, answer: Answer) -> httpx.Response:
            if is_write(request):
                others_change()
            return answer(request)

        terminal.transport.hook = late
        ended = terminal.run("config", "apply", str(exported), "--yes")
        assert ended.code == 6
        assert "Otto" in ended.notes
        assert office.stored(Kind.SERVICE, "sales").name == "Theirs"

    def test_a_lost_answer_is_looked_up(self, terminal: Terminal, exported: Path, office: Office) -> None:
        edit(exported / SALES, lambda document: document.update(name="Mine"))
        lost = [1]

        def once(request: httpx.Request, answer: Answer) -> httpx.Response:
            response = answer(request)
            if is_write(request) and lost:
                raise httpx.ReadTimeout(f"lost {lost.pop()}", request=request)
            return response

        terminal.transport.hook = once
        terminal.done("config", "apply", str(exported), "--yes")
        assert office.stored(Kind.SERVICE, "sales").name == "Mine"

    @pytest.mark.parametrize("seed", range(6))
    def test_killed_anywhere_and_run_again_it_gets_there(
        self, terminal: Terminal, exported: Path, office: Office, seed: int
    ) -> None:
        for number in range(8):
            text = f"id: u{number}\nname: Unit {number}\nparentId: {'root' if number == 7 else f'u{number + 1}'}\n"
            (exported / "organizationUnits" / f"{number}.yaml").write_text(text, "utf-8")
        edit(exported / SALES, lambda document: document.update(organizationUnitId="u0"))
        apply_through_deaths(terminal, exported, random.Random(seed), most=4)
        assert office.stored(Kind.SERVICE, "sales").organization_unit_id == "u0"
        assert plan(terminal, exported)["changes"] == []


class TestDrift:
    def test_what_others_have_changed_is_told_with_who_and_when(
        self, terminal: Terminal, exported: Path, office: Office
    ) -> None:
        assert terminal.done("config", "diff", str(exported)).out == ""
        others_change()
        ended = terminal.run("config", "diff", str(exported), "--json")
        assert ended.code == 1
        (drift,) = ended.document["drift"]
        assert (drift["document"], drift["what"], drift["changedBy"]) == ("services/sales", "changed", "Otto")
        assert drift["differences"] == [{"field": "name", "before": "Lunifico Sales", "after": "Theirs"}]

    def test_a_plan_says_whose_change_it_would_undo(self, terminal: Terminal, exported: Path, office: Office) -> None:
        others_change()
        assert "by Otto" in terminal.done("config", "plan", str(exported)).out

    def test_before_folder_and_server_have_met_there_is_nothing_to_compare(
        self, terminal: Terminal, folder: Path
    ) -> None:
        folder.mkdir()
        assert terminal.run("config", "diff", str(folder)).code == 2


class TestTheSameTenant:
    def test_export_and_apply_to_an_empty_tenant_give_the_same(
        self, terminal: Terminal, exported: Path, office: Office
    ) -> None:
        was = documents_of(office)
        empty = empty_office()
        terminal.done("config", "apply", str(exported), "--yes")
        assert documents_of(empty) == was

    def test_also_with_more_documents_than_are_checked_at_once(
        self, terminal: Terminal, folder: Path, office: Office
    ) -> None:
        from shared.domain.organization_units import OrganizationUnit

        chain = [OrganizationUnit(f"u{n:04}", f"Unit {n}", f"u{n // 3:04}" if n else "root") for n in range(700)]
        office.world.config.put(TENANT.id, *chain)
        terminal.done("config", "export", str(folder))
        was = documents_of(office)
        empty = empty_office()
        terminal.done("config", "apply", str(folder), "--yes")
        assert documents_of(empty) == was


def others_change() -> None:
    """Otto changes a service while nobody looks."""
    with Terminal(Path("unused")) as other:
        other.sign_in("otto")
        call = other.transport.handle_request
        url = f"{other.environment['INTERACT_URL']}/api/manage/v1/services/sales"
        headers = {
            "authorization": "Bearer otto",
            "if-match": "*",
            "content-type": "application/merge-patch+json",
        }
        answer = call(httpx.Request("PATCH", url, headers=headers, content=json.dumps({"name": "Theirs"})))
        assert answer.status_code == 200, answer.content
