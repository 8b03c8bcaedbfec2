"""Who is writing is shown to the other side: best effort, now and then, and without a write of any table."""

from __future__ import annotations

import logging
from datetime import timedelta

from shared.application.admission import Caller
from shared.application.agents import Activity
from shared.application.recently import Recently
from shared.application.sessions import Sessions
from shared.application.throttle import Throttle
from shared.domain.errors import PortError
from shared.domain.sessions import Phase
from shared.ports import AgentRecord, Ports

EVERY = timedelta(seconds=3)
"""An indicator is shown for some seconds; the Bot Connector takes 60 activities of a chat in 30 s, with messages."""
REMEMBER_AGENT = timedelta(seconds=60)

logger = logging.getLogger(__name__)


class TypingIndicators:
    """Each process throttles for itself."""

    def __init__(self, ports: Ports, sessions: Sessions) -> None:
        self._ports = ports
        self._sessions = sessions
        self._agents: Recently[tuple[str, str], AgentRecord | None] = Recently(ports.clock, REMEMBER_AGENT)
        self._throttle = Throttle(ports.clock, EVERY)

    async def of_customer(self, session_id: str, token: str, caller: Caller) -> None:
        """The customer is writing: the connected agent sees it. Raises Unauthenticated, or a PortError."""
        self._sessions.check(session_id, token, caller)
        if self._throttle.is_soon(session_id):
            return
        session = (await self._sessions.resume(session_id, token, caller)).session
        if not self._throttle.take(session_id) or session.phase is not Phase.CONNECTED or session.agent is None:
            return
        tenant_id, agent_id = session.tenant_id, session.agent.id
        try:
            agent = await self._agents.get(
                (tenant_id, agent_id), lambda: self._ports.agent_store.read(tenant_id, agent_id)
            )
            # All customers of an agent write into the same chat.
            if agent is not None and agent.conversation is not None and self._throttle.take(f"{tenant_id} {agent_id}"):
                await self._ports.agents.show_typing(agent.conversation)
        except PortError as error:
            logger.info("session %s: nobody sees the customer writing: %s", session_id, error.code)

    async def of_agent(self, activity: Activity) -> None:
        """The agent is writing: the customer of the one open conversation sees it; of several it is anybody's guess."""
        if not self._throttle.take(f"agent {activity.tenant_id} {activity.user_id}"):
            return
        try:
            agent = await self._ports.agent_store.read(activity.tenant_id, activity.user_id)
        except PortError as error:
            logger.info("nobody sees an agent writing: %s", error.code)
            return
        if agent is not None and len(agent.state.conversations) == 1:
            await self._ports.realtime.show_typing(agent.state.conversations[0])
