"""The thread-level chat events, with the fields and forms of Microsoft's "Chat events" schema page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from local.acs.identifiers import identifier_model
from local.acs.moments import to_event_iso
from local.acs.state import Message, Participant, Thread

_PREFIX = "Microsoft.Communication."
_MESSAGE_TYPES = {"text": "Text", "html": "RichText/Html"}


@dataclass(frozen=True)
class ChatEvent:
    """An event before Event Grid puts its envelope around it."""

    type: str
    subject: str
    data: dict[str, Any]


def thread_created(thread: Thread) -> ChatEvent:
    data = {
        "createdByCommunicationIdentifier": identifier_model(thread.created_by),
        "properties": {"topic": thread.topic},
        "metadata": {},
        "participants": [_participant(participant) for participant in thread.participants.values()],
        **_thread_fields(thread, thread.created_on),
    }
    return _event("ChatThreadCreated", thread, f"createdBy/{thread.created_by}", data)


def thread_deleted(thread: Thread, user_id: str, moment: int) -> ChatEvent:
    data = {
        "deletedByCommunicationIdentifier": identifier_model(user_id),
        "deleteTime": to_event_iso(moment),
        **_thread_fields(thread, moment),
    }
    return _event("ChatThreadDeleted", thread, f"deletedBy/{user_id}", data)


def topic_updated(thread: Thread, user_id: str, moment: int) -> ChatEvent:
    data = {
        "editedByCommunicationIdentifier": identifier_model(user_id),
        "editTime": to_event_iso(moment),
        "properties": {"topic": thread.topic},
        "metadata": {},
        **_thread_fields(thread, moment),
    }
    return _event("ChatThreadPropertiesUpdated", thread, f"editedBy/{user_id}", data)


def participant_added(thread: Thread, participant: Participant, user_id: str, moment: int) -> ChatEvent:
    data = {
        "time": to_event_iso(moment),
        "addedByCommunicationIdentifier": identifier_model(user_id),
        "participantAdded": _participant(participant),
        **_thread_fields(thread, moment),
    }
    return _event("ChatThreadParticipantAdded", thread, f"participantadded/{participant.id}", data)


def participant_removed(thread: Thread, participant: Participant, user_id: str, moment: int) -> ChatEvent:
    data = {
        "time": to_event_iso(moment),
        "removedByCommunicationIdentifier": identifier_model(user_id),
        "participantRemoved": _participant(participant),
        **_thread_fields(thread, moment),
    }
    return _event("ChatThreadParticipantRemoved", thread, f"participantremoved/{participant.id}", data)


def message_received(thread: Thread, message: Message) -> ChatEvent:
    data = _message_fields(thread, message) | _text_fields(message)
    return _event("ChatMessageReceivedInThread", thread, f"sender/{message.sender_id}", data)


def message_edited(thread: Thread, message: Message) -> ChatEvent:
    edited = {"editTime": to_event_iso(message.edited_on or message.version)}
    data = _message_fields(thread, message) | _text_fields(message) | edited
    return _event("ChatMessageEditedInThread", thread, f"sender/{message.sender_id}", data)


def message_deleted(thread: Thread, message: Message) -> ChatEvent:
    data = _message_fields(thread, message) | {"deleteTime": to_event_iso(message.deleted_on or message.version)}
    return _event("ChatMessageDeletedInThread", thread, f"sender/{message.sender_id}", data)


def _event(name: str, thread: Thread, subject: str, data: dict[str, Any]) -> ChatEvent:
    data |= {"threadId": thread.id, "transactionId": secrets.token_urlsafe(16)}
    return ChatEvent(_PREFIX + name, f"thread/{thread.id}/{subject}", data)


def _thread_fields(thread: Thread, version: int) -> dict[str, Any]:
    return {"createTime": to_event_iso(thread.created_on), "version": version}


def _message_fields(thread: Thread, message: Message) -> dict[str, Any]:
    """The version is a string here, unlike in the events about threads."""
    return {
        "messageId": message.id,
        "type": _MESSAGE_TYPES[message.type],
        "version": str(message.version),
        "senderDisplayName": message.sender_display_name,
        "senderCommunicationIdentifier": identifier_model(message.sender_id or ""),
        "composeTime": to_event_iso(message.created_on),
    }


def _text_fields(message: Message) -> dict[str, Any]:
    return {"messageBody": message.content.get("message", ""), "metadata": message.metadata}


def _participant(participant: Participant) -> dict[str, Any]:
    return {
        "displayName": participant.display_name,
        "participantCommunicationIdentifier": identifier_model(participant.id),
    }
