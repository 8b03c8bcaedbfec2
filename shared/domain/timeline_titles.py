"""What a session's timeline says in an administrator's words: names and ids, since no text of a person is in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

EFFECTS = {
    "send_to_customer": "a message to the customer",
    "find_message": "finding a message that was changed",
    "revise_message": "a change of a message",
    "relay_to_agent": "the customer's message to the agent",
    "notify_agent": "a notice to an agent",
    "offer_task": "looking for free agents",
    "invite_agent": "an invitation",
    "close_invitation": "closing an invitation",
    "release_agent": "ending a ring",
    "claim_agent": "noting the conversation with its agent",
    "free_agent": "freeing the agent",
    "show_conversation": "the agent's card of the conversation",
    "close_conversation": "closing the agent's card",
    "enter_queue": "entering the queue",
    "leave_queue": "leaving the queue",
    "free_slot": "freeing the place in the service",
    "find_availability": "looking whether the contact can be reached",
    "transfer_task": "looking for another service",
    "find_recipients": "looking who takes the left message now",
    "leave_message": "a left message for a member",
    "read_thread": "reading what the customer has written",
    "announce_state": "telling the page of the new state",
    "close_messaging": "closing the customer's access",
    "erase_conversation": "deleting the thread and the customer's identity",
    "forget_customer": "forgetting the customer's address",
    "record_history": "writing the history",
}
"""Kinds of effects, as they read within a sentence."""

TO_PERSONS = frozenset(
    {"send_to_customer", "relay_to_agent", "notify_agent", "invite_agent", "show_conversation", "leave_message"}
)

SIMPLE = {
    "SessionOpened": "The workflow began",
    "VisitorSeen": "The customer's page gave its first sign of life",
    "CustomerMessageReceived": "The customer wrote",
    "MessageBudgetExceeded": "The customer wrote more than the message budget allows",
    "AgentMessageReceived": "{agent} wrote",
    "AgentMessageRevised": "{agent} changed or deleted a message",
    "InvitationSent": "{agent} has got the invitation",
    "ConversationShown": "The agent has got the card of the conversation",
    "AgentAccepted": "{agent} accepted",
    "AgentDeclined": "{agent} declined",
    "AgentPickedUp": "{agent} took the task from the list",
    "AgentEnded": "{agent} ended the conversation",
    "AgentFreed": "An agent became free",
    "QueueEntered": "Number {position} in the queue",
    "MessageLeft": "The customer left a message",
    "MessageShown": "A member has got the left message",
    "RecipientsFound": "Members were found for the left message",
    "AvailabilityFound": "The contact was found {state}",
    "ParametersSet": "The page set custom parameters",
    "Transferred": "Transferred to {contact}",
    "TransferRefused": "The transfer was refused: {reason}",
    "CustomerEnded": "The customer ended the conversation",
    "AdministratorEnded": "An administrator ended the conversation",
    "EraseRequested": "An administrator had the customer forgotten",
    "DeliveryFailed": "Refused for good: {effect} ({reason})",
    "InDoubt": "Not known whether it happened: {effect} (for the {times}. time)",
    "PutOff": "Put off until {until}: {effect} ({reason})",
}
DEADLINES = {
    "recovery": "The customer's page was not heard of any more",
    "offer": "The time of the invitation was over",
    "queue_limit": "The longest time in the queue was over",
    "leave_again": "The left message is tried again",
    "close": "The time to read the last messages was over",
    "erase": "The retention was over",
    "erase_again": "What could not be erased is tried again",
}


def title(what: str, details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A line in words; `names` maps agents' ids to what people call them."""
    if what == "AgentsReserved":
        return _reserved(details, names)
    if what == "TimerDue":
        deadline = str(details.get("deadline_id", ""))
        return DEADLINES.get(deadline, f"The time of '{deadline}' was over")
    if what == "Delivered":
        return _delivered(details)
    agent = str(details.get("agent_id") or details.get("agent") or "")
    known = {name: str(value) for name, value in details.items()}
    known |= {"agent": names.get(agent, agent or "The agent"), "effect": effect_title(str(details.get("effect", "")))}
    return SIMPLE.get(what, what).format_map(_Known(known))


def effect_title(kind: str) -> str:
    return EFFECTS.get(kind, kind)


def _reserved(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    called = [names.get(one, one) for one in details.get("agents", ())]
    left_out: Sequence[Sequence[str]] = details.get("left_out", ())
    passed = ", ".join(f"{names.get(one, one)} ({reason.replace('_', ' ')})" for one, reason in left_out)
    told = f"It rings at {', '.join(called)}" if called else "Nobody could be asked"
    return f"{told}; not asked: {passed}" if passed else told


def _delivered(details: Mapping[str, Any]) -> str:
    kind = str(details.get("effect", ""))
    told = f"{'Delivered' if kind in TO_PERSONS else 'Done'}: {effect_title(kind)}"
    if details.get("again"):
        return f"{told}, sent again because the first attempt's outcome was not known"
    return f"{told}, found to have happened before" if details.get("found") else told


class _Known(dict[str, str]):
    """Values by name; a name that an old line does not have is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"
