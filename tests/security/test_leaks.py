"""Whole conversations with marked secrets: where each of them may be read, and that it is nowhere else.

All that anybody types, proves or is given carries a mark of its own; tests/vectors/leaks.json lists them, and the ways
by which they come in. The log is taken at DEBUG, of every library. The addresses that a browser asks for, and the logs
of the real stack, are looked through by tests/journeys/test_safety.py.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import azure.functions as func
import pytest

from functions.chat import MESSAGE_RECEIVED, on_chat_event
from functions.timers import on_session_timer
from functions.widget import BASE
from shared import bootstrap
from shared.adapters.memory import MemoryAgents, MemorySessionStore, MemorySiteTokens
from shared.application.correlation import mark_logs
from shared.application.worker import LEASE
from shared.domain.authorization import AuthorizationMode
from shared.domain.challenges import ChallengeKind, ChallengeSettings
from shared.domain.errors import NotSent, OutcomeUnknown, PortError, Rejected
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import MessagingKind
from shared.ports import BotConversation, SessionChange, SessionRecord
from tests.functions.world import MARIO, ORIGIN, RESOURCE, SERVICE, TENANT, World, form, json_of
from tests.security.test_card_payloads import activity_of
from tests.security.web import OF_SESSIONS, call, of_session, vectors, without_acs

LEAKS = vectors("leaks")
MARKS = {mark["name"]: mark["text"] for mark in LEAKS["marks"]}
TYPED = {mark["name"]: mark["text"] for mark in LEAKS["marks"] if mark["kind"] == "typed"}
PROOFS = {mark["name"]: mark["text"] for mark in LEAKS["marks"] if mark["kind"] == "proof"}
FAILURES: dict[str, Exception] = {
    "throttled": NotSent("busy", 0.1),
    "lost": OutcomeUnknown("timeout"),
    "refused": Rejected("no such chat"),
    "bug": RuntimeError("a bug"),
}
ADDRESS = re.compile(r"(?:https?|wss?)://[^\s\"'<>\\]+")

AFTER_LEASE = LEASE.total_seconds() + 1


class Log(logging.Handler):
    """Every record as it would be written, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def log() -> Iterator[Log]:
    """The root's log at DEBUG, with what each line is about."""
    handler, root, factory = Log(), logging.getLogger(), logging.getLogRecordFactory()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    mark_logs()
    yield handler
    logging.setLogRecordFactory(factory)
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What the spans of OpenTelemetry are told, where the platform has brought it along."""
    told: dict[str, set[str]] = {}

    class Span:
        def set_attribute(self, name: str, value: str) -> None:
            told.setdefault(name, set()).add(value)

    found = ModuleType("opentelemetry.trace")
    found.get_current_span = Span  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", found)
    return told


class Failing(MemoryAgents):
    """Agents who cannot be reached, in one way after the other."""

    failures: list[Exception]

    def __init__(self) -> None:
        super().__init__()
        self.failures = []

    async def relay(
        self, to: BotConversation, session_id: str, customer_name: str, text: str, *, again: bool, with_reply: bool
    ) -> None:
        if self.failures:
            raise self.failures.pop(0)
        await super().relay(to, session_id, customer_name, text, again=again, with_reply=with_reply)


class Breaking(MemorySessionStore):
    """A store in which something breaks that nobody has thought of."""

    broken: bool = False

    async def read(self, session_id: str) -> SessionRecord | None:
        if self.broken:
            raise RuntimeError("the store is broken")
        return await super().read(session_id)

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        if self.broken:
            raise RuntimeError("the store is broken")
        return await super().save(session_id, version, change)


def filled(value: Any) -> Any:
    """A case's value with the marks that it names."""
    if isinstance(value, dict):
        return {filled(name): filled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one) for one in value]
    if not isinstance(value, str):
        return value
    for name, text in MARKS.items():
        value = value.replace(f"{{{name}}}", text)
    return re.sub(r"\{(.)\*(\d+)\}", lambda match: match[1] * int(match[2]), value)


def start_of(**changes: object) -> dict[str, Any]:
    customer = {"displayName": TYPED["name"], "email": TYPED["email"]}
    fields = {"customer": customer, "message": TYPED["message"], "idempotencyKey": PROOFS["key"]}
    proofs = {"accessToken": PROOFS["site"], "challengeToken": PROOFS["challenge"]}
    return form(**{**fields, **proofs, "parameters": {"orderNumber": TYPED["parameter"]}, **changes})


