"""The operations of Bot Connector v3 that a bot in Teams uses."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.desk.connector_gate import ConnectorGate
from local.desk.errors import ServiceError, bad_request
from local.desk.json_body import json_object
from local.desk.live import Live
from local.desk.options import DeskOptions
from local.desk.state import BOT, Conversation, DeskState, Message, timestamp

BASE = "/connector/v3/conversations"
ONE = BASE + "/{conversation_id}"


class Connector:
    """Lets the bot write into the conversations it is part of; never de-duplicates, as the real one does not."""

    def __init__(self, options: DeskOptions, state: DeskState, live: Live) -> None:
        self._options = options
        self._state = state
        self._live = live

    def routes(self, gate: ConnectorGate) -> list[Route]:
        return [
            gate.route("POST", BASE, "createConversation", self.create, limited=False),
            gate.route("POST", ONE + "/activities", "sendActivity", self.send),
            gate.route("POST", ONE + "/activities/{activity_id}", "replyToActivity", self.send),
            gate.route("PUT", ONE + "/activities/{activity_id}", "updateActivity", self.update),
            gate.route("DELETE", ONE + "/activities/{activity_id}", "deleteActivity", self.delete),
            gate.route("GET", ONE + "/members", "getMembers", self.members, limited=False),
            gate.route("GET", ONE + "/members/{member_id}", "getMember", self.member, limited=False),
        ]

    async def create(self, request: Request) -> Response:
        """Find the 1:1 conversation with one member who has installed the app."""
        body = await json_object(request)
        members = body.get("members")
        if body.get("isGroup") or not isinstance(members, list) or len(members) != 1:
            raise bad_request("only a conversation with exactly one member can be created")
        if not isinstance(members[0], dict) or not (user := self._state.user(str(members[0].get("id", "")))):
            raise ServiceError(404, "NotFound", "The member is not a user of this tenant")
        conversation = self._state.personal(user.id)
        if conversation is None or not conversation.bot_installed:
            raise ServiceError(403, "ForbiddenOperationException", "Bot is not installed in user's personal scope")
        created: dict[str, Any] = {"id": conversation.id}
        if isinstance(activity := body.get("activity"), dict):
            created["activityId"] = self._post(conversation, activity, "").id
        return JSONResponse(created, 201)

    async def send(self, request: Request) -> Response:
        """Post an activity, or reply to one; a typing activity leaves no message."""
        conversation = self._conversation(request)
        activity = await self._activity(request)
        if activity.get("type") == "typing":
            self._live.bot_is_typing(conversation)
            return JSONResponse({"id": self._state.next_id()}, 201)
        message = self._post(conversation, activity, request.path_params.get("activity_id", ""))
        return JSONResponse({"id": message.id}, 201)

    async def update(self, request: Request) -> Response:
        """Replace a message of the bot for everybody who sees it."""
        conversation = self._conversation(request)
        message = self._own_message(conversation, request)
        activity = _checked(await self._activity(request))
        _fill(message, activity)
        message.edited = True
        message.revision += 1
        message.views.clear()
        self._live.message_changed(conversation, message)
        return JSONResponse({"id": message.id})

    async def delete(self, request: Request) -> Response:
        conversation = self._conversation(request)
        message = self._own_message(conversation, request)
        conversation.messages.remove(message)
        self._live.message_removed(conversation, message.id)
        return Response(status_code=200)

    async def members(self, request: Request) -> Response:
        conversation = self._conversation(request)
        return JSONResponse([self._member(user_id) for user_id in conversation.members])

    async def member(self, request: Request) -> Response:
        conversation = self._conversation(request)
        user = self._state.user(request.path_params["member_id"])
        if user is None or user.id not in conversation.members:
            raise ServiceError(404, "MemberNotFoundInConversation", "The member is not in the conversation")
        return JSONResponse(self._member(user.id))

    def _conversation(self, request: Request) -> Conversation:
        conversation = self._state.conversations.get(request.path_params["conversation_id"])
        if conversation is None:
            raise ServiceError(404, "ConversationNotFound", "Conversation not found")
        if not conversation.bot_installed:
            raise ServiceError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster")
        return conversation

    async def _activity(self, request: Request) -> dict[str, Any]:
        activity = await json_object(request)
        # Teams counts UTF-16 code units of what it got, not the bytes on the wire.
        size = len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le"))
        if size > self._options.message_size_limit:
            raise ServiceError(413, "MessageSizeTooBig", "Message size too large")
        return activity

    def _own_message(self, conversation: Conversation, request: Request) -> Message:
        message = conversation.message(request.path_params["activity_id"])
        if message is None:
            raise ServiceError(404, "ActivityNotFoundInConversation", "The activity is not in the conversation")
        if message.sender != BOT:
            raise ServiceError(403, "ForbiddenOperationException", "The activity was not sent by the bot")
        return message

    def _post(self, conversation: Conversation, activity: dict[str, Any], reply_to: str) -> Message:
        message = Message(self._state.next_id(), BOT, timestamp(), reply_to=reply_to)
        _fill(message, _checked(activity))
        conversation.add(message)
        self._live.message_changed(conversation, message)
        return message

    def _member(self, user_id: str) -> dict[str, Any]:
        user = self._state.users[user_id]
        given_name, _, surname = user.display_name.partition(" ")
        return {
            "id": self._state.channel_id(user_id),
            "name": user.display_name,
            "aadObjectId": user_id,
            "givenName": given_name,
            "surname": surname,
            "email": user.user_principal_name,
            "userPrincipalName": user.user_principal_name,
            "tenantId": self._options.tenant_id,
            "userRole": "guest" if user.guest else "user",
        }


def _checked(activity: dict[str, Any]) -> dict[str, Any]:
    """Refuse what Teams could not show."""
    if activity.get("type") != "message":
        raise bad_request(f"activities of type {activity.get('type')!r} cannot be shown")
    attachments = activity.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) and a.get("contentType") for a in attachments):
        raise bad_request("each attachment needs a contentType")
    if not activity.get("text") and not attachments:
        raise bad_request("a message needs text or an attachment")
    return activity


def _fill(message: Message, activity: dict[str, Any]) -> None:
    message.text = str(activity.get("text") or "")
    message.text_format = str(activity.get("textFormat") or "markdown")
    message.summary = str(activity.get("summary") or "")
    message.attachments = list(activity.get("attachments") or [])
