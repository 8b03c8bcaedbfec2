"""Raw ids of users and threads, and the identifier objects the REST API wraps them in."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from local.acs.errors import bad_request

_ACS_USER = "8:acs:"
_TEAMS_USER = "8:orgid:"
_TEAMS_APP = "28:orgid:"
_PHONE_NUMBER = "4:"


def new_user_id(immutable_resource_id: str) -> str:
    return f"{_ACS_USER}{immutable_resource_id}_{uuid.uuid4()}"


def new_thread_id() -> str:
    return f"19:{secrets.token_hex(16)}@thread.v2"


def is_acs_user(raw_id: str) -> bool:
    return raw_id.startswith(_ACS_USER)


def identifier_model(raw_id: str) -> dict[str, Any]:
    """The object that responses and events carry; the SDKs read `kind` and `rawId`."""
    if raw_id.startswith(_TEAMS_USER):
        user = {"userId": raw_id.removeprefix(_TEAMS_USER), "isAnonymous": False, "cloud": "public"}
        return {"kind": "microsoftTeamsUser", "rawId": raw_id, "microsoftTeamsUser": user}
    if raw_id.startswith(_TEAMS_APP):
        app = {"appId": raw_id.removeprefix(_TEAMS_APP), "cloud": "public"}
        return {"kind": "microsoftTeamsApp", "rawId": raw_id, "microsoftTeamsApp": app}
    if raw_id.startswith(_PHONE_NUMBER):
        number = {"value": raw_id.removeprefix(_PHONE_NUMBER)}
        return {"kind": "phoneNumber", "rawId": raw_id, "phoneNumber": number}
    return {"kind": "communicationUser", "rawId": raw_id, "communicationUser": {"id": raw_id}}


def raw_id_of(model: dict[str, Any]) -> str:
    """The raw id of an identifier in a request, where `rawId` and `kind` may be missing; raises 400 without any id."""
    raw_id = (
        model.get("rawId")
        or _member(model, "communicationUser", "id", "")
        or _member(model, "microsoftTeamsUser", "userId", _TEAMS_USER)
        or _member(model, "microsoftTeamsApp", "appId", _TEAMS_APP)
        or _member(model, "phoneNumber", "value", _PHONE_NUMBER)
    )
    if not isinstance(raw_id, str) or not raw_id:
        raise bad_request("An identifier needs rawId or one of its kinds.")
    return raw_id


def _member(model: dict[str, Any], kind: str, name: str, prefix: str) -> str:
    member = model.get(kind)
    value = member.get(name) if isinstance(member, dict) else None
    return f"{prefix}{value}" if isinstance(value, str) and value else ""
