"""Sessions, agents and erasures in the management API: JSON, CSV, questions that cannot be asked, and roles."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.manage_privacy import report_json
from functions.widget import widget_start
from shared.application.erasure import ErasedSession, ErasedState, ErasureReport
from shared.domain.history import HistoryEntry, Outcome
from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import ContactKind, ContactReference, EndReason
from tests.functions.office import Office
from tests.functions.world import SERVICE, TENANT, form, json_of, request

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
ENTRY = HistoryEntry(
    session_id="session-1",
    tenant_id=TENANT.id,
    contact=ContactReference(ContactKind.SERVICE, SERVICE.id),
    modality="instantMessaging",
    started_at=NINE,
    ended_at=NINE + timedelta(minutes=2),
    outcome=Outcome.ANSWERED,
    end_reason=EndReason.AGENT,
    connected_at=NINE + timedelta(seconds=30),
    agent=Agent("mario", "Mario"),
    origin="https://www.lunifico.example",
    customer=Customer("=HYPERLINK(1)", "carla@example.org"),
)


async def recorded(office: Office, *entries: HistoryEntry) -> None:
    for entry in entries:
        await office.world.application.ports.history.record(entry)


async def connected(office: Office) -> str:
    """Carla talks with Mario; the session's id."""
    response = await widget_start(request("POST", "api/widget/v1/sessions", form()))
    session_id: str = json_of(response)["sessionId"]
    await office.world.connect(session_id)
    return session_id


async def done(office: Office, path: str, body: object = None) -> Any:
    """The JSON of a POST that works."""
    response = await office.call("POST", path, body)
    assert response.status_code == 200, response.get_body()
    return json.loads(response.get_body())


def keeps_context(office: Office) -> None:
    office.world.config.put(TENANT.id, replace(TENANT, store_conversation_context=True))


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


async def test_a_finished_session_reads_like_this(office: Office) -> None:
    await recorded(office, ENTRY)
    (line,) = (await office.get("sessions?from=2030-01-01&to=2031-01-01"))["items"]
    assert line == {
        "id": "session-1",
        "state": "finished",
        "phase": "ended",
        "contact": {"kind": "service", "id": "sales", "name": "Lunifico Sales"},
        "agent": {"id": "mario", "name": "Mario"},
        "startedAt": "2030-01-01T09:00:00.000Z",
        "connectedAt": "2030-01-01T09:00:30.000Z",
        "endedAt": "2030-01-01T09:02:00.000Z",
        "waitSeconds": 30.0,
        "handlingSeconds": 90.0,
        "outcome": "answered",
        "endReason": "ended_by_agent",
        "transfers": 0,
        "origin": "https://www.lunifico.example",
        "customer": None,
    }


async def test_the_customer_is_there_where_the_context_is_kept(office: Office) -> None:
    keeps_context(office)
    await recorded(office, ENTRY)
    (line,) = (await office.get("sessions?from=2030-01-01&to=2031-01-01"))["items"]
    assert line["customer"] == {"displayName": "=HYPERLINK(1)", "email": "carla@example.org"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outcome=answered", 1),
        ("outcome=declined", 0),
        ("serviceId=sales", 1),
        ("userId=mario", 0),
        ("agentId=mario", 1),
        ("agentId=luisa", 0),
        ("state=running", 0),
        ("from=2030-01-01T09:02:00Z", 1),
        ("from=2030-01-01T10:02:00%2B01:00", 1),
        ("from=2030-01-01T10:02:00+01:00", 1),
        ("from=2030-01-01T09:02:01", 0),
    ],
)
async def test_the_query_selects(office: Office, query: str, found: int) -> None:
    await recorded(office, ENTRY)
    items = (await office.get(f"sessions?to=2030-06-01&from=2030-01-01&{query}"))["items"]
    assert len(items) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=stuck", "state"),
        ("outcome=good", "outcome"),
        ("from=yesterday", "from"),
        ("to=0001-01-01", "to"),
        ("to=9999-12-31T23:59:59-12:00", "to"),
        ("serviceId=a&userId=b", "userId"),
        ("top=0", "top"),
        ("top=201", "top"),
        ("after=nowhere", "after"),
    ],
)
async def test_questions_that_cannot_be_asked_name_the_field(office: Office, query: str, field: str) -> None:
    problem = await office.problem("GET", f"sessions?{query}")
    assert (problem["status"], problem["field"]) == (400, field)


# --- CSV -------------------------------------------------------------------------------------------------------------


async def test_the_export_is_utf_8_that_a_spreadsheet_knows_and_takes_for_texts(office: Office) -> None:
    keeps_context(office)
    await recorded(office, ENTRY, replace(ENTRY, session_id="session-2", customer=Customer("Zoë, “Z”\n", "+1@a.b")))
    response = await office.call("GET", "sessions.csv?from=2030-01-01&to=2031-01-01")
    assert response.get_body().startswith(b"\xef\xbb\xbf")
    assert (response.mimetype, response.headers["X-Content-Type-Options"]) == ("text/csv", "nosniff")
    found = {row["session"]: row for row in rows(response.get_body())}
    assert found["session-1"]["customerName"] == "'=HYPERLINK(1)"
    assert (found["session-2"]["customerName"], found["session-2"]["customerEmail"]) == ("Zoë, “Z”\n", "'+1@a.b")
    assert (found["session-1"]["waitSeconds"], found["session-1"]["agentName"]) == ("30.0", "Mario")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
