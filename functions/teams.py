"""The bot's endpoint: what agents do in Teams. Only personal chats of Teams count, of tenants that are ours.

A call that cannot be proven to be the Bot Connector's is answered 401 and nothing else, unless it is too long to be
read at all (413). Whatever a port reports is answered 503, so that Teams brings the activity again; every verb bears to
be repeated.
"""

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.http import bounded_body, validated
from functions.problems import respond
from shared import bootstrap
from shared.domain.errors import Unauthenticated

if TYPE_CHECKING:
    from functions.activity_bodies import ActivityBody, Pressed
    from shared.application import Application
    from shared.application.agents import Activity, Answer

BODY_LIMIT = 256 * 1024
"""Bytes; Teams takes messages of about 100 KB."""
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
REGISTERED = "You are registered. Conversations that are offered to you will appear here."
ONLY_TEXT = "Only text reaches the customer; images and files were not delivered."
EXPECTED = {"accept": "accepted", "decline": "declined", "end": "ended", "reply": "sent", "choose": "sent"}
"""Outcomes that an agent sees anyway, because a card changes or the text stands in the chat."""

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
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


async def _dispatch(body: ActivityBody) -> func.HttpResponse:
    from functions.activity_bodies import Pressed
    from shared.application.agents import Activity
    from shared.ports import BotConversation

    application = bootstrap.application()
    if not body.is_of_teams:
        logger.warning(
            "an activity %s was dropped: of the channel %r, not of Teams", body.type[:50], body.channel_id[:50]
        )
        return func.HttpResponse(status_code=200)
    if not body.is_personal or not body.user_id or await application.ports.config.tenant(body.tenant_id) is None:
        logger.info("an activity %s was dropped: not of a user of ours in a personal chat", body.type[:50])
        return func.HttpResponse(status_code=200)
    conversation = BotConversation(body.service_url, body.conversation.id, body.recipient.id)
    # An activity without an id could not be told from the next one.
    activity = Activity(body.id or secrets.token_hex(16), body.tenant_id, body.user_id, conversation)
    pressed = validated(Pressed, body.pressed) if body.pressed is not None else None
    if body.type == "installationUpdate":
        await _installation(application, activity, body.action)
    elif body.type == "message" and pressed is not None:
        await _submitted(application, activity, pressed)
    elif body.type == "message":
        await _said(application, activity, body)
    elif body.type == "invoke" and body.name == "adaptiveCard/action" and pressed is not None:
        return await _executed(application, activity, pressed)
    return func.HttpResponse(status_code=200)


async def _installation(application: Application, activity: Activity, action: str) -> None:
    if action.startswith("remove"):
        await application.conversations.unregister(activity)
    else:
        await application.conversations.register(activity)
        await application.ports.agents.notify(activity.conversation, REGISTERED)


async def _said(application: Application, activity: Activity, body: ActivityBody) -> None:
    if body.said:
        await application.conversations.say(activity, body.said)
    if body.is_more_than_text or not body.said:
        await application.ports.agents.notify(activity.conversation, ONLY_TEXT)


async def _executed(application: Application, activity: Activity, pressed: Pressed) -> func.HttpResponse:
    """`Action.Execute`: the answer takes the place of the card, or is shown beside it."""
    answer = await _act(application, activity, pressed)
    cards = bootstrap.surroundings().agent_cards
    card: Any = None
    if pressed.verb in ("accept", "decline"):
        card = cards.closed_invitation(answer.customer_name, answer.outcome, answer.taken_by)
    elif pressed.verb == "end":
        text = "You have ended this conversation." if answer.outcome == "ended" else sentence(answer)
        card = cards.closed_conversation(answer.customer_name, text)
    elif pressed.verb == "available" or (pressed.verb == "choose" and answer.outcome == "sent"):
        # The question is answered: its card goes, so that the text cannot be sent a second time.
        card = cards.notice(sentence(answer))
    if card is None:
        return _invoke_response(MESSAGE, sentence(answer))
    return _invoke_response(CARD, dict(card))


async def _submitted(application: Application, activity: Activity, pressed: Pressed) -> None:
    """`Action.Submit`, for clients without `Action.Execute`: they get no answer, so an unexpected one is sent."""
    answer = await _act(application, activity, pressed)
    if answer.outcome != EXPECTED.get(pressed.verb):
        await application.ports.agents.notify(activity.conversation, sentence(answer))


async def _act(application: Application, activity: Activity, pressed: Pressed) -> Answer:
    from shared.application.agents import Answer

    conversations = application.conversations
    match pressed.verb:
        case "accept":
            return await conversations.accept(activity, pressed.session, pressed.offer)
        case "decline":
            return await conversations.decline(activity, pressed.session, pressed.offer)
        case "end":
            return await conversations.end(activity, pressed.session)
        case "reply" | "choose":
            return await conversations.reply(activity, pressed.session, pressed.text)
        case "available":
            return await conversations.available(activity)
    logger.warning("a card's button %r is unknown", pressed.verb[:50])
    return Answer("unknown")


def sentence(answer: Answer) -> str:
    """What an agent reads where no card says it."""
    name = answer.customer_name or "The customer"
    sentences = {
        "accepted": f"You are now talking with {name}.",
        "taken": f"{answer.taken_by} has taken this conversation.",
        "expired": "This invitation is not open any more.",
        "declined": "You have declined.",
        "sent": f"Sent to {name}.",
        "ended": "This conversation has ended; nothing was sent.",
        "over": "This conversation had ended already.",
        "empty": "Please write a message first.",
        "too_long": "The message is too long; please split it.",
        "available": "You are available again.",
    }
    return sentences.get(answer.outcome, "This button is not known any more.")


def _invoke_response(kind: str, value: object) -> func.HttpResponse:
    document = {"statusCode": 200, "type": kind, "value": value}
    return func.HttpResponse(json.dumps(document), mimetype="application/json")
