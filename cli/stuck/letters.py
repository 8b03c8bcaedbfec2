"""Events and timers that got stuck, as one list; and what makes the app look again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from cli.errors import CommandError, ExitCode, NothingFound
from cli.storage_account import MOST_MESSAGES, QueuedMessage, Storage

CONTAINER = "dead-letter"
POISON = "-poison"
SESSION_TIMERS, PRESENCE_TIMERS = "session-timers", "presence-timers"
INDEX = "index"
MESSAGE_RECEIVED = "Microsoft.Communication.ChatMessageReceivedInThread"
PLAIN = "@!$&()*+,;=-._~|"
"""Signs that keys of rows hold as they are."""
HIDDEN = dict.fromkeys(("messageBody", "senderDisplayName", "metadata"), "(hidden; --with-texts)")
"""What customers and agents have written, in events of ACS."""


class NotReplayable(CommandError):
    """Nothing would come of it."""

    exit_code = ExitCode.NOT_ACCEPTED
    code = "not_replayable"


@dataclass(frozen=True)
class Letter:
    """`id` names it: the blob's name, or queue and message id. `about` holds no text that anybody has written."""

    id: str
    kind: str
    at: str
    reason: str
    about: str

    def document(self) -> dict[str, str]:
        return {"id": self.id, "kind": self.kind, "at": self.at, "reason": self.reason, "about": self.about}


class Stuck:
    """What got stuck in one deployment's storage account."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def events(self) -> Iterator[Letter]:
        """Events that Event Grid could not deliver, as they come; a blob may hold several."""
        try:
            for name, changed in self._storage.blobs(CONTAINER):
                for event in self._read(name):
                    yield _event(name, changed, event)
        except NothingFound:
            return  # without ACS there is no such container

    def timers(self) -> Iterator[Letter]:
        """Timer messages that have failed five times, the first 32 of each queue."""
        for queue in (SESSION_TIMERS, PRESENCE_TIMERS):
            for message in self._storage.peek(queue + POISON):
                yield _timer(queue + POISON, message)

    def show(self, letter_id: str) -> Any:
        """All that is known of one; raises NothingFound. It may hold customers' texts."""
        queue, _, message_id = letter_id.partition("/")
        if not queue.endswith(POISON):
            return self._read(letter_id)
        found = next((one for one in self._storage.peek(queue) if one.id == message_id), None)
        if found is None:
            raise _missing(letter_id)
        return {"queue": queue, "id": found.id, "inserted": found.inserted, "message": _parsed(found.text)}

    def replay(self, letter_id: str) -> list[str]:
        """Have the app look again, and take the letter away then; what was done, in sentences.

        Twice does no harm: a look at a session where nothing is to be done changes nothing. Raises NothingFound,
        NotReplayable.
        """
        queue, _, message_id = letter_id.partition("/")
        if queue.endswith(POISON):
            return [self._replay_timer(queue, message_id)]
        events = self._read(letter_id)
        wanted = {self._session_of(event) for event in events}
        if None in wanted:
            raise NotReplayable(
                "its conversation is over and forgotten, or it is no chat message: nothing would come of it",
                f"it is deleted after deadLetterRetentionDays; to see it: interact deadletter show {letter_id}",
            )
        sessions = sorted(session for session in wanted if session)
        for session in sessions:
            due = datetime.now(UTC).isoformat()
            self._storage.put(SESSION_TIMERS, json.dumps({"session": session, "reason": "replayed", "due": due}))
        self._storage.delete_blob(CONTAINER, letter_id)
        return [f"session {session} is looked at" for session in sessions]

    def _replay_timer(self, queue: str, message_id: str) -> str:
        """Back into the queue where it comes from: first there, then away from here, so that it is never lost."""
        taken = self._storage.take(queue)
        wanted = next((one for one in taken if one.id == message_id), None)
        if wanted is not None:
            self._storage.put(queue.removesuffix(POISON), wanted.text)
            self._storage.remove(queue, wanted)
        for other in taken:
            if other is not wanted:
                self._storage.give_back(queue, other)
        if wanted is None:
            raise _missing(f"{queue}/{message_id}")
        return f"it is in {queue.removesuffix(POISON)} again"

    def _session_of(self, event: Mapping[str, Any]) -> str | None:
        """The session whose thread the message is in, while the app remembers it."""
        data = event.get("data")
        if event.get("eventType") != MESSAGE_RECEIVED or not isinstance(data, dict):
            return None
        row = self._storage.row(INDEX, quote(str(data.get("threadId", "")), safe=PLAIN), "session")
        return str(row["session"]) if row else None

    def _read(self, name: str) -> list[dict[str, Any]]:
        document = _parsed(self._storage.read_blob(CONTAINER, name).decode("utf-8-sig"))
        found = document if isinstance(document, list) else [document]
        return [one if isinstance(one, dict) else {"unreadable": True} for one in found]


def is_full(letters: list[Letter], queue: str) -> bool:
    """Whether there may be more messages in a queue than were seen."""
    return sum(one.id.startswith(f"{queue}{POISON}/") for one in letters) >= MOST_MESSAGES


def _event(name: str, changed: str, event: Mapping[str, Any]) -> Letter:
    reason = f"{event.get('deadLetterReason', 'unknown')}, {event.get('lastDeliveryOutcome', 'unknown')}"
    attempts = event.get("deliveryAttempts")
    told = f"{reason} after {attempts} attempts" if attempts is not None else reason
    kind = str(event.get("eventType", "an unreadable event")).removeprefix("Microsoft.Communication.")
    return Letter(name, kind, str(event.get("lastDeliveryAttemptTime") or changed), told, str(event.get("topic", "")))


def _timer(queue: str, message: QueuedMessage) -> Letter:
    content = _parsed(message.text)
    about = (
        {name: content[name] for name in ("session", "tenant", "reason") if name in content}
        if isinstance(content, dict)
        else {}
    )
    told = ", ".join(f"{name} {value}" for name, value in about.items()) or "unreadable"
    return Letter(f"{queue}/{message.id}", "timer", message.inserted, "failed five times", told)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"unreadable": True}


def _missing(letter_id: str) -> NothingFound:
    return NothingFound(f"there is nothing of the id {letter_id} among what can be seen", "interact deadletter list")


def texts_hidden(value: Any, hidden: Mapping[str, str]) -> Any:
    """A document without the values of some names, wherever they stand."""
    if isinstance(value, dict):
        return {name: hidden.get(name) or texts_hidden(one, hidden) for name, one in value.items()}
    if isinstance(value, list):
        return [texts_hidden(one, hidden) for one in value]
    return value
