"""Agents: how they stand and why they get no tasks, and what sets one right again. Imported in functions only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.manage_http import moment, query_number, query_text, reply
from shared import bootstrap
from shared.domain.distribution import LeftOut

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.agent_overview import AgentView
    from shared.domain.administrators import Administrator

EXPLANATIONS = {
    LeftOut.UNKNOWN_USER: "is no user of the tenant any more",
    LeftOut.NO_LICENCE: "has no Instant Messaging licence",
    LeftOut.NOT_REGISTERED: "is not registered with the chat bot; that is done in Teams",
    LeftOut.OFF_DUTY: "is off duty; only the agent changes that",
    LeftOut.DID_NOT_ANSWER: "has not answered an invitation (RONA), and presses Available again, or is reset",
    LeftOut.RINGING: "is being invited to a conversation right now",
    LeftOut.AFTER_CALL_WORK: "has after-call work, until its time is over or the agent says ready",
    LeftOut.AT_CAPACITY: "has as many conversations as one agent may have",
    LeftOut.BUSY_IN_TEAMS: "is busy in Teams, and the service does not select who is",
    LeftOut.DO_NOT_DISTURB: "does not want to be disturbed in Teams",
    LeftOut.AWAY_IN_TEAMS: "is away in Teams, and the service does not select who is",
    LeftOut.OFFLINE_IN_TEAMS: "is offline in Teams",
}


async def list_agents(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """A page of agents, or of a service's members."""
    top = query_number(req, "top", 50, (1, 200))
    after = query_text(req, "after", 2_000) or None
    page = await bootstrap.application().agent_overview.page(who, query_text(req, "serviceId"), after, top)
    return reply({"items": [agent_json(one) for one in page.items], "next": page.next})


async def read_agent(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """How one agent stands."""
    return reply(agent_json(await bootstrap.application().agent_overview.read(who, parts["id"])))


async def reset_agent(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """Take away what keeps an agent from tasks and is not so any more."""
    reset = await bootstrap.application().agent_overview.reset(who, parts["id"])
    return reply({"agent": agent_json(reset.agent), "changes": list(reset.changes)})


def agent_json(view: AgentView) -> dict[str, Any]:
    """An agent with the reason, in words as well, for which no task comes."""
    state, user = view.state, view.user
    ring = state.ring if state is not None else None
    shown_ring = None
    if ring is not None:
        shown_ring = {"sessionId": ring.session_id, "until": moment(ring.until), "over": view.is_ring_over}
    return {
        "id": view.user_id,
        "name": user.display_name if user is not None else view.user_id,
        "upn": user.upn if user is not None else None,
        "registered": state is not None and state.registered,
        "onDuty": state is not None and state.on_duty,
        "presence": view.presence.value,
        "missedInvitation": state is not None and state.missed is not None,
        "ring": shown_ring,
        "conversations": list(state.conversations) if state is not None else [],
        "capacity": view.capacity,
        "afterCallWorkUntil": moment(state.after_call_until) if state is not None else None,
        "idleSince": moment(state.idle_since) if state is not None else None,
        **_selectable(view.reason),
        "services": [
            {"id": one.service.id, "name": one.service.name, **_selectable(one.reason)} for one in view.services
        ],
    }


def _selectable(reason: LeftOut | None) -> dict[str, Any]:
    if reason is None:
        return {"selectable": True, "reason": None, "explanation": None}
    return {"selectable": False, "reason": reason.value, "explanation": EXPLANATIONS.get(reason, reason.value)}
