"""The widget API: what the widget on a visitor's page asks and tells.

Whom a page may talk to, and whether a session is the caller's, is decided in the application; here bodies are read and
answers are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.forms import contact_of, language_of, start_of
from functions.http import answer, bearer_token, bounded, read_body
from functions.origins import caller, caller_with_pass, widget_call
from functions.refused import diagnosable
from shared import bootstrap

if TYPE_CHECKING:
    from functions.widget_bodies import ChallengeAnswer, MessagingAnswer, QueueAnswer, RealtimeAnswer, WidgetAnswer
    from shared.application.admission import Admitted
    from shared.domain.sessions import Phase, Session
    from shared.ports import Credentials, RealtimeAccess

blueprint = new_blueprint()

BASE = "api/widget/v1"
SESSION = f"{BASE}/sessions/{{sessionId}}"


@blueprint.function_name("widget_contact")
@blueprint.route(f"{BASE}/contact", methods=["GET", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_contact(req: func.HttpRequest) -> func.HttpResponse:
    """The contact of a snippet, if this page may talk to it."""
    from functions.rate_limits import admit
    from functions.widget_bodies import ContactAnswer
    from functions.widget_values import LONGEST_ID
    from shared.application.admission import admit_caller
    from shared.application.starts import contact_reference
    from shared.domain.rate_limits import Purpose

    names = ("widgetKey", "serviceId", "contactId", "modality")
    widget_key, service_id, contact_id, modality = (bounded(req.params.get(name), name, LONGEST_ID) for name in names)
    reference = contact_reference(service_id, contact_id)
    await admit(req, Purpose.CALL, widget_key or "", reference)
    ports, asking = bootstrap.application().ports, caller_with_pass(req)
    async with diagnosable(req, widget_key or "", reference):
        admitted = await admit_caller(ports, widget_key or "", reference, modality or "instantMessaging", asking)
    return answer(
        ContactAnswer.model_validate(
            {
                "kind": reference.kind.value,
                "id": reference.id,
                "displayName": admitted.display_name,
                "modalities": list(admitted.contact.exposed_modalities),
                "language": admitted.tenant.default_language,
                "widget": _offers(admitted, language_of(req.params.get("language"))),
            }
        )
    )


@blueprint.function_name("widget_start")
@blueprint.route(f"{BASE}/sessions", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_start(req: func.HttpRequest) -> func.HttpResponse:
    """Start a session, or find the one that the same request started before."""
    from functions.rate_limits import admit
    from functions.widget_bodies import StartAnswer, StartBody
    from shared.domain.rate_limits import Purpose

    body = read_body(req, StartBody)
    await admit(req, Purpose.START, body.widget_key, contact_of(body))
    sessions = bootstrap.application().sessions
    async with diagnosable(req, body.widget_key, contact_of(body)):
        started = await sessions.start(start_of(body), caller_with_pass(req))
    session = started.record.session
    return answer(
        StartAnswer(
            session_id=session.id,
            session_token=started.token,
            recover_until=sessions.recover_until(started.record),
            state=_state(session.phase),
            messaging=_messaging(session, started.credentials),
            realtime=_realtime(started.realtime),
        ),
        status=201,
    )


@blueprint.function_name("widget_session")
@blueprint.route(SESSION, methods=["GET", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_session(req: func.HttpRequest) -> func.HttpResponse:
    """How a session stands, for a page that comes back to it."""
    from functions.widget_bodies import SessionAnswer

    session_id, token = await proof_of_session(req)
    sessions = bootstrap.application().sessions
    record = await sessions.resume(session_id, token, caller(req))
    session = record.session
    phase = sessions.phase_for_visitor(record)
    shown = record.definition.wording.shown(session.customer, session.agent)
    return answer(
        SessionAnswer(
            session_id=session.id,
            state=_state(phase),
            display_name=record.definition.contact_name,
            agent_display_name=shown.display_name if shown else None,
            started_at=session.created_at,
            recover_until=sessions.recover_until(record),
            queue=_queue(session),
            read_until=record.read_until,
        )
    )


@blueprint.function_name("widget_token")
@blueprint.route(f"{SESSION}/token", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_token(req: func.HttpRequest) -> func.HttpResponse:
    """Fresh access to messaging and push, before the old one runs out."""
    from functions.widget_bodies import AccessAnswer, NothingBody

    session_id, token = await proof_of_session(req)
    read_body(req, NothingBody, may_be_empty=True)
    fresh = await bootstrap.application().sessions.refresh(session_id, token, caller(req))
    messaging = _messaging(fresh.record.session, fresh.credentials)
    return answer(AccessAnswer(messaging=messaging, realtime=_realtime(fresh.realtime)))


@blueprint.function_name("widget_heartbeat")
@blueprint.route(f"{SESSION}/heartbeat", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_heartbeat(req: func.HttpRequest) -> func.HttpResponse:
    """A sign of life."""
    from functions.widget_bodies import HeartbeatAnswer, HeartbeatBody

    session_id, token = await proof_of_session(req)
    body = read_body(req, HeartbeatBody, may_be_empty=True)
    sessions = bootstrap.application().sessions
    until = await sessions.heartbeat(
        session_id, token, caller(req), leaving=body.leaving, last_message=body.last_message
    )
    return answer(HeartbeatAnswer(recover_until=until))


@blueprint.function_name("widget_end")
@blueprint.route(f"{SESSION}/end", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_end(req: func.HttpRequest) -> func.HttpResponse:
    """The visitor ends the conversation."""
    from functions.widget_bodies import EndAnswer, NothingBody

    session_id, token = await proof_of_session(req)
    read_body(req, NothingBody, may_be_empty=True)
    await bootstrap.application().sessions.end(session_id, token, caller(req))
    return answer(EndAnswer())


async def proof_of_session(request: func.HttpRequest) -> tuple[str, str]:
    """The session that the route names, and the token that is to prove it; raises Unauthenticated or RateLimited."""
    from functions.rate_limits import admit_session
    from functions.widget_values import LONGEST_ID

    session_id = bounded(request.route_params.get("sessionId"), "sessionId", LONGEST_ID)
    token = bearer_token(request)
    await admit_session(request, token)
    return session_id or "", token


def _offers(admitted: Admitted, language: str | None) -> WidgetAnswer:
    from functions.widget_bodies import WidgetAnswer
    from shared.domain.consent import digest_of, notice_for

    offered = admitted.contact.interact.widget
    notice = notice_for(offered.consent, language, admitted.tenant.default_language)
    return WidgetAnswer(
        consent=notice,
        consent_digest=digest_of(notice) if notice else None,
        transcript=offered.transcript,
        sound=offered.sound,
        offline_form=offered.offline_form,
        access_token_required=admitted.tenant.authorization.value != "none",
        challenge=_challenge(admitted),
    )


def _challenge(admitted: Admitted) -> ChallengeAnswer | None:
    """What the page has to let the visitor solve; None where the tenant asks for nothing."""
    from functions.widget_bodies import ChallengeAnswer

    challenge = admitted.tenant.challenge
    if challenge.kind.value == "none":
        return None
    return ChallengeAnswer.model_validate({"kind": challenge.kind.value, "siteKey": challenge.site_key})


def _queue(session: Session) -> QueueAnswer | None:
    """The place in the queue, while the customer waits there."""
    from functions.widget_bodies import QueueAnswer

    task = session.task
    if task is None or task.position is None or _state(session.phase) != "waiting":
        return None
    return QueueAnswer(position=task.position, expected_wait=task.expected_wait)


def _state(phase: Phase) -> Literal["waiting", "connected", "ended"]:
    """What the widget has to tell apart; whether the workflow has begun is not for it."""
    if phase.value == "connected":
        return "connected"
    return "ended" if phase.value == "ended" else "waiting"


def _messaging(session: Session, credentials: Credentials) -> MessagingAnswer:
    from functions.widget_bodies import MessagingAnswer

    return MessagingAnswer(
        kind=credentials.kind,
        endpoint=credentials.endpoint,
        user_id=credentials.user_id,
        token=credentials.token,
        token_expires_on=credentials.token_expires_on,
        thread_id=session.chat.thread_id if session.chat else "",
    )


def _realtime(access: RealtimeAccess | None) -> RealtimeAnswer | None:
    from functions.widget_bodies import RealtimeAnswer

    return RealtimeAnswer(url=access.url, access_token=access.access_token) if access else None
