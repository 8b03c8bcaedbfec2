"""What a page tells us beside the conversation: messages for when nobody is there, custom parameters, who is typing."""

from __future__ import annotations

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.forms import contact_of, start_of
from functions.http import answer, read_body
from functions.origins import caller, widget_call
from functions.refused import diagnosable
from functions.widget import BASE, SESSION, proof_of_session
from shared import bootstrap

blueprint = new_blueprint()


@blueprint.function_name("widget_message")
@blueprint.route(f"{BASE}/messages", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_message(req: func.HttpRequest) -> func.HttpResponse:
    """Leave a message for all members of a contact."""
    from functions.rate_limits import admit
    from functions.widget_bodies import MessageBody, NothingAnswer
    from shared.domain.rate_limits import Purpose

    body = read_body(req, MessageBody)
    await admit(req, Purpose.START, body.widget_key, contact_of(body))
    async with diagnosable(req, body.widget_key, contact_of(body)):
        await bootstrap.application().left_messages.leave(start_of(body), caller(req))
    return answer(NothingAnswer(), status=202)


@blueprint.function_name("widget_parameters")
@blueprint.route(f"{SESSION}/parameters", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_parameters(req: func.HttpRequest) -> func.HttpResponse:
    """Set custom parameters of a session."""
    from functions.widget_bodies import NothingAnswer, ParametersBody

    session_id, token = await proof_of_session(req)
    body = read_body(req, ParametersBody)
    await bootstrap.application().sessions.set_parameters(session_id, token, caller(req), body.parameters)
    return answer(NothingAnswer())


@blueprint.function_name("widget_typing")
@blueprint.route(f"{SESSION}/typing", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_typing(req: func.HttpRequest) -> func.HttpResponse:
    """The customer is writing; a connected agent sees it, now and then."""
    from functions.widget_bodies import NothingAnswer, NothingBody

    session_id, token = await proof_of_session(req)
    read_body(req, NothingBody, may_be_empty=True)
    await bootstrap.application().typing_indicators.of_customer(session_id, token, caller(req))
    return answer(NothingAnswer())
