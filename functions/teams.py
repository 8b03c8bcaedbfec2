"""The bot's endpoint: what agents do in Teams. Only personal chats of Teams count, of tenants that are ours.

A call that cannot be proven to be the Bot Connector's is answered 401 and nothing else, unless it is too long to be
read at all (413). Whatever a port reports is answered 503, so that Teams brings the activity again; every verb bears to
be repeated.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import bounded_body, validated
from functions.problems import respond
from shared import bootstrap
from shared.domain.agent_commands import command_in
from shared.domain.agent_texts import agent_text
from shared.domain.errors import Unauthenticated

if TYPE_CHECKING:
    from functions.activity_bodies import ActivityBody
    from functions.agent_actions import Shown, Turn
    from shared.application import Application
    from shared.application.agents import Activity

BODY_LIMIT = 256 * 1024
"""Bytes; Teams takes messages of about 100 KB."""
HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"

blueprint = new_blueprint()
logger = logging.getLogger(__name__)


@blueprint.function_name("bot_messages")
@blueprint.route("api/messages", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def bot_messages(req: func.HttpRequest) -> func.HttpResponse:
    """An activity of the Bot Connector."""
    return await respond(_receive, req)


async def _receive(request: func.HttpRequest) -> func.HttpResponse:
    from functions.activity_bodies import ActivityBody

    document = _document(bounded_body(request, BODY_LIMIT))
    try:
        authentication = bootstrap.surroundings().bot_authentication
        await authentication.check(request.headers.get("authorization", ""), document)
    except Unauthenticated as error:
        logger.warning("a call of the bot was refused: %s: %s", error.code, error)
        return func.HttpResponse(status_code=401)
    return await _dispatch(validated(ActivityBody, document))


def _document(body: bytes) -> dict[str, Any]:
    """The activity; an empty one for what is no JSON object, which is judged once it is known who has sent it."""
    try:
        document = json.loads(body.decode("utf-8"))
        if HALF_A_CHARACTER.search(body):
            # JSON may hold one, UTF-8 may not: no store and no messaging service would take it.
            document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


async def _dispatch(body: ActivityBody) -> func.HttpResponse:
    from functions.activity_bodies import Pressed
    from functions.agent_actions import Turn

    application = bootstrap.application()
    if not body.is_of_teams:
        logger.warning(
            "an activity %r was dropped: of the channel %r, not of Teams", body.type[:50], body.channel_id[:50]
        )
        return func.HttpResponse(status_code=200)
    tenant = await application.ports.config.tenant(body.tenant_id) if body.is_personal and body.user_id else None
    if tenant is None:
        logger.info("an activity %r was dropped: not of a user of ours in a personal chat", body.type[:50])
        return func.HttpResponse(status_code=200)
    activity = _activity(body, tenant.default_language)
    turn = Turn(application, bootstrap.surroundings().agent_cards, activity, body.sender.id)
    match body.type:
        case "installationUpdate":
            await _installation(application, activity, body.action)
        case "message" if body.pressed is not None:
            await _post(turn, await turn.press(validated(Pressed, body.pressed)))
        case "message":
            await _said(turn, body)
        case "invoke" if body.name == "adaptiveCard/action" and body.pressed is not None:
            return _in_place(await turn.press(validated(Pressed, body.pressed)))
        case "messageUpdate" if body.said:
            # Its id is that of the message that was changed; a message that was restored comes in the same way.
            await application.conversations.revise(activity, body.said)
        case "messageDelete":
            await application.conversations.revise(activity, None)
        case "typing":
            await application.typing_indicators.of_agent(activity)
        case "event" if body.read_up_to is not None:
            await application.read_receipts.agent_has_read(activity, body.read_up_to)
    return func.HttpResponse(status_code=200)


def _activity(body: ActivityBody, language: str) -> Activity:
    from shared.application.agents import Activity
    from shared.ports import BotConversation

    conversation = BotConversation(body.service_url, body.conversation.id, body.recipient.id, language)
    # An activity without an id could not be told from the next one.
    return Activity(body.id or secrets.token_hex(16), body.tenant_id, body.user_id, conversation, body.timestamp)


async def _installation(application: Application, activity: Activity, action: str) -> None:
    if action.startswith("remove"):
        await application.conversations.unregister(activity)
    else:
        await application.conversations.register(activity)
        text = agent_text("registered", activity.conversation.language)
        await application.ports.agents.notify(activity.conversation, text)


async def _said(turn: Turn, body: ActivityBody) -> None:
    """A composed text: a command, or a message to the customer."""
    from functions.activity_bodies import Pressed

    conversations, written = turn.application.conversations, command_in(body.said)
    if written is not None and not written.slashed and await conversations.is_talking(turn.activity):
        written = None
    if written is None and body.said:
        await conversations.say(turn.activity, body.said)
    elif written is not None and written.command is None:
        await _post(turn, turn.help(agent_text("unknown_command", turn.language, word=written.word)))
    elif written is not None and written.command is not None:
        await _post(turn, await turn.press(Pressed(verb=written.command.value)))
    if body.is_more_than_text or not body.said:
        await turn.application.ports.agents.notify(turn.activity.conversation, agent_text("only_text", turn.language))


def _in_place(shown: Shown) -> func.HttpResponse:
    """The answer to `Action.Execute`: it takes the place of the card, or is shown beside it."""
    if shown.card is None:
        return _invoke_response(MESSAGE, shown.text)
    return _invoke_response(CARD, dict(shown.card))


async def _post(turn: Turn, shown: Shown) -> None:
    """The answer to a command, or to `Action.Submit` of clients without `Action.Execute`: a message of its own."""
    agents, to = turn.application.ports.agents, turn.activity.conversation
    if shown.posted_as == "card" and shown.card is not None:
        await agents.show(to, shown.card, shown.text)
    elif shown.posted_as == "text":
        await agents.notify(to, shown.text)


def _invoke_response(kind: str, value: object) -> func.HttpResponse:
    document = {"statusCode": 200, "type": kind, "value": value}
    return func.HttpResponse(json.dumps(document), mimetype="application/json")
