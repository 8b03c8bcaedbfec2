"""Everything that the engine can ask the world to do. Saved with the state, then carried out in order.

`kind` is stored with each effect and names it; a text is deleted with its effect once that is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from shared.domain.parameters import Agent
from shared.domain.sessions import ChatChannel, ContactReference


@dataclass(frozen=True)
class SendToCustomer:
    """A message in the customer's thread, by an agent or by the system; `event` tells the widget what it means.

    `key` names the message for later; `target` is the id of the message that the event is about.
    """

    text: str
    sender: str
    author: Literal["agent", "system"]
    event: str | None = None
    key: str | None = None
    target: str | None = None
    kind: Literal["send_to_customer"] = "send_to_customer"


@dataclass(frozen=True)
class FindMessage:
    """Look in the customer's thread for the message that is to be changed; the answer is MessageFound."""

    key: str
    text: str | None
    kind: Literal["find_message"] = "find_message"


@dataclass(frozen=True)
class ReviseMessage:
    """Change a message in the customer's thread, or delete it (`text` None)."""

    message_id: str
    text: str | None
    kind: Literal["revise_message"] = "revise_message"


@dataclass(frozen=True)
class RelayToAgent:
    """A message of the customer, to the agent."""

    agent_id: str
    text: str
    kind: Literal["relay_to_agent"] = "relay_to_agent"


@dataclass(frozen=True)
class NotifyAgent:
    """A system message to an agent."""

    agent_id: str
    text: str
    kind: Literal["notify_agent"] = "notify_agent"


@dataclass(frozen=True)
class OfferTask:
    """Find and reserve agents; `passed_over` are those who declined lately. The answer is AgentsReserved."""

    offer_id: str
    distribution: str
    until: datetime
    ring_seconds: int
    passed_over: tuple[str, ...] = ()
    kind: Literal["offer_task"] = "offer_task"


@dataclass(frozen=True)
class InviteAgent:
    """The invitation card; the answer is InvitationSent."""

    agent: Agent
    offer_id: str
    text: str
    kind: Literal["invite_agent"] = "invite_agent"


@dataclass(frozen=True)
class CloseInvitation:
    """Replace an invitation card by what became of it: accepted, taken, expired, declined, withdrawn."""

    agent_id: str
    card_id: str
    outcome: str
    taken_by: str | None = None
    kind: Literal["close_invitation"] = "close_invitation"


@dataclass(frozen=True)
class ReleaseAgent:
    """End the ring of an offer; `missed` sets the RONA flag."""

    agent_id: str
    offer_id: str
    missed: bool = False
    kind: Literal["release_agent"] = "release_agent"


@dataclass(frozen=True)
class ClaimAgent:
    """The ring becomes a conversation."""

    agent_id: str
    offer_id: str
    kind: Literal["claim_agent"] = "claim_agent"


@dataclass(frozen=True)
class FreeAgent:
    """The conversation is over for this agent; after so many seconds of after-call work the next task can come."""

    agent_id: str
    after_call_work: int = 0
    kind: Literal["free_agent"] = "free_agent"


@dataclass(frozen=True)
class ShowConversation:
    """The card with *End* for the agent who accepted; the answer is ConversationShown."""

    agent_id: str
    end_question: str
    kind: Literal["show_conversation"] = "show_conversation"


@dataclass(frozen=True)
class CloseConversation:
    """The conversation card loses its actions."""

    agent_id: str
    card_id: str
    text: str
    kind: Literal["close_conversation"] = "close_conversation"


@dataclass(frozen=True)
class EnterQueue:
    """Insert the hint that this session waits; repeated by the watchdog. The answer is QueueEntered."""

    queued_at: datetime
    kind: Literal["enter_queue"] = "enter_queue"


@dataclass(frozen=True)
class LeaveQueue:
    """Delete the hint."""

    queued_at: datetime
    kind: Literal["leave_queue"] = "leave_queue"


@dataclass(frozen=True)
class FreeSlot:
    """The task counts no longer against the service's cap."""

    contact: ContactReference
    kind: Literal["free_slot"] = "free_slot"


@dataclass(frozen=True)
class FindAvailability:
    """Look whether the contact can be reached; the answer is AvailabilityFound."""

    kind: Literal["find_availability"] = "find_availability"


@dataclass(frozen=True)
class TransferTask:
    """Find another service and a slot there; the answer is Transferred or TransferRefused."""

    service_id: str
    kind: Literal["transfer_task"] = "transfer_task"


@dataclass(frozen=True)
class LeaveMessage:
    """A message left for a member while nobody was there, as a card; the answer is MessageShown."""

    agent_id: str
    text: str
    kind: Literal["leave_message"] = "leave_message"


@dataclass(frozen=True)
class FindRecipients:
    """Find who can get a card now for the message that was left; the answer is RecipientsFound."""

    kind: Literal["find_recipients"] = "find_recipients"


@dataclass(frozen=True)
class ReadThread:
    """Read what the customer has written since the cursor; each message comes back as an event."""

    kind: Literal["read_thread"] = "read_thread"


@dataclass(frozen=True)
class AnnounceState:
    """Tell the visitor's widget at once that the session's state has changed."""

    kind: Literal["announce_state"] = "announce_state"


@dataclass(frozen=True)
class CloseMessaging:
    """Revoke the visitor's token and remove the visitor from the thread."""

    kind: Literal["close_messaging"] = "close_messaging"


@dataclass(frozen=True)
class EraseConversation:
    """Delete the thread and the visitor's identity; the answer is ConversationErased, with what is gone."""

    chat: ChatChannel
    kind: Literal["erase_conversation"] = "erase_conversation"


@dataclass(frozen=True)
class ForgetCustomer:
    """Delete the row by which the session is found by its customer's address, unless something is left to erase.

    Who has forgotten the address names it by its `digests`. The answer is StillFound where the row stays.
    """

    address: str
    digests: tuple[str, ...] = ()
    kind: Literal["forget_customer"] = "forget_customer"


@dataclass(frozen=True)
class RecordHistory:
    """Add the finished session to the history; the answer is HistoryRecorded."""

    kind: Literal["record_history"] = "record_history"


Effect = (
    SendToCustomer
    | FindMessage
    | ReviseMessage
    | RelayToAgent
    | NotifyAgent
    | OfferTask
    | InviteAgent
    | CloseInvitation
    | ReleaseAgent
    | ClaimAgent
    | FreeAgent
    | ShowConversation
    | CloseConversation
    | EnterQueue
    | LeaveQueue
    | FreeSlot
    | FindAvailability
    | TransferTask
    | LeaveMessage
    | FindRecipients
    | ReadThread
    | AnnounceState
    | CloseMessaging
    | EraseConversation
    | ForgetCustomer
    | RecordHistory
)
EFFECT_KINDS = frozenset(one.kind for one in get_args(Effect))
