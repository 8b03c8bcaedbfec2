"""`sessions`, `agents` and `erase`: what people read, what programs read, and how each ends."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from functions.widget import widget_start
from shared.domain.history import HistoryEntry
from tests.cli.terminal import Terminal, problem
from tests.functions.office import Office
from tests.functions.test_manage_sessions import ENTRY
from tests.functions.world import MARIO, TENANT, form, json_of, request

WITHIN = ("--from", "2030-01-01", "--to", "2031-01-01")


class Lunifico:
    """What happens there before a command is called; it goes on in the loop of the terminal."""

    def __init__(self, office: Office, terminal: Terminal) -> None:
        self.office, self.world, self._run = office, office.world, terminal.transport._runner.run

    def records(self, *entries: HistoryEntry) -> None:
        for entry in entries:
            self._run(self.world.application.ports.history.record(entry))

    def talks(self) -> str:
        """Carla talks with Mario; the session's id."""
        response = self._run(widget_start(request("POST", "api/widget/v1/sessions", form())))
        session_id: str = json_of(response)["sessionId"]
        self._run(self.world.connect(session_id))
        return session_id

    def keeps_context(self) -> None:
        self.world.config.put(TENANT.id, replace(TENANT, store_conversation_context=True))


@pytest.fixture
def lunifico(office: Office, terminal: Terminal) -> Lunifico:
    return Lunifico(office, terminal)


