"""Effects → ports. One short method for each effect; the answer is what the engine hears of it."""

from __future__ import annotations

from shared.application.agent_side import AgentSide
from shared.application.availability import Availability
from shared.application.customer_side import CustomerSide
from shared.application.members import Members
from shared.application.queue import TaskQueue
from shared.application.reading import known
from shared.application.recording import Recording
from shared.application.transfers import Transfers
from shared.application.waiting import Waiting
from shared.domain.effects import (
    AnnounceState,
    ClaimAgent,
    CloseConversation,
    CloseInvitation,
    CloseMessaging,
    Effect,
    EnterQueue,
    EraseConversation,
    FindAvailability,
    FindMessage,
    FindRecipients,
    ForgetCustomer,
    FreeAgent,
    FreeSlot,
    InviteAgent,
    LeaveMessage,
    LeaveQueue,
    NotifyAgent,
    OfferTask,
    ReadThread,
    RecordHistory,
    RelayToAgent,
    ReleaseAgent,
    ReviseMessage,
    SendToCustomer,
    ShowConversation,
    TransferTask,
)
from shared.domain.events import AvailabilityFound, Event, MessageShown, RecipientsFound
from shared.domain.sessions import Session
from shared.domain.tenants import Tenant
from shared.ports import (
    Ports,
    SessionRecord,
)
from shared.workflow.activities.availability_based_routing import waits_for_availability


class CarryOut:
    """Carries out one effect at a time. `number` is unique in the session and makes sends recognizable."""

    def __init__(self, ports: Ports, queue: TaskQueue, waiting: Waiting, transfers: Transfers) -> None:
        self._ports = ports
        self._queue = queue
        self._waiting = waiting
        self._transfers = transfers
        self._availability = Availability(ports)
        self._customer = CustomerSide(ports)
        self._agent = AgentSide(ports)
        self._history = Recording(ports)

    async def __call__(self, record: SessionRecord, effect: Effect, number: int, *, again: bool) -> tuple[Event, ...]:
        """Raises NotSent, OutcomeUnknown or Rejected, as the port said."""
        session = record.session
        match effect:
            case SendToCustomer():
                await self._customer.send(session, effect, number)
            case FindMessage():
                return await self._customer.find(session, effect)
            case ReviseMessage():
                await self._customer.revise(session, effect)
            case RelayToAgent():
                await self._agent.relay(record, effect, again=again)
            case NotifyAgent():
                await self._agent.notify(record, effect)
            case OfferTask():
                return await self._queue.offer(session, effect)
            case InviteAgent():
                return await self._agent.invite(record, effect)
            case CloseInvitation():
                await self._agent.close_invitation(record, effect)
            case ShowConversation():
                return await self._agent.show_conversation(record, effect)
            case CloseConversation():
                await self._agent.close_conversation(record, effect)
            case ReleaseAgent():
                await self._queue.release(session, effect)
            case ClaimAgent():
                await self._queue.claim(session, effect)
                self._agent.forget(session, effect.agent_id)
            case FreeAgent():
                await self._queue.free(session, effect)
                self._agent.forget(session, effect.agent_id)
            case EnterQueue():
                return await self._waiting.enter(session, effect.queued_at)
            case LeaveQueue():
                await self._waiting.leave(session, effect.queued_at)
            case FreeSlot():
                await self._transfers.free_slot(session, effect.contact)
            case FindAvailability() if waits_for_availability(session):
                found = await known(self._availability.of_contact(session.tenant_id, session.contact))
                return (AvailabilityFound(found.value),)
            case FindAvailability():
                # The workflow has gone on without the answer, and what it says then must not wait for it either.
                return ()
            case TransferTask():
                return await self._transfers.find(record, effect.service_id)
            case LeaveMessage():
                await self._agent.leave_message(record, effect)
                return (MessageShown(effect.agent_id),)
            case FindRecipients():
                members = await Members(self._ports).reachable(session.tenant_id, session.contact)
                return (RecipientsFound(members),)
            case AnnounceState():
                await self._ports.realtime.nudge(session.id, session.phase.value)
            case CloseMessaging():
                await self._customer.close(session)
            case EraseConversation():
                return await self._customer.erase(session, effect.chat)
            case ForgetCustomer():
                return await self._history.forget(session, effect)
            case RecordHistory():
                return await self._history.record(record)
            case ReadThread():
                raise AssertionError("the relay reads threads itself")
        return ()

    async def tenant(self, session: Session) -> Tenant:
        """The session's tenant; raises Rejected where it was deleted meanwhile."""
        return await self._customer.tenant(session)