@dataclass
class Talk:
    """A tenant that demands every proof, on ports that fail when told; `refused` is what refusals have said."""

    world: World
    agents: Failing
    sessions: Breaking
    refused: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """A call of the widget API, and its answer's document."""
        return self._heard(await call(method, f"{BASE}/{path}", body, headers=headers))

    async def of_session(self, started: Any, method: str, what: str, body: object = None, token: str = "") -> Any:
        proof = token or started["sessionToken"]
        response = await of_session(
            method, f"{BASE}/sessions/{{sessionId}}{what}", started["sessionId"], proof, body=body or {}
        )
        return self._heard(response)

    async def in_teams(self, authorization: str = "Bearer connector", **changes: Any) -> None:
        """Something that Mario does, or somebody else in his name."""
        case = {"by": MARIO.id, "value": None, "activity": changes}
        headers = {"authorization": authorization, "origin": ""}
        self._heard(await call("POST", "api/messages", activity_of(case, {}), headers=headers))

    async def says(self, text: str, activity_id: str) -> None:
        await self.in_teams(type="message", text=text, id=activity_id)

    def _heard(self, response: func.HttpResponse) -> Any:
        body = response.get_body().decode()
        self.answered.append(f"{dict(response.headers)} {body}")
        if response.status_code >= 400:
            self.refused.append(f"{dict(response.headers)} {body}")
        return json_of(response) if body else None


@pytest.fixture
def talk(world: World) -> Talk:
    without_acs(world)
    tokens, agents, sessions = MemorySiteTokens(), Failing(), Breaking()
    tokens.customers[TENANT.id, PROOFS["site"]] = VerifiedCustomer("4711", TYPED["name"], TYPED["email"])
    world.challenges.solved.add(PROOFS["challenge"])
    world.sessions, world.agents = sessions, agents
    world.replace(site_tokens=tokens, agents=agents, sessions=sessions)
    demanding = replace(
        TENANT,
        messaging=MessagingKind.NATIVE,
        authorization=AuthorizationMode.OIDC,
        challenge=ChallengeSettings(ChallengeKind.TURNSTILE, "site-key", "env:INTERACT_SECRET_CHALLENGE"),
    )
    offering = replace(SERVICE.interact, widget=replace(SERVICE.interact.widget, offline_form=True))
    for document in (demanding, replace(SERVICE, interact=offering)):
        world.config.put(TENANT.id, document)
    bootstrap.use(world.application, world.surroundings)
    return Talk(world, agents, sessions)


async def refusals(talk: Talk) -> None:
    """Whatever can be wrong with a start, with its texts and proofs in it."""
    for case in filled(LEAKS["starts"]):
        body = json.dumps(start_of(**case.get("fields", {}))).encode()
        headers = {"origin": case.get("origin", ORIGIN), "content-type": case.get("type", "application/json")}
        before = len(talk.refused)
        await talk.call("POST", "sessions", body[:-1] if case.get("cut") else body, **headers)
        assert len(talk.refused) == before + 1, case["why"]
    for case in filled(LEAKS["queries"]):
        await talk.call("GET", case["path"])


async def conversation(talk: Talk) -> Any:
    """From the start to the end, with a relay that fails in every way and a store that breaks."""
    started = await talk.call("POST", "sessions", start_of())
    session_id, write = started["sessionId"], {"text": TYPED["later"], "clientMessageId": "c" * 22}
    await talk.of_session(started, "POST", "/parameters", {"parameters": {"orderNumber": TYPED["parameter"]}})
    await talk.world.connect(session_id)
    await talk.says(TYPED["answer"], "say-1")
    for number, kind in enumerate(LEAKS["failures"]):
        talk.agents.failures.append(FAILURES[kind])
        # A send whose outcome is unknown keeps the lease, and while it does nothing further is sent.
        talk.world.clock.advance(AFTER_LEASE)
        await talk.of_session(started, "POST", "/messages", {**write, "clientMessageId": f"{number:022}"})
    assert talk.agents.failures == []
    talk.world.clock.advance(AFTER_LEASE)
    for case in filled(LEAKS["writes"]):
        await talk.of_session(started, "POST", "/messages", case["body"])
    for case in filled(LEAKS["agent"]):
        await talk.in_teams(f"Bearer {case.get('bearer', 'connector')}", **case["activity"])
    for method, route in OF_SESSIONS:
        await talk.of_session(started, method, route.partition("{sessionId}")[2], token=PROOFS["forged"])
    talk.sessions.broken = True
    await talk.of_session(started, "POST", "/messages", {**write, "clientMessageId": "broken" * 4})
    await talk.says(TYPED["answer"], "say-2")
    await talk.call("POST", "sessions", start_of(idempotencyKey="broken" * 4))
    talk.sessions.broken = False
    await talk.call("POST", "sessions", start_of(message=TYPED["later"]))
    await talk.call("POST", "messages", start_of(message=TYPED["left"], idempotencyKey=PROOFS["key"] + "2"))
    await talk.of_session(started, "POST", "/end")
    await talk.of_session(started, "POST", "/messages", write)
    await talk.of_session(started, "POST", "/token")
    return started