async def test_no_text_is_taken_for_a_formula(office: Office, begin: str) -> None:
    keeps_context(office)
    await recorded(office, replace(ENTRY, customer=Customer(f"{begin}cmd|' /C calc'!A0", "a@b")))
    response = await office.call("GET", "sessions.csv?from=2030-01-01&to=2031-01-01")
    (row,) = rows(response.get_body())
    assert row["customerName"].startswith("'")


async def test_who_accepts_csv_gets_it_and_link_names_the_next_page(office: Office) -> None:
    await recorded(office, *(replace(ENTRY, session_id=f"session-{number}") for number in range(3)))
    path, found = "sessions?from=2030-01-01&to=2031-01-01&top=2", []
    while path:
        response = await office.call("GET", path, headers={"accept": "text/csv"})
        found += [row["session"] for row in rows(response.get_body())]
        link = response.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("</api/manage/v1/") if link else ""
    assert sorted(found) == ["session-0", "session-1", "session-2"]


# --- one session, its end, agents, erasures --------------------------------------------------------------------------


async def test_a_session_is_told_and_ended(office: Office) -> None:
    session_id = await connected(office)

    story = await office.get(f"sessions/{session_id}", token="reader")
    assert (story["state"], story["messages"]) == ("running", None)
    assert "Mario accepted" in [line["title"] for line in story["timeline"]]
    assert story["timeline"][0]["activities"][0] == {"activity": "accept", "exit": None}
    assert "Carla" not in json.dumps(story)
    german = await office.get(f"sessions/{session_id}?language=de")
    assert "Mario hat angenommen" in [line["title"] for line in german["timeline"]]
    effects = [effect["title"] for line in german["timeline"] for effect in line["effects"]]
    assert "eine Einladung" in effects

    ended = await done(office, f"sessions/{session_id}/end")
    assert (ended["state"], ended["endReason"]) == ("finished", "ended_by_administrator")
    (entry,) = (await office.get("audit?kind=service&id=sales"))["items"]
    assert (entry["what"], entry["by"]["name"], entry["details"]) == ("ended", "Carla", {"session": session_id})


async def test_an_agent_is_told_and_reset(office: Office) -> None:
    await connected(office)
    office.world.agent_store.change(TENANT.id, "mario", missed="session.1")

    (agent,) = (await office.get("agents", token="reader"))["items"]
    assert (agent["name"], agent["selectable"], agent["reason"]) == ("Mario", False, "did_not_answer")
    assert "RONA" in agent["explanation"]
    assert agent["services"][0]["id"] == "sales"
    reset = await done(office, "agents/mario/reset")
    assert (reset["changes"], reset["agent"]["selectable"]) == (["missedInvitation"], True)
    assert (await office.get("agents/mario"))["missedInvitation"] is False


async def test_a_customer_is_forgotten_with_a_report(office: Office) -> None:
    await connected(office)

    report = await done(office, "erase", {"email": "CARLA@example.org"})
    assert report["complete"]
    assert report["erased"] == {"sessions": 1, "history": 1, "index": 1, "acsThreads": 1, "acsIdentities": 1}
    assert [one["wasRunning"] for one in report["sessions"]] == [True]
    assert [(one["left"], one["fix"]) for one in report["sessions"]] == [([], None)]
    assert any("Teams" in one for one in report["remains"])
    entry = (await office.get("audit"))["items"][0]
    assert (entry["what"], entry["details"]["customer"]) == ("erased", report["digest"])
    assert "carla@" not in json.dumps(entry).lower()


@pytest.mark.parametrize("body", [{}, {"email": 5}, {"email": "nobody"}, {"email": "x" * 260 + "@a"}])
async def test_what_is_no_address_is_refused(office: Office, body: dict[str, object]) -> None:
    problem = await office.problem("POST", "erase", body)
    assert (problem["status"], problem["field"]) == (400, "email")


@pytest.mark.parametrize("reason", ["relay_unknown", "Forbidden, relay_unknown", "relay_unknown, given_up"])
def test_what_could_not_be_erased_is_told_with_the_fix_of_the_first_reason_that_is_known(reason: str) -> None:
    session = ErasedSession("s1", ErasedState.FAILED, reason=reason)
    (told,) = report_json(ErasureReport("digest", False, (session,)))["sessions"]
    assert told["reason"] == reason
    assert told["fix"].startswith("connect the tenant to the ACS resource in which the conversation was")


@pytest.mark.parametrize("token", ["reader", "workflows", "european"])
@pytest.mark.parametrize("path", ["sessions/{id}/end", "agents/mario/reset", "erase"])
async def test_whoever_may_not_change_gets_403_or_404(office: Office, token: str, path: str) -> None:
    session_id = await connected(office)
    body = {"email": "carla@example.org"} if path == "erase" else None
    problem = await office.problem("POST", path.format(id=session_id), body, token=token)
    assert problem["status"] in (403, 404)
    assert (await office.get(f"sessions/{session_id}"))["state"] == "running"


@pytest.mark.parametrize("path", ["sessions/nowhere", "agents/nobody", "agents?serviceId=nowhere"])
async def test_what_is_not_there_is_404(office: Office, path: str) -> None:
    assert (await office.problem("GET", path))["status"] == 404
