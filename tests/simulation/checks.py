"""What must hold of a story: at each invitation, and when all of it is over."""

from __future__ import annotations

from shared.domain.sessions import ContactKind, Phase, TaskPhase
from shared.ports import InvitationView
from tests.simulation.agent_people import AgentPerson
from tests.simulation.native import check_thread
from tests.simulation.people import Visitor
from tests.simulation.world import World


def check_single_offer(world: World, agent_id: str, view: InvitationView) -> None:
    """At the moment of an invitation the agent holds no other offer that counts."""
    for session_id, rows in world.sessions.rows.items():
        task = rows.session.task
        if session_id == view.session_id or task is None or task.phase is not TaskPhase.OFFERED:
            continue
        in_time = task.until is not None and world.clock.now() < task.until
        mine = world.sessions.rows[view.session_id].session.task
        is_live = mine is not None and mine.offer_id == view.offer_id and mine.phase is TaskPhase.OFFERED
        if in_time and is_live and task.invitation(agent_id) is not None:
            world.violations.append(f"{agent_id} is offered {session_id} and {view.session_id} at the same time")


def check_everything(world: World, agents: list[AgentPerson], visitors: list[Visitor]) -> int:
    repeats = 0
    for visitor in visitors:
        _check_state(world, visitor)
        if world.is_native:
            check_thread(visitor)
        _check_customer_side(world, agents, visitor)
        repeats += _check_agent_side(world, visitor)
    for agent in agents:
        record = world.agent_store.records.get(("tenant", agent.user_id))
        if record is None or record.state.conversations:
            world.violations.append(f"{agent.user_id} is left Connected: {record and record.state.conversations}")
        elif record.state.ring is not None and _still_rings(world, record.state.ring.session_id):
            world.violations.append(f"{agent.user_id} is left Ringing")
    left = {session_id: count for session_id, count in world.pending_timers.items() if count}
    if left:
        world.violations.append(f"timer messages left: {left}")
    if any(world.queue.hints.values()):
        world.violations.append(f"hints left: {world.queue.hints}")
    if any(world.queue.taken.values()) or any(world.queue.places.values()):
        world.violations.append(f"slots left: {world.queue.taken} {world.queue.places}")
    return repeats


def _still_rings(world: World, session_id: str) -> bool:
    task = world.sessions.rows[session_id].session.task
    return task is not None and task.phase in (TaskPhase.OFFERED, TaskPhase.OFFERING)


def _check_state(world: World, visitor: Visitor) -> None:
    rows = world.sessions.rows.get(visitor.session_id)
    if rows is None:
        world.violations.append(f"visitor {visitor.number} has no session")
        return
    session, name = rows.session, f"session of visitor {visitor.number}"
    if session.phase is not Phase.ENDED:
        world.violations.append(f"{name} did not end: {session.phase}, {session.task}, {rows.relay}")
    if rows.effects:
        world.violations.append(f"{name} has effects left: {rows.effects}")
    if session.deadlines:
        world.violations.append(f"{name} has deadlines left: {session.deadlines}")
    if session.contact.kind is ContactKind.SERVICE and rows.definition.workflow.id != session.contact.id:
        world.violations.append(f"{name} is in {session.contact.id} by the workflow {rows.definition.workflow.id}")
    chat = session.chat
    if chat is not None and chat.visitor_id in world.messaging.participants[chat.thread_id]:
        world.violations.append(f"{name}: the visitor is still in the thread")


def _check_customer_side(world: World, agents: list[AgentPerson], visitor: Visitor) -> None:
    """Every agent message exactly once and in order; every system message at most once."""
    thread = world.messaging.threads[visitor.thread_id]
    relayed = [m for m in thread if m.metadata.get("kind") == "agent"]
    texts = [message.text for message in relayed]
    expected = [text for agent in agents for text in agent.sent.get(visitor.session_id, [])]
    uncertain = {text for agent in agents for text in agent.uncertain}
    if [text for text in texts if text not in uncertain] != [text for text in expected if text not in uncertain]:
        world.violations.append(f"visitor {visitor.number} read {texts} instead of {expected}")
    effects = [m.metadata["effectId"] for m in thread if "effectId" in m.metadata]
    if len(effects) != len(set(effects)):
        world.violations.append(f"visitor {visitor.number}: something was sent twice: {effects}")


def _check_agent_side(world: World, visitor: Visitor) -> int:
    """Nothing lost, nothing out of order; repeats only directly after the original, and marked."""
    session = world.sessions.rows[visitor.session_id].session
    shown = [sent for sent in world.agents.sent if sent.what == "relay" and sent.session_id == visitor.session_id]
    once: list[str] = []
    repeats = 0
    for sent in shown:
        if once and once[-1] == sent.text:
            repeats += 1
            if not sent.again:
                world.violations.append(f"{sent.text} is repeated without a mark")
        elif sent.text in once:
            world.violations.append(f"{sent.text} is repeated out of place")
        else:
            once.append(sent.text)
    if once != visitor.written[: len(once)]:
        world.violations.append(f"the agent read {once} instead of {visitor.written}")
    if session.agent is not None and len(once) < len(visitor.written):
        thread = world.messaging.threads[visitor.thread_id]
        refused = [m for m in thread if m.metadata.get("event") == "undelivered"]
        if len(once) + len(refused) < len(visitor.written):
            lost = visitor.written[len(once) :]
            world.violations.append(f"{lost} were neither shown to the agent nor refused visibly ({len(refused)})")
    return repeats