class TestSessionsList:
    def test_what_runs_and_what_has_run(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        shown = terminal.done("sessions", "list").out
        assert session_id in shown
        assert "Lunifico Sales" in shown
        assert "connected" in shown

    def test_filters_by_name(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.records(ENTRY)
        for words, count in (
            (("--service", "Lunifico Sales"), 1),
            (("--user", "Mario"), 0),
            (("--agent", "mario@lunifico.example"), 1),
            (("--outcome", "declined"), 0),
            (("--state", "running"), 0),
        ):
            assert len(terminal.document("sessions", "list", *WITHIN, *words)["items"]) == count

    def test_that_there_are_more_is_said(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.records(*(replace(ENTRY, session_id=f"session-{number}") for number in range(5)))
        ended = terminal.done("sessions", "list", *WITHIN, "--most", "2", "--json")
        assert (len(ended.document["items"]), ended.document["complete"]) == (2, False)

    def test_nothing_found_says_so(self, terminal: Terminal) -> None:
        assert "No sessions found" in terminal.done("sessions", "list").notes

    def test_a_time_that_is_none_names_the_field(self, terminal: Terminal) -> None:
        ended = terminal.run("sessions", "list", "--from", "yesterday")
        assert ended.code == 8
        assert "from:" in ended.notes


class TestSessionsShow:
    def test_the_timeline_in_words_with_what_stands_behind(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        shown = terminal.done("sessions", "show", session_id).out
        assert shown.index("It rings at Mario") < shown.index("Mario accepted")
        assert "AgentAccepted" in shown
        assert "accept.next" in shown
        assert "Store Conversation Context Data is off" in shown

    def test_messages_stand_between_the_lines_where_they_are_kept(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.keeps_context()
        session_id = lunifico.talks()
        shown = terminal.done("sessions", "show", session_id).out
        assert "customer: Do you deliver to Basel?" in shown
        assert "Carla Customer <carla@example.org>" in shown
        assert terminal.document("sessions", "show", session_id)["messages"]

    def test_one_that_is_not_there(self, terminal: Terminal) -> None:
        assert terminal.run("sessions", "show", "nowhere").code == 5


class TestSessionsEnd:
    def test_it_asks_and_ends(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        assert terminal.run("sessions", "end", session_id, typed="n\n").code == 2
        assert terminal.document("sessions", "show", session_id)["state"] == "running"
        assert "It was ended" in terminal.done("sessions", "end", session_id, typed="y\n").out
        assert terminal.document("sessions", "show", session_id)["endReason"] == "ended_by_administrator"

    def test_what_has_ended_stays(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        terminal.done("sessions", "end", session_id, "--yes")
        assert "had ended before" in terminal.done("sessions", "end", session_id).out

    def test_a_program_has_to_say_yes_beforehand(self, terminal: Terminal, lunifico: Lunifico) -> None:
        ended = terminal.run("sessions", "end", lunifico.talks(), "--json")
        assert (ended.code, "--yes" in ended.notes) == (2, True)

    def test_a_reader_may_not(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        terminal.sign_in("reader")
        assert terminal.run("sessions", "end", session_id, "--yes").code == 4


class TestSessionsExport:
    def test_all_pages_in_one_file_with_one_line_of_columns(
        self, terminal: Terminal, lunifico: Lunifico, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cli.commands.sessions.PAGE_OF_CSV", 2)
        lunifico.records(*(replace(ENTRY, session_id=f"session-{number}") for number in range(5)))
        file = tmp_path / "sessions.csv"
        terminal.done("sessions", "export", "--csv", str(file), *WITHIN)
        text = file.read_bytes()
        assert text.count(b"\xef\xbb\xbf") == 1
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
        assert sorted(row["session"] for row in rows) == [f"session-{number}" for number in range(5)]

    def test_to_stdout(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.records(ENTRY)
        assert "session-1,finished,answered" in terminal.done("sessions", "export", "--csv", "-", *WITHIN).out

    def test_a_file_that_was_there_stays_where_it_fails(self, terminal: Terminal, tmp_path: Path) -> None:
        file = tmp_path / "sessions.csv"
        file.write_text("before")
        terminal.transport.answers = [problem(403, "role_missing")]
        assert terminal.run("sessions", "export", "--csv", str(file)).code == 4
        assert [one.name for one in tmp_path.glob("*.csv*")] == ["sessions.csv"]
        assert file.read_text() == "before"

    def test_a_file_that_cannot_be_written(self, terminal: Terminal, tmp_path: Path) -> None:
        assert terminal.run("sessions", "export", "--csv", str(tmp_path / "nowhere" / "a.csv")).code == 2


class TestAgents:
    def test_who_gets_no_tasks_and_why(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.talks()
        lunifico.world.agent_store.change(TENANT.id, MARIO.id, missed="session.1")
        shown = terminal.done("agents", "list").out
        assert "RONA" in shown
        assert "1 of 5" in shown

    def test_members_of_a_service(self, terminal: Terminal) -> None:
        (mario,) = terminal.document("agents", "list", "--service", "sales")["items"]
        assert (mario["name"], mario["reason"]) == ("Mario", "not_registered_with_bot")

    def test_reset_says_what_it_took_away(self, terminal: Terminal, lunifico: Lunifico) -> None:
        lunifico.talks()
        lunifico.world.agent_store.change(TENANT.id, MARIO.id, missed="session.1")
        assert "the missed invitation (RONA). Tasks can come" in terminal.done("agents", "reset", "Mario").out
        assert "nothing to take away" in terminal.done("agents", "reset", "mario").out

    def test_nobody_there(self, terminal: Terminal) -> None:
        assert "No agents found" in terminal.done("agents", "list").notes
        assert terminal.run("agents", "reset", "nobody").code == 5


class TestErase:
    def test_it_asks_and_reports(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        assert terminal.run("erase", "carla@example.org", typed="n\n").code == 2
        ended = terminal.done("erase", "carla@example.org", typed="y\n")
        assert "threads in Azure Communication Services" in ended.out
        assert "agents' chats in Teams" in ended.notes
        assert "Carla" not in repr(lunifico.world.sessions.rows[session_id].session)

    def test_the_report_for_programs(self, terminal: Terminal, lunifico: Lunifico) -> None:
        session_id = lunifico.talks()
        report = terminal.document("erase", "carla@example.org", "--yes")
        assert [(one["id"], one["state"]) for one in report["sessions"]] == [(session_id, "erased")]
        assert (report["complete"], report["erased"]["acsThreads"]) == (True, 1)

    def test_nothing_kept(self, terminal: Terminal) -> None:
        assert "Nothing is kept" in terminal.done("erase", "nobody@example.org", "--yes").out

    def test_it_is_repeated_until_it_is_complete(self, terminal: Terminal) -> None:
        pending = {
            "id": "session-1",
            "state": "pending",
            "wasRunning": True,
            "transport": "acs",
            "reason": "being done",
            "fix": None,
            "erased": [],
            "left": ["acsThreads", "index"],
        }
        none = {"sessions": 0, "history": 0, "index": 0}
        report = {"complete": False, "digest": "d", "erased": none, "sessions": [pending], "remains": []}
        over = {**report, "complete": True, "sessions": []}
        terminal.transport.answers = [httpx.Response(200, json=report), httpx.Response(200, json=over)]
        whole = terminal.document("erase", "carla@example.org", "--yes")
        assert (whole["complete"], whole["erased"]["acsThreads"]) == (True, 1)
        assert [one["state"] for one in whole["sessions"]] == ["erased"]
        assert terminal.waits == [3.0]

    def test_what_is_left_ends_with_1(self, terminal: Terminal) -> None:
        failed = {
            "id": "session-1",
            "state": "failed",
            "wasRunning": False,
            "transport": "acs",
            "reason": "forbidden",
            "fix": "connect the tenant",
            "erased": ["sessions"],
            "left": ["acsThreads", "index"],
        }
        report = {"complete": False, "digest": "d", "erased": {"sessions": 1}, "sessions": [failed], "remains": []}
        again = {**report, "erased": {}, "sessions": [{**failed, "erased": []}]}
        terminal.transport.answers = [httpx.Response(200, json=one) for one in (report, again)]
        ended = terminal.run("erase", "carla@example.org", "--yes")
        assert (ended.code, terminal.waits) == (1, [])
        assert ("forbidden" in ended.out, "threads in Azure" in ended.out) == (True, True)
        assert "What was refused: connect the tenant." in ended.notes

    def test_what_is_no_address_is_not_accepted(self, terminal: Terminal) -> None:
        assert terminal.run("erase", "carla", "--yes").code == 8

    def test_only_tenant_administrators(self, terminal: Terminal) -> None:
        terminal.sign_in("european")
        assert terminal.run("erase", "carla@example.org", "--yes").code == 4
