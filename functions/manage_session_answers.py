"""JSON Schemas of what is answered about sessions, agents and erasures, with examples. Imported in functions only."""

from __future__ import annotations

from typing import Any

from functions.manage_answers import (
    MAYBE,
    MAYBE_MOMENT,
    MOMENT,
    NUMBER,
    OBJECT,
    TEXT,
    WHOLE,
    YES,
    listed,
    of,
    thing,
)
from functions.manage_privacy import REMAINS
from shared.application.erasure import LONGEST_ADDRESS, ErasedState
from shared.domain.availability import TeamsPresence
from shared.domain.distribution import LeftOut
from shared.domain.effects import EFFECT_KINDS
from shared.domain.history import Outcome
from shared.domain.sessions import ContactKind, EndReason, Phase


def maybe(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


def one_of(names: Any, description: str = "") -> dict[str, Any]:
    return {"enum": [one.value for one in names], **({"description": description} if description else {})}


EFFECT = {"enum": sorted(EFFECT_KINDS)}
LINE: dict[str, Any] = {
    "id": TEXT,
    "state": {"enum": ["running", "finished"]},
    "phase": one_of(Phase),
    "contact": thing(kind=one_of(ContactKind), id=TEXT, name=TEXT),
    "agent": maybe(thing(id=TEXT, name=TEXT)),
    "startedAt": MOMENT,
    "connectedAt": {**MAYBE_MOMENT, "description": "When an agent accepted."},
    "endedAt": MAYBE_MOMENT,
    "waitSeconds": {**NUMBER, "description": "From the start until an agent accepted; else to the end, or until now."},
    "handlingSeconds": {"type": ["number", "null"], "description": "From accepting to the end, or until now."},
    "outcome": maybe(one_of(Outcome, "abandoned: the customer left, or waited in vain.")),
    "endReason": maybe(one_of(EndReason)),
    "transfers": WHOLE,
    "origin": {**MAYBE, "description": "The page, until the retention is over."},
    "customer": {
        **maybe(thing(displayName=TEXT, email=TEXT)),
        "description": "Only where Store Conversation Context Data is on, until the retention is over.",
    },
}
SELECTABLE: dict[str, Any] = {"selectable": YES, "reason": maybe(one_of(LeftOut)), "explanation": MAYBE}
PLACE = {
    "enum": ["sessions", "history", "index", "acsThreads", "acsIdentities", "nativeThreads", "nativeIdentities"],
}
ERASED = {**OBJECT, "additionalProperties": WHOLE, "description": "How much was erased where, by the names of places."}

SESSION_SCHEMAS: dict[str, Any] = {
    "SessionLine": thing(**LINE),
    "SessionPage": thing(items=listed(of("SessionLine")), next=MAYBE),
    "Session": thing(
        **LINE,
        workflow=thing(id=TEXT, version=WHOLE),
        activity={**MAYBE, "description": "Where in the workflow it stands."},
        task=maybe(thing(phase=TEXT, queuedAt=MOMENT, rounds=WHOLE)),
        visitor=maybe(thing(lastSeen=MOMENT, leaving=YES)),
        readUntil=MAYBE_MOMENT,
        deadlines=listed(thing(id=TEXT, due=MOMENT)),
        pending={
            **listed(thing(number=WHOLE, effect=EFFECT, title=TEXT, doubts=WHOLE)),
            "description": "What is still to be done; `doubts` is how often its outcome was not known.",
        },
        timeline=listed(
            thing(
                at=MOMENT,
                title={**TEXT, "description": "In words."},
                what={**TEXT, "description": "The event, or Delivered, InDoubt, PutOff."},
                details=OBJECT,
                activities=listed(thing(activity=TEXT, exit=MAYBE)),
                effects=listed(thing(number=WHOLE, effect=EFFECT, title=TEXT, pending=YES)),
            )
        ),
        omitted={**WHOLE, "description": "Older lines that are left out."},
        messages={
            **maybe(listed(thing(at=MOMENT, author={"enum": ["customer", "agent", "system"]}, text=TEXT))),
            "description": "Only where Store Conversation Context Data is on.",
        },
        whyNoMessages=MAYBE,
    ),
    "Agent": thing(
        id=TEXT,
        name=TEXT,
        upn=MAYBE,
        registered={**YES, "description": "With the chat bot in Teams."},
        onDuty=YES,
        presence=one_of(TeamsPresence),
        missedInvitation={**YES, "description": "RONA: an invitation was not answered."},
        ring=maybe(thing(sessionId=TEXT, until=MOMENT, over=YES)),
        conversations=listed(TEXT),
        capacity=WHOLE,
        afterCallWorkUntil=MAYBE_MOMENT,
        idleSince=MAYBE_MOMENT,
        **SELECTABLE,
        services=listed(thing(id=TEXT, name=TEXT, **SELECTABLE)),
    ),
    "AgentPage": thing(items=listed(of("Agent")), next=MAYBE),
    "AgentReset": thing(
        agent=of("Agent"),
        changes=listed({"enum": ["missedInvitation", "ring", "afterCallWork", "conversations"]}),
    ),
    "Erase": thing(email={**TEXT, "minLength": 3, "maxLength": LONGEST_ADDRESS}),
    "Erasure": thing(
        complete={**YES, "description": "Else call again: there are more sessions, some are being erased, or refused."},
        digest={**TEXT, "description": "What stands for the address in the audit log."},
        erased=ERASED,
        sessions=listed(
            thing(
                id=TEXT,
                state=one_of(ErasedState),
                wasRunning={**YES, "description": "It ran, and was ended first."},
                transport={**MAYBE, "description": "Where its thread and identity were: acs or native."},
                reason={**MAYBE, "description": "Why it is not erased, such as the code of the messaging service."},
                fix={**MAYBE, "description": "What to do where it was refused."},
                erased={**listed(PLACE), "description": "Where something of it was erased with this call."},
                left={**listed(PLACE), "description": "Where something of it is left."},
            )
        ),
        remains={**listed(TEXT), "description": "What stays, in words."},
    ),
}

SESSION_ID = "3f1c9d2a7b4e4c5f8a6d0e1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f5"
MARIO = "a0000000-0000-4000-8000-000000000001"
SESSION_LINE = {
    "id": SESSION_ID,
    "state": "finished",
    "phase": "ended",
    "contact": {"kind": "service", "id": "sales", "name": "Lunifico Sales"},
    "agent": {"id": MARIO, "name": "Mario"},
    "startedAt": "2030-01-01T09:00:00.000Z",
    "connectedAt": "2030-01-01T09:00:12.500Z",
    "endedAt": "2030-01-01T09:04:02.000Z",
    "waitSeconds": 12.5,
    "handlingSeconds": 229.5,
    "outcome": "answered",
    "endReason": "ended_by_agent",
    "transfers": 0,
    "origin": "https://www.lunifico.example",
    "customer": None,
}
TIMELINE = [
    {
        "at": "2030-01-01T09:00:12.500Z",
        "title": "Mario accepted",
        "what": "AgentAccepted",
        "details": {"agent": MARIO, "offer_id": f"{SESSION_ID}.1"},
        "activities": [{"activity": "queue", "exit": None}],
        "effects": [{"number": 4, "effect": "claim_agent", "title": "noting the conversation", "pending": False}],
    }
]
AGENT = {
    "id": MARIO,
    "name": "Mario",
    "upn": "mario@lunifico.example",
    "registered": True,
    "onDuty": True,
    "presence": "available",
    "missedInvitation": False,
    "ring": None,
    "conversations": [],
    "capacity": 5,
    "afterCallWorkUntil": None,
    "idleSince": "2030-01-01T09:04:02.000Z",
    "selectable": True,
    "reason": None,
    "explanation": None,
    "services": [{"id": "sales", "name": "Lunifico Sales", "selectable": True, "reason": None, "explanation": None}],
}
SESSION_EXAMPLES: dict[str, Any] = {
    "SessionLine": SESSION_LINE,
    "SessionPage": {"items": [SESSION_LINE], "next": None},
    "Session": {
        **SESSION_LINE,
        "workflow": {"id": "support-chat", "version": 3},
        "activity": None,
        "task": {"phase": "cancelled", "queuedAt": "2030-01-01T09:00:01.000Z", "rounds": 1},
        "visitor": {"lastSeen": "2030-01-01T09:04:00.000Z", "leaving": False},
        "readUntil": None,
        "deadlines": [{"id": "erase", "due": "2030-01-31T09:04:02.000Z"}],
        "pending": [],
        "timeline": TIMELINE,
        "omitted": 0,
        "messages": None,
        "whyNoMessages": "Store Conversation Context Data is off, so that nothing of what was written is shown",
    },
    "Agent": AGENT,
    "AgentPage": {"items": [AGENT], "next": None},
    "AgentReset": {"agent": AGENT, "changes": ["missedInvitation"]},
    "Erase": {"email": "carla@example.org"},
    "Erasure": {
        "complete": True,
        "digest": "5b1f0e6c9f4d4c0b8d7a6e5f4c3b2a190817263544f3e2d1c0b9a8f7e6d5c4b3",
        "erased": {"sessions": 1, "history": 1, "index": 1, "acsThreads": 1, "acsIdentities": 1},
        "sessions": [
            {
                "id": SESSION_ID,
                "state": "erased",
                "wasRunning": False,
                "transport": "acs",
                "reason": None,
                "fix": None,
                "erased": ["sessions", "history", "acsThreads", "acsIdentities", "index"],
                "left": [],
            },
        ],
        "remains": list(REMAINS),
    },
}
CSV = (
    "session,state,outcome,contactKind,contactId,contactName\r\n"
    f"{SESSION_ID},finished,answered,service,sales,Lunifico Sales\r\n"
)