async def delivered(talk: Talk) -> None:
    """Events and queue messages, good ones and broken ones."""
    good: dict[str, Any] = {
        "messageBody": TYPED["later"],
        "messageId": "message-1",
        "threadId": "thread-1",
        "senderDisplayName": TYPED["name"],
        "senderCommunicationIdentifier": {"rawId": "visitor-1"},
        "composeTime": "2030-01-01T09:00:00+00:00",
    }
    moment = datetime(2030, 1, 1, 9, tzinfo=UTC)
    for case in filled(LEAKS["events"]):
        event = func.EventGridEvent(
            id="1",
            data=case["as"] if "as" in case else {**good, **case["data"]},
            topic=RESOURCE,
            subject="thread",
            event_type=MESSAGE_RECEIVED,
            event_time=moment,
            data_version="1.0",
        )
        with contextlib.suppress(PortError):
            await on_chat_event(event)
    for case in filled(LEAKS["timers"]):
        with contextlib.suppress(PortError):
            await on_session_timer(func.QueueMessage(id="1", body=json.dumps(case["body"]).encode()))


async def test_what_people_write_is_read_by_those_who_talk_and_by_nobody_else(
    talk: Talk, log: Log, traces: dict[str, set[str]]
) -> None:
    logging.getLogger("shared").debug("the log is open")
    await refusals(talk)
    started = await conversation(talk)
    await delivered(talk)

    record = talk.sessions.rows[started["sessionId"]]
    timelines = [await talk.sessions.timeline(session_id) for session_id in talk.sessions.rows]
    given = [started["sessionToken"], started["messaging"]["token"], started["sessionToken"].rpartition(".")[2]]
    places = {
        "log": log.text,
        "traces": repr(traces),
        "refusals": "\n".join(talk.refused),
        "timelines": repr(timelines),
        "timers": repr(talk.world.timers.due) + repr(talk.world.timers.turns),
        "nudges": repr(talk.world.realtime.__dict__),
        "hash of the request": record.body_hash,
        "addresses": "\n".join(ADDRESS.findall("\n".join(talk.answered) + repr(talk.agents.sent))),
    }
    found = {
        (place, mark)
        for place, text in places.items()
        for mark in [*TYPED.values(), *PROOFS.values(), *given]
        if mark in text
    }
    assert found == set()
    # The marks did go where they belong, the log was written, and all kinds of refusals were heard.
    assert "the log is open" in log.text
    assert ORIGIN in places["addresses"]
    # No exception vanishes, neither those of ports nor what nobody has thought of.
    for said in ("the store is broken", "RuntimeError: a bug", "outcome_unknown", "relay_to_agent rejected"):
        assert said in log.text
    # Lines and spans say what they are about.
    assert f"[session={started['sessionId']} occasion=" in log.text
    assert started["sessionId"] in traces["interact.session"]
    assert any(effect.endswith(":relay_to_agent") for effect in traces["interact.effect"])
    assert len(talk.refused) > 25
    assert any(timelines)
    assert TYPED["later"] in repr(talk.agents.sent)
    assert TYPED["answer"] in repr(talk.world.ports.threads.__dict__)


async def test_proofs_are_in_no_row(talk: Talk) -> None:
    """What proves something is not kept. The key of a request is the id of its first message, so that one stays."""
    started = await conversation(talk)
    rows = repr([(one.session, one.definition, one.relay, one.effects) for one in talk.sessions.rows.values()])
    proofs = [proof for name, proof in PROOFS.items() if name != "key"]
    for proof in (*proofs, started["sessionToken"], started["messaging"]["token"]):
        assert proof not in rows
    assert PROOFS["site"] not in repr(talk.world.ports.threads.__dict__)


async def test_an_ended_session_keeps_no_text(talk: Talk) -> None:
    """What stays of a session is for its history: who talked to whom and when, until the retention is over."""
    started = await conversation(talk)
    record = talk.sessions.rows[started["sessionId"]]
    assert record.session.phase.value == "ended"
    kept = repr((record.session, record.definition, record.relay))
    for text in (TYPED["message"], TYPED["later"], TYPED["answer"]):
        assert text not in kept
