"""Whole conversations with marked secrets: where each of them may be read, and that it is nowhere else.

All that anybody types, proves or is given carries a mark of its own. The log is taken at DEBUG, of every library.
"""

from __future__ import annotations

import contextlib
import json
import logging
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
from tests.functions.world import MARIO, RESOURCE, SERVICE, TENANT, World, form, json_of
from tests.security.test_card_payloads import activity_of
from tests.security.web import OF_SESSIONS, call, of_session, without_acs

TYPED = {
    "name": "MarkOfName",
    "email": "mark.of.email@example.org",
    "message": "MarkOfMessage: my card is 4711",
    "parameter": "MarkOfParameter",
    "later": "MarkOfLaterMessage",
    "answer": "MarkOfAnswer",
    "left": "MarkOfLeftMessage",
}
PROOFS = {
    "key": "MarkOfIdempotencyKey01",
    "site": "MarkOfSiteToken.e30.e30",
    "challenge": "MarkOfChallengeToken",
    "forged": "MarkOfForgedToken.e30.e30",
    "connector": "MarkOfForgedConnectorToken",
    "query": "MarkOfQuery",
}


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
    for changes in (
        {"serviceId": "nobody"},
        {"widgetKey": "another"},
        {"accessToken": PROOFS["forged"]},
        {"accessToken": None},
        {"challengeToken": PROOFS["forged"]},
        {"message": 5},
        {"message": TYPED["message"] * 500},
        {"customer": TYPED["name"]},
        {"customer": {"displayName": TYPED["name"] + "\n", "email": TYPED["email"] + "@@"}},
        {"parameters": {"orderNumber": TYPED["parameter"] * 100}},
        {"idempotencyKey": PROOFS["key"] + "!"},
        {"language": TYPED["name"]},
    ):
        await talk.call("POST", "sessions", start_of(**changes))
    await talk.call("POST", "sessions", start_of(), origin="https://evil.example")
    await talk.call("POST", "sessions", json.dumps(start_of()).encode()[:-1])
    await talk.call("POST", "sessions", start_of(), **{"content-type": "text/plain"})
    await talk.call("GET", f"contact?widgetKey=x&serviceId={PROOFS['query']}")
    await talk.call("GET", f"presence?widgetKey=x&serviceId=s&accessToken={PROOFS['site']}")


async def conversation(talk: Talk) -> Any:
    """From the start to the end, with a relay that fails in every way and a store that breaks."""
    started = await talk.call("POST", "sessions", start_of())
    session_id, write = started["sessionId"], {"text": TYPED["later"], "clientMessageId": "c" * 22}
    await talk.of_session(started, "POST", "/parameters", {"parameters": {"orderNumber": TYPED["parameter"]}})
    await talk.world.connect(session_id)
    await talk.says(TYPED["answer"], "say-1")
    failures = [NotSent("busy", 0.1), OutcomeUnknown("timeout"), Rejected("no such chat"), RuntimeError("a bug")]
    for number, failure in enumerate(failures):
        talk.agents.failures.append(failure)
        # A send whose outcome is unknown keeps the lease, and while it does nothing further is sent.
        talk.world.clock.advance(AFTER_LEASE)
        await talk.of_session(started, "POST", "/messages", {**write, "clientMessageId": f"{number:022}"})
    assert talk.agents.failures == []
    talk.world.clock.advance(AFTER_LEASE)
    await talk.of_session(started, "POST", "/messages", {**write, "text": 5})
    await talk.in_teams(type="messageUpdate", text=TYPED["answer"] * 2, id="say-1")
    await talk.in_teams(f"Bearer {PROOFS['connector']}", type="message", text=TYPED["answer"])
    await talk.in_teams(type="message", text=TYPED["answer"], value={"action": {"verb": TYPED["answer"], "data": []}})
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
    every: list[Any] = [
        good,
        {**good, "composeTime": TYPED["later"]},
        {**good, "threadId": [TYPED["later"]]},
        [TYPED["left"]],
    ]
    for data in every:
        event = func.EventGridEvent(
            id="1",
            data=data,
            topic=RESOURCE,
            subject="thread",
            event_type=MESSAGE_RECEIVED,
            event_time=moment,
            data_version="1.0",
        )
        with contextlib.suppress(PortError):
            await on_chat_event(event)
    body = json.dumps({"session": "s", "due": TYPED["later"], "reason": "opened"}).encode()
    with contextlib.suppress(PortError):
        await on_session_timer(func.QueueMessage(id="1", body=body))


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
