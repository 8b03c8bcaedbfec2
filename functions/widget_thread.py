"""The thread of a session whose messages do not go through ACS: read and written by the visitor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import answer, read_body
from functions.origins import caller, widget_call
from functions.widget import SESSION, proof_of_session
from shared import bootstrap
from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from functions.thread_bodies import ThreadMessageAnswer
    from shared.ports import StoredMessage

blueprint = new_blueprint()

LONGEST_SEQUENCE = 9
"""Digits."""


@blueprint.function_name("widget_thread")
@blueprint.route(f"{SESSION}/messages", methods=["GET", "POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@widget_call
async def widget_thread(req: func.HttpRequest) -> func.HttpResponse:
    """GET: messages after a number; POST: write one, which counts once for each client id."""
    return await (_post(req) if req.method == "POST" else _read(req))


async def _read(request: func.HttpRequest) -> func.HttpResponse:
    from functions.thread_bodies import ThreadAnswer

    session_id, token = await proof_of_session(request)
    after = _sequence(request.params.get("after"))
    messages = await bootstrap.application().native_messages.after(session_id, token, caller(request), after)
    return answer(ThreadAnswer(messages=[_message(stored) for stored in messages]))


async def _post(request: func.HttpRequest) -> func.HttpResponse:
    from functions.thread_bodies import PostBody, PostedAnswer

    session_id, token = await proof_of_session(request)
    body = read_body(request, PostBody)
    native = bootstrap.application().native_messages
    written = await native.post(session_id, token, caller(request), body.text, body.client_message_id)
    return answer(PostedAnswer(id=written.id, sequence=written.sequence), status=201)


def _sequence(text: str | None) -> int:
    if text is None:
        return 0
    # The length first: Python refuses to read numbers of thousands of digits by an error of its own.
    if len(text) > LONGEST_SEQUENCE or not (text.isascii() and text.isdigit()):
        raise InvalidRequest("must be the number of a message", "after")
    return int(text)


def _message(stored: StoredMessage) -> ThreadMessageAnswer:
    from functions.thread_bodies import ThreadMessageAnswer

    message = stored.message
    return ThreadMessageAnswer(
        id=message.id,
        sequence=message.sequence,
        created_on=message.created_on,
        sender_id=message.sender_id,
        sender_name=stored.sender_name,
        text=message.text,
        metadata=dict(message.metadata),
    )
