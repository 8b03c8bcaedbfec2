"""What the scripts ask Python: values, rights, permissions, versions."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from infra.answers import NEEDED_ACTIONS, ROLE_ASSIGNMENTS, graph_access, is_older, main, missing_actions, parameters

CONTRIBUTOR = {
    "actions": ["*"],
    "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
}
ACCESS_ADMINISTRATOR = {"actions": ["Microsoft.Authorization/roleAssignments/*"], "notActions": []}
READER = {"actions": ["*/read"], "notActions": []}


def listed(*entries: Any) -> str:
    return json.dumps({"value": entries})


class TestRights:
    def test_an_owner_may_everything(self) -> None:
        assert missing_actions(listed({"actions": ["*"], "notActions": []})) == []

    def test_a_contributor_may_not_give_roles(self) -> None:
        assert missing_actions(listed(CONTRIBUTOR)) == [ROLE_ASSIGNMENTS]

    def test_what_one_role_excludes_another_may_grant(self) -> None:
        assert missing_actions(listed(CONTRIBUTOR, ACCESS_ADMINISTRATOR)) == []

    def test_a_reader_lacks_everything(self) -> None:
        assert missing_actions(listed(READER)) == list(NEEDED_ACTIONS)

    def test_capitals_make_no_difference(self) -> None:
        shouted = {"actions": [action.upper() for action in NEEDED_ACTIONS]}
        assert missing_actions(listed(shouted)) == []


TABLE = {"presence": {"permissions": ["B", "A"]}, "meetings": {"permissions": ["A"]}}


class TestGraph:
    ROLES = json.dumps([{"value": "A", "id": "1"}, {"value": "B", "id": "2"}])

    def test_nothing_is_asked_for_without_a_feature(self) -> None:
        assert graph_access(self.ROLES, [], TABLE) == "[]"

    def test_each_permission_is_asked_for_once(self) -> None:
        (resource,) = json.loads(graph_access(self.ROLES, ["presence", "meetings"], TABLE))
        assert resource["resourceAccess"] == [{"id": "1", "type": "Role"}, {"id": "2", "type": "Role"}]

    def test_a_permission_that_graph_does_not_have_is_no_silent_gap(self) -> None:
        with pytest.raises(Exception, match="no application permission B"):
            graph_access(json.dumps([{"value": "A", "id": "1"}]), ["presence"], TABLE)


class TestValues:
    def test_texts_come_as_they_are_and_the_rest_as_json(self) -> None:
        values = {"name": "lunifico", "vnetEnabled": False, "alertEmails": ["a"]}
        document = {"parameters": {name: {"value": value} for name, value in values.items()}}
        built = json.dumps({"parametersJson": json.dumps(document)})
        assert parameters(built) == ["name\tlunifico", "vnetEnabled\tfalse", 'alertEmails\t["a"]']

    @pytest.mark.parametrize(
        ("version", "minimum", "older"),
        [("2.9.0", "2.75.0", True), ("2.75.0", "2.75.0", False), ("2.100.1", "2.75.0", False), ("3.0", "2.75", False)],
    )
    def test_versions_are_numbers(self, version: str, minimum: str, older: bool) -> None:
        assert is_older(version, minimum) is older


class TestProgram:
    def test_an_answer_is_printed(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
        assert main(["outputs"]) == 0
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("arguments", [[], ["why"], ["parameters"]])
    def test_what_cannot_be_answered_fails(
        self, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("no JSON"))
        assert main(arguments) == 1
        assert "answers.py" in capsys.readouterr().err
