"""The chat operations on messages, read receipts and typing notifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.acs import chat_events, limits
from local.acs.bodies import ReadReceiptBody, SendMessageBody, TypingBody, UpdateMessageBody, parse
from local.acs.chat_events import ChatEvent
from local.acs.errors import AcsError, bad_request, forbidden, not_found
from local.acs.identifiers import identifier_model
from local.acs.moments import from_iso, now_milliseconds, to_iso
from local.acs.operations import ANY_CHAT, Answer, Call, Operation
from local.acs.paging import next_link, page_by_position, page_size
from local.acs.state import Message, ReadReceipt, State, Thread
from local.acs.threads import API_VERSION

LARGEST_MESSAGE_BYTES = 28 * 1024  # documented


@dataclass(frozen=True)
class MessageOperations:
    state: State
    publish: Callable[[ChatEvent], None]

    def operations(self) -> list[Operation]:
        def operation(
            name: str, method: str, path: str, budget: limits.Budget, handle: Callable[[Call], Answer]
        ) -> Operation:
            return Operation(name, method, "/chat/threads/{thread_id}" + path, API_VERSION, budget, handle, ANY_CHAT)

        one = "/messages/{message_id}"
        return [
            operation("sendMessage", "POST", "/messages", limits.CHANGE_MESSAGES, self.send),
            operation("listMessages", "GET", "/messages", limits.LIST_MESSAGES, self.list_messages),
            operation("getMessage", "GET", one, limits.GET_MESSAGE, self.get),
            operation("updateMessage", "PATCH", one, limits.CHANGE_MESSAGES, self.update),
            operation("deleteMessage", "DELETE", one, limits.CHANGE_MESSAGES, self.delete),
            operation("sendReadReceipt", "POST", "/readReceipts", limits.SEND_RECEIPT, self.send_receipt),
            operation("listReadReceipts", "GET", "/readReceipts", limits.READ_RECEIPTS, self.list_receipts),
            operation("sendTypingNotification", "POST", "/typing", limits.SEND_TYPING, self.send_typing),
        ]

    def send(self, call: Call) -> Answer:
        thread = self._thread(call)
        body = parse(SendMessageBody, call.body)
        _require_size(body.content, body.metadata)
        message = thread.append(body.type, {"message": body.content}, call.user_id)
        message.sender_display_name = body.sender_display_name
        message.metadata = body.metadata
        self.state.changed(thread)
        self.publish(chat_events.message_received(thread, message))
        return Answer(201, {"id": message.id})

    def list_messages(self, call: Call) -> Answer:
        """Newest first; the link to the next page names the last message given, so that new ones do not shift it."""
        earliest = from_iso(call.query["startTime"]) if "startTime" in call.query else 0
        before = _sync_state(call)
        visible = [
            message
            for message in reversed(self._visible(call))
            if message.created_on >= earliest and (before is None or message.sequence_id < before)
        ]
        size = page_size(call)
        page: dict[str, Any] = {"value": [message_model(message) for message in visible[:size]]}
        if len(visible) > size:
            page["nextLink"] = next_link(call, syncState=str(visible[size - 1].sequence_id))
        return Answer(200, page)

    def get(self, call: Call) -> Answer:
        return Answer(200, message_model(self._message(call)))

    def update(self, call: Call) -> Answer:
        message = self._own_message(call)
        thread = self._thread(call)
        body = parse(UpdateMessageBody, call.body)
        if body.content is not None:
            message.content = {"message": body.content}
        if body.metadata is not None:
            message.metadata = body.metadata
        message.edited_on = message.version = thread.next_moment()
        self.state.changed(thread)
        self.publish(chat_events.message_edited(thread, message))
        return Answer(204)

    def delete(self, call: Call) -> Answer:
        message = self._own_message(call)
        thread = self._thread(call)
        if message.deleted_on is None:
            message.content, message.metadata = {}, {}
            message.deleted_on = message.version = thread.next_moment()
            self.state.changed(thread)
            self.publish(chat_events.message_deleted(thread, message))
        return Answer(204)

    def send_receipt(self, call: Call) -> Answer:
        thread = self._thread(call)
        message_id = parse(ReadReceiptBody, call.body).chat_message_id
        thread.read_receipts[call.user_id] = ReadReceipt(call.user_id, message_id, now_milliseconds())
        self.state.changed(thread)
        return Answer(200)

    def list_receipts(self, call: Call) -> Answer:
        receipts = [
            {
                "senderCommunicationIdentifier": identifier_model(receipt.user_id),
                "chatMessageId": receipt.message_id,
                "readOn": to_iso(receipt.read_on),
            }
            for receipt in self._thread(call).read_receipts.values()
        ]
        return Answer(200, page_by_position(call, receipts))

    def send_typing(self, call: Call) -> Answer:
        self._thread(call)
        parse(TypingBody, call.body)
        return Answer(200)

    def _thread(self, call: Call) -> Thread:
        return self.state.thread(call.path["thread_id"], call.user_id)

    def _visible(self, call: Call) -> list[Message]:
        thread = self._thread(call)
        shared_from = thread.participants[call.user_id].share_history_time or 0
        return [message for message in thread.messages if message.created_on >= shared_from]

    def _message(self, call: Call) -> Message:
        for message in self._visible(call):
            if message.id == call.path["message_id"]:
                return message
        raise not_found("The message does not exist.")

    def _own_message(self, call: Call) -> Message:
        message = self._message(call)
        if message.sender_id != call.user_id:
            raise forbidden("Only its sender may change a message.")
        return message


def message_model(message: Message) -> dict[str, Any]:
    """The message as the REST API shows it; members without a value are left out."""
    sender = None if message.sender_id is None else identifier_model(message.sender_id)
    model: dict[str, Any] = {
        "id": message.id,
        "type": message.type,
        "sequenceId": str(message.sequence_id),
        "version": str(message.version),
        "content": message.content or None,
        "senderDisplayName": message.sender_display_name,
        "createdOn": to_iso(message.created_on),
        "senderCommunicationIdentifier": sender,
        "editedOn": None if message.edited_on is None else to_iso(message.edited_on),
        "deletedOn": None if message.deleted_on is None else to_iso(message.deleted_on),
        "metadata": message.metadata,
    }
    return {name: value for name, value in model.items() if value is not None}


def _require_size(content: str, metadata: dict[str, str]) -> None:
    texts = [content, *metadata.keys(), *metadata.values()]
    if sum(len(text.encode()) for text in texts) > LARGEST_MESSAGE_BYTES:
        raise AcsError(413, "RequestEntityTooLarge", "A message can have at most 28 KB.")


def _sync_state(call: Call) -> int | None:
    text = call.query.get("syncState")
    if text is None:
        return None
    if not text.isdecimal():
        raise bad_request("syncState is not one that this service gave.")
    return int(text)
