"""What the widget API takes and gives, as pydantic models, and the source of its OpenAPI description.

Imported inside functions only: pydantic costs some 70 ms that a cold start should not pay before it is needed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.widget_values import ChallengeToken, Email, Id, Message, Modality, Moment, Name, Parameters


class Body(BaseModel):
    """Something sent to us: exactly these fields, and of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class CustomerBody(Body):
    """The visitor as the form says; shown to agents, never proof of anything."""

    display_name: Name
    email: Email


class FormBody(Body):
    """What a visitor fills in, for a service or a user: exactly one of `serviceId` and `contactId`."""

    widget_key: Annotated[Id, Field(examples=["9f2c7c1e5b8d4a3f9f2c7c1e5b8d4a3f"])]
    service_id: Annotated[Id | None, Field(examples=["sales"])] = None
    contact_id: Id | None = None
    modality: Modality = "instantMessaging"
    customer: CustomerBody
    message: Message
    idempotency_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22,128}$", examples=["Zk3vN8qS1yT5uW7xA9bC2d"])]
    language: Annotated[str | None, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] = None
    access_token: Annotated[str | None, Field(max_length=8192)] = None
    challenge_token: ChallengeToken | None = None
    consent: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    parameters: Parameters = {}


class StartBody(FormBody):
    """Start a session.

    A repetition with the same `idempotencyKey`, which holds at least 128 random bits, gets the same session. Agents are
    asked after the session's first heartbeat, which says that somebody is there.
    """


class MessageBody(FormBody):
    """Leave a message for all members of a contact; a repetition with the same `idempotencyKey` changes nothing."""


class ParametersBody(Body):
    """Custom parameters to be set or replaced; others stay as they are."""

    parameters: Parameters


class HeartbeatBody(Body):
    """A sign of life; `leaving` when the page is about to go.

    `lastMessage` is the id of the visitor's newest message that the page sees in the thread. Should nobody have told us
    of that message, it is relayed now.
    """

    leaving: bool = False
    last_message: Annotated[str | None, Field(max_length=64, examples=["1795404578618"])] = None


class NothingBody(Body):
    """An empty object, or no body at all."""


class Given(BaseModel):
    """Something sent by us."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class NothingAnswer(Given):
    """Done; there is nothing to tell."""


class ChallengeAnswer(Given):
    """The challenge that has to be solved before a start: whose it is, and the public key of the site there."""

    kind: Literal["turnstile", "hcaptcha"]
    site_key: str


class WidgetAnswer(Given):
    """What the widget of a contact offers; `consent` is the notice to agree to before the first message.

    Who has agreed sends `consentDigest` back with the form.
    """

    consent: str | None = None
    consent_digest: str | None = None
    transcript: bool
    sound: bool
    offline_form: bool
    access_token_required: bool = False
    challenge: ChallengeAnswer | None = None


class ContactAnswer(Given):
    """A contact that this page may talk to."""

    kind: Literal["service", "user"]
    id: str
    display_name: str
    modalities: list[Modality]
    language: str
    widget: WidgetAnswer


class PreviewCondition(Given):
    """One of the conditions that decide whether a page may begin a session."""

    title: str
    verdict: Literal["pass", "fail", "notJudged"]
    explanation: str
    fix: str | None = None


class PreviewAnswer(Given):
    """A preview link as its holder sees it, and how a page of `origin` would fare without one."""

    display_name: str
    made_by: str
    expires_at: Moment
    origin: str | None = None
    allowed: bool
    conditions: list[PreviewCondition]


class MessagingAnswer(Given):
    """How the widget reaches the messaging service; `kind` selects the transport."""

    kind: str
    endpoint: str
    user_id: str
    token: str
    token_expires_on: Moment
    thread_id: str


class RealtimeAnswer(Given):
    """Where the widget hears that there is something to read; absent where it has to poll."""

    url: str
    access_token: str


class PresenceAnswer(Given):
    """Whether a contact can be reached now. `checkAfter`: seconds after which to ask again, with push or without.

    `at` orders answers and what is pushed: what has an earlier time is older, whenever it arrives.
    """

    state: Literal["available", "busy", "offline"]
    at: Moment
    check_after: Annotated[float, Field(gt=0)]
    realtime: RealtimeAnswer | None = None


class AccessAnswer(Given):
    """Fresh access for a session that goes on."""

    messaging: MessagingAnswer
    realtime: RealtimeAnswer | None = None


class StartAnswer(AccessAnswer):
    """A started session. `sessionToken` goes into the Authorization header of all further calls."""

    session_id: str
    session_token: str
    recover_until: Moment
    state: Literal["waiting", "connected", "ended"]


class QueueAnswer(Given):
    """The place in the queue, 1 is next, and the expected wait in seconds where one is known."""

    position: int
    expected_wait: int | None = None


class SessionAnswer(Given):
    """How a session stands. `readUntil`: the agent has read what the customer wrote up to then, as far as known."""

    session_id: str
    state: Literal["waiting", "connected", "ended"]
    display_name: str
    agent_display_name: str | None = None
    started_at: Moment
    recover_until: Moment
    queue: QueueAnswer | None = None
    read_until: Moment | None = None


class HeartbeatAnswer(Given):
    """Until when the session can be taken up again."""

    recover_until: Moment


class EndAnswer(Given):
    """The conversation has ended."""

    state: Literal["ended"] = "ended"


class Problem(Given):
    """Why not. `code` is stable; `trace` finds the reason in the log."""

    type: str
    title: str
    status: int
    code: Literal["not_allowed", "offline", "busy", "ended", "invalid", "try_again"]
    detail: str
    trace: str
    diagnosis: Annotated[
        str | None, Field(description="With which an administrator of the tenant finds out why; says nothing itself.")
    ] = None
    retry_after: Annotated[int | None, Field(description="seconds")] = None
    field: str | None = None
