"""The chat operations on threads and their participants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local.acs import chat_events, limits
from local.acs.bodies import (
    AddParticipantsBody,
    CreateThreadBody,
    IdentifierBody,
    ParticipantBody,
    UpdateThreadBody,
    parse,
)
from local.acs.chat_events import ChatEvent
from local.acs.errors import bad_request, not_found
from local.acs.identifiers import identifier_model, is_acs_user, new_thread_id, raw_id_of
from local.acs.moments import from_iso, now_milliseconds, to_iso
from local.acs.operations import ANY_CHAT, FULL_CHAT, JOINING_CHAT, Answer, Call, Operation
from local.acs.paging import page_by_position
from local.acs.state import Participant, State, Thread

API_VERSION = "2024-03-07"
MOST_PARTICIPANTS = 250  # documented
MOST_PARTICIPANTS_AT_ONCE = 200  # documented for both creating and adding


@dataclass(frozen=True)
class ThreadOperations:
    state: State
    publish: Callable[[ChatEvent], None]

    def operations(self) -> list[Operation]:
        def operation(
            name: str,
            method: str,
            path: str,
            budget: limits.Budget,
            handle: Callable[[Call], Answer],
            scopes: frozenset[str],
        ) -> Operation:
            return Operation(name, method, "/chat/threads" + path, API_VERSION, budget, handle, scopes)

        one = "/{thread_id}"
        people = one + "/participants"
        return [
            operation("createThread", "POST", "", limits.CREATE_THREAD, self.create, FULL_CHAT),
            operation("listThreads", "GET", "", limits.READ_THREADS, self.list_threads, ANY_CHAT),
            operation("getThread", "GET", one, limits.READ_THREADS, self.get, ANY_CHAT),
            operation("updateThread", "PATCH", one, limits.UPDATE_THREAD, self.update, FULL_CHAT),
            operation("deleteThread", "DELETE", one, limits.DELETE_THREAD, self.delete, FULL_CHAT),
            operation("listParticipants", "GET", people, limits.LIST_PARTICIPANTS, self.list_participants, ANY_CHAT),
            operation("addParticipants", "POST", people + "/:add", limits.CHANGE_PARTICIPANTS, self.add, JOINING_CHAT),
            operation(
                "removeParticipant", "POST", people + "/:remove", limits.CHANGE_PARTICIPANTS, self.remove, JOINING_CHAT
            ),
        ]

    def create(self, call: Call) -> Answer:
        body = parse(CreateThreadBody, call.body)
        repeated = self._repeated(call)
        if repeated is not None:
            return Answer(201, {"chatThread": _properties(repeated), "invalidParticipants": []})
        known, invalid = self._sort_out(body.participants)
        now = now_milliseconds()
        thread = Thread(new_thread_id(), body.topic, call.user_id, now, repeatability_id=call.repeatability_id)
        thread.participants[call.user_id] = Participant(call.user_id)
        thread.participants |= {participant.id: participant for participant in known}
        _require_room(thread)
        thread.append("participantAdded", _people_content(list(thread.participants.values()), call.user_id))
        thread.append("topicUpdated", _topic_content(thread, call.user_id))
        self.state.add(thread)
        self.publish(chat_events.thread_created(thread))
        return Answer(201, {"chatThread": _properties(thread), "invalidParticipants": invalid})

    def list_threads(self, call: Call) -> Answer:
        earliest = from_iso(call.query["startTime"]) if "startTime" in call.query else 0
        mine = [
            _item(thread)
            for thread in self.state.threads.values()
            if call.user_id in thread.participants and thread.created_on >= earliest
        ]
        return Answer(200, page_by_position(call, mine))

    def get(self, call: Call) -> Answer:
        return Answer(200, _properties(self._thread(call)))

    def update(self, call: Call) -> Answer:
        thread = self._thread(call)
        thread.topic = parse(UpdateThreadBody, call.body).topic
        message = thread.append("topicUpdated", _topic_content(thread, call.user_id))
        self.state.changed(thread)
        self.publish(chat_events.topic_updated(thread, call.user_id, message.created_on))
        return Answer(204)

    def delete(self, call: Call) -> Answer:
        thread = self.state.threads.get(call.path["thread_id"])
        if thread is not None and thread.deleted_on is not None and call.user_id in thread.participants:
            return Answer(204)
        thread = self._thread(call)
        thread.deleted_on = thread.next_moment()
        thread.messages.clear()
        thread.read_receipts.clear()
        self.state.changed(thread)
        self.publish(chat_events.thread_deleted(thread, call.user_id, thread.deleted_on))
        return Answer(204)

    def list_participants(self, call: Call) -> Answer:
        participants = self._thread(call).participants.values()
        return Answer(200, page_by_position(call, [_participant_model(participant) for participant in participants]))

    def add(self, call: Call) -> Answer:
        thread = self._thread(call)
        known, invalid = self._sort_out(parse(AddParticipantsBody, call.body).participants)
        new = [participant for participant in known if participant.id not in thread.participants]
        _require_room(thread, len(new))
        if new:
            thread.participants |= {participant.id: participant for participant in new}
            message = thread.append("participantAdded", _people_content(new, call.user_id))
            self.state.changed(thread)
            for participant in new:
                self.publish(chat_events.participant_added(thread, participant, call.user_id, message.created_on))
        return Answer(201, {"invalidParticipants": invalid})

    def remove(self, call: Call) -> Answer:
        thread = self._thread(call)
        user_id = raw_id_of(parse(IdentifierBody, call.body).model_dump())
        participant = thread.participants.pop(user_id, None)
        if participant is None:
            raise not_found("The user is not a participant of the thread.")
        message = thread.append("participantRemoved", _people_content([participant], call.user_id))
        self.state.changed(thread)
        self.publish(chat_events.participant_removed(thread, participant, call.user_id, message.created_on))
        return Answer(204)

    def _thread(self, call: Call) -> Thread:
        return self.state.thread(call.path["thread_id"], call.user_id)

    def _repeated(self, call: Call) -> Thread | None:
        """The thread that the same user created before with the same repeatability id."""
        if call.repeatability_id is None:
            return None
        thread_id = self.state.repeated.get((call.user_id, call.repeatability_id))
        return None if thread_id is None else self.state.threads[thread_id]

    def _sort_out(self, bodies: Sequence[ParticipantBody]) -> tuple[list[Participant], list[dict[str, Any]]]:
        """Those who can join, and an error for each ACS user whom this resource does not know."""
        if len(bodies) > MOST_PARTICIPANTS_AT_ONCE:
            raise bad_request(f"At most {MOST_PARTICIPANTS_AT_ONCE} participants can be given at once.")
        known, invalid = [], []
        for body in bodies:
            participant = _participant(body)
            if is_acs_user(participant.id) and participant.id not in self.state.identities:
                invalid.append({"code": "404", "message": "The user does not exist.", "target": participant.id})
            else:
                known.append(participant)
        return known, invalid


def _participant(body: ParticipantBody) -> Participant:
    shared_from = from_iso(body.share_history_time) if body.share_history_time else None
    return Participant(raw_id_of(body.communication_identifier), body.display_name, shared_from)


def _require_room(thread: Thread, more: int = 0) -> None:
    if len(thread.participants) + more > MOST_PARTICIPANTS:
        raise bad_request(f"A thread can have at most {MOST_PARTICIPANTS} participants.")


def _people_content(participants: Sequence[Participant], initiator_id: str) -> dict[str, Any]:
    return {
        "participants": [_participant_model(participant) for participant in participants],
        "initiatorCommunicationIdentifier": identifier_model(initiator_id),
    }


def _topic_content(thread: Thread, initiator_id: str) -> dict[str, Any]:
    return {"topic": thread.topic, "initiatorCommunicationIdentifier": identifier_model(initiator_id)}


def _participant_model(participant: Participant) -> dict[str, Any]:
    model: dict[str, Any] = {"communicationIdentifier": identifier_model(participant.id)}
    if participant.display_name is not None:
        model["displayName"] = participant.display_name
    if participant.share_history_time is not None:
        model["shareHistoryTime"] = to_iso(participant.share_history_time)
    return model


def _properties(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.id,
        "topic": thread.topic,
        "createdOn": to_iso(thread.created_on),
        "createdByCommunicationIdentifier": identifier_model(thread.created_by),
        **_deletion(thread),
    }


def _item(thread: Thread) -> dict[str, Any]:
    item = {"id": thread.id, "topic": thread.topic, **_deletion(thread)}
    if thread.messages:
        item["lastMessageReceivedOn"] = to_iso(thread.messages[-1].created_on)
    return item


def _deletion(thread: Thread) -> dict[str, str]:
    return {} if thread.deleted_on is None else {"deletedOn": to_iso(thread.deleted_on)}
