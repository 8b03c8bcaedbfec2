"""`workflow`: check, try out, publish and compare."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.errors import ExitCode
from tests.cli.reference import PAGE
from tests.cli.terminal import Terminal

TALK = """\
id: talk
name: Talk
type: instantMessaging
organizationUnitId: root
start: accept
activities:
  - {id: accept, type: accept_conversation, exits: {next: hello}}
  - id: hello
    type: message
    parameters:
      texts: {en: Hello}
    exits: {next: queue}
  - {id: queue, type: queue_task, parameters: {time_limit: 300}, exits: {time_limit: end}}
  - {id: end, type: disconnect}
"""
STORY = """\
agents:
  - {id: mario, displayName: Mario}
events:
  - {at: 5, event: customerWrites, text: "Is anybody there?"}
  - {at: 20, event: agentAccepts, agentId: mario}
  - {at: 75.5, event: agentEnds, agentId: mario}
"""


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.yaml"
    file.write_text(TALK)
    return file


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "story.yaml"
    file.write_text(STORY)
    return file


class TestLint:
    def test_a_good_one(self, terminal: Terminal, talk: Path) -> None:
        ended = terminal.done("workflow", "lint", str(talk))
        assert "No findings." in ended.out

    def test_findings_have_their_place_and_end_with_1(self, terminal: Terminal, talk: Path) -> None:
        talk.write_text(TALK.replace("{time_limit: end}", "{time_limit: nowhere}"))
        ended = terminal.run("workflow", "lint", str(talk))
        assert ended.code == ExitCode.FINDINGS
        assert f"{talk}:13:" in ended.out
        assert "(exit_to_nowhere)" in ended.out

    def test_the_same_for_programs(self, terminal: Terminal, talk: Path) -> None:
        talk.write_text(TALK.replace("type: message\n", "type: massage\n"))
        ended = terminal.run("workflow", "lint", str(talk), "--json")
        assert ended.code == ExitCode.FINDINGS
        finding = next(one for one in ended.document["findings"] if one["field"].startswith("activities.hello"))
        assert (finding["line"], finding["activity"]) == (9, "hello")

    @pytest.mark.parametrize("content", ["a: &x 1\nb: *x\n", "- 1\n", "a: 1\na: 2\n", "{", "\x00"])
    def test_what_is_no_workflow_at_all(self, terminal: Terminal, talk: Path, content: str) -> None:
        talk.write_text(content)
        ended = terminal.run("workflow", "lint", str(talk))
        assert ended.code == ExitCode.USAGE
        assert str(talk) in ended.notes

    def test_a_file_that_is_not_there(self, terminal: Terminal) -> None:
        assert terminal.run("workflow", "lint", "nowhere.yaml").code == ExitCode.USAGE


class TestSimulate:
    def test_what_happens_in_its_order(self, terminal: Terminal, talk: Path, story: Path) -> None:
        shown = terminal.done("workflow", "simulate", str(talk), "--events", str(story)).out
        order = ["accept", "Hello", "Is anybody there?", "ended_by_agent"]
        assert [shown.index(text) for text in order] == sorted(shown.index(text) for text in order)
        assert "1:15.5" in shown

    def test_where_nobody_does_anything(self, terminal: Terminal, talk: Path) -> None:
        course = terminal.document("workflow", "simulate", str(talk))
        assert course["end"]["at"] == 300.0

    def test_a_published_workflow_by_its_name(self, terminal: Terminal) -> None:
        course = terminal.document("workflow", "simulate", "Chat")
        assert course["path"][0]["activity"] == "accept"
        assert terminal.run("workflow", "simulate", "Chat", "--version", "9").code == ExitCode.NOT_FOUND

    def test_an_event_that_is_none_has_its_place(self, terminal: Terminal, talk: Path, story: Path) -> None:
        story.write_text(STORY.replace("agentAccepts", "agentDances"))
        ended = terminal.run("workflow", "simulate", str(talk), "--events", str(story))
        assert ended.code == ExitCode.USAGE
        assert f"{story}:5:" in ended.notes

    def test_a_definition_that_is_none_has_its_place(self, terminal: Terminal, talk: Path) -> None:
        talk.write_text(TALK.replace("{id: end, type: disconnect}", "{id: end, type: vanish}"))
        ended = terminal.run("workflow", "simulate", str(talk))
        assert ended.code == ExitCode.USAGE
        assert f"{talk}:14:" in ended.notes

    def test_what_is_neither_file_nor_workflow(self, terminal: Terminal, talk: Path) -> None:
        assert terminal.run("workflow", "simulate", "nothing").code == ExitCode.NOT_FOUND
        assert terminal.run("workflow", "simulate", "nothing.yaml").code == ExitCode.USAGE
        assert terminal.run("workflow", "simulate", str(talk), "--version", "2").code == ExitCode.USAGE


class TestPublishing:
    def test_the_first_and_the_next_version(self, terminal: Terminal, talk: Path) -> None:
        saved = terminal.document("workflow", "publish", str(talk))
        assert (saved["workflowVersion"], saved["published"]) == (1, True)
        again = terminal.document("workflow", "publish", str(talk))
        assert (again["workflowVersion"], again["published"]) == (1, False)
        talk.write_text(TALK.replace("Hello", "Welcome"))
        assert "version" in terminal.done("workflow", "publish", str(talk)).out
        listed = terminal.document("workflow", "versions", "Talk")
        assert [one["number"] for one in listed["items"]] == [2, 1]
        different = terminal.document("workflow", "diff", "talk")
        assert [(one["before"], one["after"]) for one in different["differences"]] == [("Hello", "Welcome")]
        shown = terminal.done("workflow", "diff", "talk", "2", "1").out
        assert shown.index("version 2") < shown.index("version 1")

    def test_what_get_shows_can_be_published(self, terminal: Terminal, tmp_path: Path) -> None:
        file = tmp_path / "chat.json"
        document = terminal.document("get", "workflow", "chat")
        file.write_text(json.dumps({**document, "name": "Chat of today"}))
        assert terminal.document("workflow", "publish", str(file))["name"] == "Chat of today"

    def test_only_in_place_of_the_version_that_one_knows(self, terminal: Terminal, talk: Path) -> None:
        terminal.done("workflow", "publish", str(talk))
        talk.write_text(TALK.replace("Hello", "Welcome"))
        terminal.done("workflow", "publish", str(talk), "--replaces", "1")
        talk.write_text(TALK.replace("Hello", "Good morning"))
        ended = terminal.run("workflow", "publish", str(talk), "--replaces", "1")
        assert ended.code == ExitCode.CHANGED_MEANWHILE
        assert "its version is 2" in ended.notes

    def test_what_does_not_work_is_refused_with_its_place(self, terminal: Terminal, talk: Path) -> None:
        talk.write_text(TALK.replace("start: accept", "start: hello"))
        ended = terminal.run("workflow", "publish", str(talk))
        assert ended.code == ExitCode.USAGE
        assert f"{talk}:" in ended.notes
        assert terminal.run("get", "workflow", "talk").code == ExitCode.NOT_FOUND

    def test_whoever_may_not_is_told(self, terminal: Terminal, talk: Path) -> None:
        terminal.sign_in("reader")
        assert terminal.run("workflow", "publish", str(talk)).code == ExitCode.NOT_ALLOWED

    def test_a_workflow_without_id(self, terminal: Terminal, talk: Path) -> None:
        talk.write_text(TALK.removeprefix("id: talk\n"))
        assert "id: support-chat" in terminal.run("workflow", "publish", str(talk)).notes

    def test_one_version_alone_differs_from_none(self, terminal: Terminal) -> None:
        assert terminal.run("workflow", "diff", "chat").code == ExitCode.USAGE


def test_the_story_of_the_documentation_can_be_played(terminal: Terminal, talk: Path, story: Path) -> None:
    printed = PAGE.read_text("utf-8").partition("## A story")[2].partition("```yaml\n")[2].partition("```")[0]
    story.write_text(printed)
    course = terminal.document("workflow", "simulate", str(talk), "--events", str(story))
    assert course["begins"] == "2030-01-07T09:00:00.000Z"
    assert course["end"] == {"at": 90.0, "reason": "ended_by_agent"}
