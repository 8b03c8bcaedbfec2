"""A conversation with a contact that answers by itself: through ACS, Event Grid, the app, storage and back.

The contact's workflow greets and disconnects, so that nobody is disturbed. What is written just after the end is not
delivered, and the writer is told so: the app learns of it by Event Grid only, and says so in the thread.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cli.smoke.checks import ORIGIN, WIDGET, CheckFailed, NotChecked, Result, Web, run

ACS_VERSION = "2024-03-07"
ROUND_SECONDS = 25.0
"""The thread of an ended conversation closes 30 s after its end."""
INTERVAL = 0.5
NOT_DELIVERED = "undelivered"
CUSTOMER = {"displayName": "Smoke Test", "email": "smoke@smoke.example"}


@dataclass(frozen=True)
class Canary:
    """The service to talk to, and the page's origin that its domain template allows."""

    widget_key: str
    service_id: str
    origin: str = ORIGIN


@dataclass
class Conversation:
    """What the checks of one conversation know of each other."""

    web: Web
    canary: Canary
    session: Mapping[str, Any]

    def post(self, verb: str, status: int = 200) -> Mapping[str, Any]:
        """A call of the widget API with the session's proof."""
        path = f"{WIDGET}/sessions/{self.session['sessionId']}/{verb}"
        answer: Mapping[str, Any] = self.web.expect(status, "POST", path, json={}, headers=self._proof).json()
        return answer

    def state(self) -> str:
        path = f"{WIDGET}/sessions/{self.session['sessionId']}"
        return str(self.web.expect(200, "GET", path, headers=self._proof).json()["state"])

    def say(self, text: str) -> None:
        """Write into the ACS thread, as the widget does."""
        metadata = {"clientMessageId": secrets.token_hex(16)}
        body = {"content": text, "type": "text", "senderDisplayName": CUSTOMER["displayName"], "metadata": metadata}
        self.web.expect(201, "POST", self._thread, json=body, headers=self._access)

    def events(self) -> list[str]:
        """What kinds of messages of the app are in the thread."""
        if self.is_native:
            found = self.web.expect(200, "GET", self._thread, headers=self._proof).json()["messages"]
        else:
            found = self.web.expect(200, "GET", self._thread, headers=self._access).json()["value"]
        return [str(message["metadata"].get("event") or "text") for message in found if _is_ours(message)]

    def await_that(self, what: str, is_so: Callable[[], bool], fix: str = "") -> None:
        """Look until it is so; raises CheckFailed."""
        for _ in range(int(ROUND_SECONDS / INTERVAL)):
            if is_so():
                return
            self.web.pause(INTERVAL)
        raise CheckFailed(f"{what} within {ROUND_SECONDS:g} s", fix)

    @property
    def is_native(self) -> bool:
        return bool(self.session["messaging"]["kind"] == "native")

    @property
    def _thread(self) -> str:
        if self.is_native:
            return f"{WIDGET}/sessions/{self.session['sessionId']}/messages"
        messaging = self.session["messaging"]
        endpoint, thread = str(messaging["endpoint"]).rstrip("/"), messaging["threadId"]
        return f"{endpoint}/chat/threads/{thread}/messages?api-version={ACS_VERSION}"

    @property
    def _proof(self) -> Mapping[str, str]:
        return {"Origin": self.canary.origin, "Authorization": f"Bearer {self.session['sessionToken']}"}

    @property
    def _access(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.session['messaging']['token']}"}


def talk(web: Web, canary: Canary) -> Iterator[Result]:
    """The conversation, step by step; one that fails ends it."""
    begun: list[Conversation] = []

    def start() -> str:
        begun.append(_started(web, canary))
        return f"session {begun[0].session['sessionId']}"

    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("a page may talk to the canary", lambda: _contact(web, canary)),
        ("a session begins", start),
        ("a fresh token", lambda: _token(begun[0])),
        ("push: a client can connect to SignalR", lambda: _push(begun[0])),
        ("the canary answers", lambda: _answer(begun[0])),
        ("a message there and back through Event Grid", lambda: _round(begun[0])),
    )
    for name, step in steps:
        result = run(name, step)
        yield result
        if result.outcome.value == "failed":
            return


def _contact(web: Web, canary: Canary) -> str:
    query = urlencode({"widgetKey": canary.widget_key, "serviceId": canary.service_id})
    answer = web.call("GET", f"{WIDGET}/contact?{query}", headers={"Origin": canary.origin})
    if answer.status_code != 200:
        fix = f"the service needs Interact, and a domain template with {canary.origin}; see --origin"
        raise CheckFailed(f"the widget is refused with {answer.status_code}", fix)
    return str(answer.json()["displayName"])


def _started(web: Web, canary: Canary) -> Conversation:
    body = {
        "widgetKey": canary.widget_key,
        "serviceId": canary.service_id,
        "modality": "instantMessaging",
        "customer": CUSTOMER,
        "message": "This is the smoke test.",
        "idempotencyKey": secrets.token_hex(16),
    }
    answer = web.expect(201, "POST", f"{WIDGET}/sessions", json=body, headers={"Origin": canary.origin})
    return Conversation(web, canary, answer.json())


def _token(conversation: Conversation) -> str:
    fresh = conversation.post("token")
    conversation.session = {**conversation.session, "messaging": fresh["messaging"]}
    return f"until {fresh['messaging']['tokenExpiresOn']}"


def _push(conversation: Conversation) -> str:
    """As the SignalR client negotiates, with what the session was given."""
    access = conversation.session.get("realtime")
    if access is None:
        return "this deployment has none; widgets poll"
    address = str(access["url"]).replace("/client/?", "/client/negotiate?") + "&negotiateVersion=1"
    headers = {"Authorization": f"Bearer {access['accessToken']}"}
    answer = conversation.web.expect(200, "POST", address, headers=headers).json()
    transports = [str(one["transport"]) for one in answer.get("availableTransports", [])]
    if "WebSockets" not in transports:
        raise CheckFailed(f"it offers {', '.join(transports) or 'no transport'}", "is the service in serverless mode?")
    return ""


def _answer(conversation: Conversation) -> str:
    """After the page's first sign of life the workflow goes on; it greets and ends."""
    conversation.post("heartbeat")
    fix = "the canary's workflow has to be: accept conversation, message, disconnect"
    conversation.await_that("the canary did not end the conversation", lambda: conversation.state() == "ended", fix)
    conversation.await_that("the canary has said nothing", lambda: bool(conversation.events()), fix)
    return ""


def _round(conversation: Conversation) -> str:
    if conversation.is_native:
        raise NotChecked("this tenant's messages do not go through ACS")
    began = time.monotonic()
    conversation.say("Does this arrive?")
    fix = "look at the event subscription and its dead letters: interact deadletter list"
    conversation.await_that("nothing came back", lambda: NOT_DELIVERED in conversation.events(), fix)
    return f"{time.monotonic() - began:.1f} s"


def _is_ours(message: Mapping[str, Any]) -> bool:
    """Whether the app has written it; the visitor's own messages have a client id."""
    metadata = message.get("metadata")
    return isinstance(metadata, dict) and "clientMessageId" not in metadata and bool(metadata)
