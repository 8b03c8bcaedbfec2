"""The slice of Microsoft Graph v1.0 that Interact calls."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.desk.errors import ServiceError, bad_request, unauthorized
from local.desk.json_body import NotJsonError, json_object
from local.desk.live import Live
from local.desk.options import DeskUser
from local.desk.requests_log import RequestsLog
from local.desk.signing import GRAPH_AUDIENCE, Signing, TokenRefusedError
from local.desk.state import DeskState, timestamp
from local.desk.user_actions import UserActions

BASE = "/graph/v1.0"
# Graph answers at most this many presences at once.
PRESENCES_AT_ONCE = 650
# A bot can be added only to a group chat of at least this many people.
MEMBERS_FOR_A_BOT = 3
READS_ALL_MESSAGES = "ChatMessage.Read.Chat"
_BOUND_USER = re.compile(r"users(?:\('|/)([^')/]+)")


class Graph:
    """Users, presence, group chats, installed apps and online meetings, for a token of the application."""

    def __init__(self, state: DeskState, actions: UserActions, live: Live, signing: Signing, log: RequestsLog) -> None:
        self._state = state
        self._actions = actions
        self._live = live
        self._signing = signing
        self._log = log

    def routes(self) -> list[Route]:
        return [
            self._route("POST", "/communications/getPresencesByUserId", "presences", self.presences),
            self._route("GET", "/users/{user}", "user", self.user),
            self._route("POST", "/users/{user}/onlineMeetings", "onlineMeeting", self.meeting),
            self._route("POST", "/users/{user}/teamwork/installedApps", "installForUser", self.install_for_user),
            self._route("POST", "/chats", "createChat", self.create_chat),
            self._route("POST", "/chats/{chat}/installedApps", "installInChat", self.install_in_chat),
        ]

    async def presences(self, request: Request) -> Response:
        identifiers = (await json_object(request)).get("ids")
        if not isinstance(identifiers, list) or not 0 < len(identifiers) <= PRESENCES_AT_ONCE:
            raise bad_request(f"ids must name 1 to {PRESENCES_AT_ONCE} users")
        known = [identifier for identifier in identifiers if identifier in self._state.users]
        value = [{"id": i, "availability": a, "activity": a} for i in known for a in [self._state.availability[i]]]
        return JSONResponse({"value": value})

    async def user(self, request: Request) -> Response:
        user = self._user(request)
        return JSONResponse(
            {
                "id": user.id,
                "displayName": user.display_name,
                "mail": user.user_principal_name,
                "userPrincipalName": user.user_principal_name,
                "userType": "Guest" if user.guest else "Member",
            }
        )

    async def meeting(self, request: Request) -> Response:
        """Create an online meeting; with an application token Graph wants the object id, not the name."""
        if request.path_params["user"] not in self._state.users:
            raise ServiceError(404, "NotFound", "The user is addressed by object id")
        body = await json_object(request)
        meeting_id = secrets.token_urlsafe(24)
        thread = f"19:meeting_{secrets.token_hex(16)}@thread.v2"
        return JSONResponse(
            {
                "id": meeting_id,
                "subject": body.get("subject"),
                "creationDateTime": timestamp(),
                "joinWebUrl": f"https://teams.microsoft.com/l/meetup-join/{quote(thread, safe='')}/0",
                "chatInfo": {"threadId": thread},
                "lobbyBypassSettings": body.get("lobbyBypassSettings", {"scope": "organization"}),
            },
            201,
        )

    async def install_for_user(self, request: Request) -> Response:
        """Install the app proactively; the bot hears of it as if the user had done it."""
        if self._actions.install(self._user(request).id) is None:
            raise ServiceError(409, "Conflict", "The app is already installed")
        return Response(status_code=201)

    async def create_chat(self, request: Request) -> Response:
        body = await json_object(request)
        members = [self._bound_user(member) for member in body.get("members") or []]
        if body.get("chatType") != "group" or len(members) < 2:
            raise bad_request("a group chat needs chatType group and members")
        conversation = self._state.create("groupChat", members, str(body.get("topic") or ""))
        self._live.conversation_changed(conversation)
        return JSONResponse(
            {
                "id": conversation.id,
                "topic": conversation.topic,
                "chatType": "group",
                "createdDateTime": timestamp(),
                "webUrl": f"https://teams.microsoft.com/l/chat/{quote(conversation.id, safe='')}/0",
            },
            201,
        )

    async def install_in_chat(self, request: Request) -> Response:
        conversation = self._state.conversations.get(request.path_params["chat"])
        if conversation is None or conversation.kind != "groupChat":
            raise ServiceError(404, "NotFound", "The chat does not exist")
        if len(conversation.members) < MEMBERS_FOR_A_BOT:
            raise ServiceError(403, "RosterAddMemberBlocked", "A bot can join a group chat of three or more people")
        if conversation.bot_installed:
            raise ServiceError(409, "Conflict", "The app is already installed")
        consent = (await json_object(request)).get("consentedPermissionSet") or {}
        granted = [grant.get("permissionValue") for grant in consent.get("resourceSpecificPermissions") or []]
        conversation.bot_installed = True
        conversation.bot_reads_all = READS_ALL_MESSAGES in granted
        self._live.conversation_changed(conversation)
        return Response(status_code=201)

    def _user(self, request: Request) -> DeskUser:
        identifier = request.path_params["user"]
        user = self._state.user(identifier)
        if user is None:
            raise ServiceError(404, "Request_ResourceNotFound", f"Resource '{identifier}' does not exist")
        return user

    def _bound_user(self, member: Any) -> str:
        bound = _BOUND_USER.search(str(member.get("user@odata.bind", ""))) if isinstance(member, dict) else None
        user = self._state.user(bound.group(1)) if bound else None
        if user is None:
            raise bad_request("each member binds a user of this tenant")
        return user.id

    def _route(self, method: str, path: str, name: str, operation: Callable[[Request], Awaitable[Response]]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                self._signing.require_application(request.headers.get("authorization"), GRAPH_AUDIENCE)
                response = await operation(request)
            except TokenRefusedError as refusal:
                response = unauthorized(str(refusal)).response()
            except NotJsonError as error:
                response = bad_request(str(error)).response()
            except ServiceError as refusal:
                response = refusal.response()
            self._log.note(f"graph.{name}", response.status_code)
            return response

        return Route(BASE + path, endpoint, methods=[method])
