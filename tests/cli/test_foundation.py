"""What holds for every command: output, exit codes, patience, and where the address and the token come from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cli import session
from cli.errors import MEANINGS, CommandError, ExitCode, NotSignedIn, Unusable
from cli.output import plain, words
from cli.session import StoredSession, api_address, checked_address
from tests.cli.terminal import Terminal, problem
from tests.functions.world import OWN_URL

ROOT = Path(__file__).parents[2]


class TestExitCodes:
    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (400, "invalid", ExitCode.NOT_ACCEPTED),
            (401, "access_token_invalid", ExitCode.NOT_SIGNED_IN),
            (403, "role_missing", ExitCode.NOT_ALLOWED),
            (404, "not_found", ExitCode.NOT_FOUND),
            (409, "in_use", ExitCode.NOT_ACCEPTED),
            (412, "changed_meanwhile", ExitCode.CHANGED_MEANWHILE),
            (422, "invalid_configuration", ExitCode.NOT_ACCEPTED),
            (428, "version_missing", ExitCode.NOT_ACCEPTED),
            (500, "failed", ExitCode.FAULT),
            (503, "not_ready", ExitCode.UNREACHABLE),
        ],
    )
    def test_of_an_answer(self, terminal: Terminal, status: int, code: str, expected: ExitCode) -> None:
        terminal.transport.answers = [problem(status, code)]
        ended = terminal.run("list", "services", "--json")
        assert ended.code == expected
        told = ended.document["error"]
        assert (told["code"], told["exitCode"], told["trace"]) == (code, int(expected), "t1")
        assert f"because of {code}" in ended.notes

    def test_each_has_a_meaning(self) -> None:
        assert set(MEANINGS) == set(ExitCode)

    def test_places_with_their_findings_are_named(self, terminal: Terminal) -> None:
        found = [{"rule": "missing", "field": "members.2", "explanation": "is no user", "value": "nobody"}]
        terminal.transport.answers = [problem(422, "invalid_configuration", findings=found)]
        assert "members.2: is no user (is: nobody)" in terminal.run("list", "services").notes

    def test_what_uses_a_document_is_named(self, terminal: Terminal) -> None:
        used = [{"kind": "service", "id": "sales", "name": "Lunifico Sales"}]
        terminal.transport.answers = [problem(409, "in_use", usedBy=used)]
        assert "service Lunifico Sales (sales)" in terminal.run("list", "services").notes

    def test_who_changed_what_meanwhile_is_told(self, terminal: Terminal) -> None:
        refusal = problem(412, "changed_meanwhile", changedBy="Otto", changedAt="2026-01-01T00:00:00Z", fields=["name"])
        terminal.transport.answers = [refusal]
        assert "Changed by Otto at 2026-01-01T00:00:00Z: name" in terminal.run("list", "services").notes

    def test_an_unknown_command_is_one_of_usage(self, terminal: Terminal) -> None:
        ended = terminal.run("lst")
        assert ended.code == 2
        assert "list" in ended.notes

    def test_a_fault_of_ours_shows_no_stack(self, terminal: Terminal) -> None:
        terminal.transport.answers = [httpx.Response(200, json={"strange": True})]
        ended = terminal.run("list", "services")
        assert ended.code == ExitCode.FAULT
        assert "Traceback" not in ended.notes + ended.out
        assert "KeyError" in ended.notes


class TestPatience:
    def test_a_busy_server_is_asked_again_when_it_says(self, terminal: Terminal) -> None:
        terminal.transport.answers = [
            problem(429, "busy", {"Retry-After": "7"}),
            problem(503, "x", {"Retry-After": "2"}),
        ]
        assert "Lunifico Sales" in terminal.done("list", "services").out
        assert terminal.waits == [7.0, 2.0]

    def test_not_for_ever(self, terminal: Terminal) -> None:
        terminal.transport.answers = [problem(429, "busy", {"Retry-After": "1"}) for _ in range(20)]
        assert terminal.run("list", "services").code == ExitCode.UNREACHABLE
        assert len(terminal.transport.sent) == 6

    def test_nor_for_hours(self, terminal: Terminal) -> None:
        terminal.transport.answers = [problem(429, "busy", {"Retry-After": "3600"})]
        assert terminal.run("list", "services").code == ExitCode.UNREACHABLE
        assert terminal.waits == []

    def test_a_network_that_comes_back(self, terminal: Terminal) -> None:
        terminal.transport.answers = [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")]
        terminal.done("list", "services")
        assert terminal.waits == [1.0, 2.0]

    def test_a_network_that_does_not(self, terminal: Terminal) -> None:
        terminal.transport.answers = [httpx.ConnectError("refused") for _ in range(20)]
        ended = terminal.run("list", "services")
        assert ended.code == ExitCode.UNREACHABLE
        assert OWN_URL in ended.notes

    def test_another_site_is_recognized_as_such(self, terminal: Terminal) -> None:
        for answer in (httpx.Response(200, text="<html>"), httpx.Response(404, text="nothing here")):
            terminal.transport.answers = [answer]
            ended = terminal.run("list", "services")
            assert ended.code == ExitCode.UNREACHABLE
            assert "Interact" in ended.notes


class TestSignedIn:
    def test_nobody(self, terminal: Terminal) -> None:
        terminal.environment.clear()
        ended = terminal.run("list", "services")
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "interact login" in ended.notes
        assert terminal.transport.sent == []

    def test_the_token_goes_to_the_api_and_nowhere_else(self, terminal: Terminal) -> None:
        ended = terminal.done("list", "services", "--json")
        assert terminal.transport.sent[0].headers["authorization"] == "Bearer carla"
        assert "carla" not in ended.out + ended.notes

    def test_the_environment_comes_before_what_is_stored(self, tmp_path: Path) -> None:
        stored = StoredSession("https://stored.example")
        assert api_address({}, stored) == "https://stored.example"
        assert api_address({"INTERACT_URL": "https://given.example/"}, stored) == "https://given.example"
        with pytest.raises(NotSignedIn):
            api_address({}, None)

    def test_what_is_stored_is_for_the_user_only(self, tmp_path: Path) -> None:
        directory = tmp_path / "new" / "interact"
        written = StoredSession("https://x.example", access_token="a", expires=1.0, refresh_token="r")
        session.write(directory, written)
        assert session.read(directory) == written
        assert os.listdir(directory) == [session.FILE]
        assert (directory / session.FILE).stat().st_mode & 0o077 == 0
        assert session.forget(directory)
        assert not session.forget(directory)
        assert session.read(directory) is None

    def test_a_file_that_is_none_of_ours_is_told(self, tmp_path: Path) -> None:
        for content in ("{", '{"strange": 1}', "[]"):
            (tmp_path / session.FILE).write_text(content)
            with pytest.raises(Unusable, match=r"session\.json"):
                session.read(tmp_path)

    @pytest.mark.parametrize(
        "url", ["http://app.example", "ftp://x", "https://", "https://u:p@x.example", "https://x?y"]
    )
    def test_no_token_leaves_unencrypted_or_for_a_strange_address(self, url: str) -> None:
        with pytest.raises(Unusable):
            checked_address(url)

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("app.example", "https://app.example"),
            ("https://app.example/", "https://app.example"),
            ("http://localhost:7071", "http://localhost:7071"),
            ("localhost:7071", "http://localhost:7071"),
            ("127.0.0.1:7071/", "http://127.0.0.1:7071"),
        ],
    )
    def test_addresses_as_people_write_them(self, url: str, expected: str) -> None:
        assert checked_address(url) == expected


class TestOutput:
    def test_texts_of_others_steer_no_terminal(self) -> None:
        assert plain("a\x1b[31mb\x07\u202ec") == "a\ufffd[31mb\ufffd\ufffdc"

    def test_markup_in_a_name_is_text(self, terminal: Terminal) -> None:
        item = {"id": "x", "name": "[bold]Lamps[/] :smile:"}
        terminal.transport.answers = [httpx.Response(200, json={"items": [item], "next": None})]
        assert "[bold]Lamps[/] :smile:" in terminal.done("list", "services").out

    def test_no_colour_and_no_wrapping_where_no_terminal_is(self, terminal: Terminal) -> None:
        item = {"id": "x", "name": "lamp " * 100}
        terminal.transport.answers = [httpx.Response(200, json={"items": [item], "next": None})]
        shown = terminal.done("list", "services").out
        assert "\x1b" not in shown
        assert any(line.count("lamp") == 100 for line in shown.splitlines())

    def test_values_in_words(self) -> None:
        values: list[object] = [None, True, False, ["a", 1], {"a": 1}, 2.5]
        assert [words(value) for value in values] == ["", "yes", "no", "a, 1", json.dumps({"a": 1}), "2.5"]

    def test_an_error_as_a_document(self) -> None:
        assert CommandError("it broke", "mend it").document() == {
            "code": "failed",
            "detail": "it broke",
            "exitCode": 9,
            "fix": "mend it",
        }


def test_the_version(terminal: Terminal) -> None:
    assert terminal.done("--version").out.startswith("interact ")


class TestAsAProgram:
    """`python -m cli`, which is what the installed command runs as well."""

    @staticmethod
    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("INTERACT_")}
        return subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "cli", *words],
            cwd=ROOT,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_shell_completes_commands_and_kinds(self) -> None:
        for typed, number, expected in (("interact workf", "1", "workflow"), ("interact list ser", "2", "services")):
            asked = {"_INTERACT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": number}
            assert self.run(**asked).stdout.split() == [expected]

    def test_help_loads_nothing_that_takes_long(self) -> None:
        ended = self.run("list", "--help")
        assert "Usage: interact list" in ended.stdout
        loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
        assert "typer" in loaded
        assert {"httpx", "azure.core", "azure.identity", "yaml", "rich.console"} & loaded == set()
