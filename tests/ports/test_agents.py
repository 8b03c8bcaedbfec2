"""What the agents' side has to do: cards and messages in the chat with the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from shared.adapters.memory import MemoryAgents
from shared.adapters.teams_state_cards import TeamsCards
from shared.domain.agent_texts import agent_text
from shared.ports import Agents, BotConversation, ConversationView, InvitationView, TaskLine, TasksView
from tests.ports import cards
from tests.ports.desk import LUISA, Desk, running_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVITATION = InvitationView("session-1", "offer-1", "Lunifico Sales", "Carla Customer", "You have a new message")
CONVERSATION = ConversationView("session-1", "Lunifico Sales", "Carla Customer", "carla@example.org", "End it?")


@dataclass(frozen=True)
class Shown:
    """One message of the bot: id and text, which for a card are its blocks; which buttons there are."""

    id: str
    text: str
    buttons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Side:
    """The agents' side, an agent's chat, and what the agent sees in it now."""

    agents: Agents
    to: BotConversation
    shown: Callable[[], Awaitable[list[Shown]]]
    typing: Callable[[], Awaitable[int]]


def seen_in(memory: MemoryAgents) -> list[Shown]:
    """What a chat would show of the recorded calls: updates replace the card that they name."""
    messages: dict[str, Shown] = {}
    for number, sent in enumerate(each for each in memory.sent if each.what != "show_typing"):
        mark = "(sent again)" if sent.again else ""
        words = (sent.customer_name, mark, sent.text, sent.outcome, sent.taken_by or "", *cards.texts(sent.card))
        key = sent.card_id or str(number)
        language = sent.conversation.language
        titles = {
            "invite": [agent_text("accept", language), agent_text("decline", language)],
            "show_conversation": [agent_text("end", language)],
            "relay": [agent_text("send", language), agent_text("end", language)] if sent.with_reply else [],
            "ask_which": [agent_text("send_to", language, customer=name) for _, name in sent.options],
            "show": cards.buttons(sent.card),
        }
        messages[key] = Shown(key, " ".join(words), frozenset(titles.get(sent.what, [])))
    return list(messages.values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Desk]:
    async with running_desk() as desk:
        yield desk


@pytest_asyncio.fixture(params=["memory", "desk"], loop_scope="module")
async def side(request: pytest.FixtureRequest, running: Desk) -> Side:
    if request.param == "memory":
        memory = MemoryAgents()

        async def shown_in_memory() -> list[Shown]:
            return seen_in(memory)

        async def typed_in_memory() -> int:
            return len([sent for sent in memory.sent if sent.what == "show_typing"])

        return Side(memory, BotConversation("https://smba.example/", "a:luisa"), shown_in_memory, typed_in_memory)
    desk = await running.cleaned()

    async def shown_at_desk() -> list[Shown]:
        found = []
        for message in await desk.messages():
            attached = [attachment["content"] for attachment in message["attachments"]]
            assert [cards.faults(card) for card in attached] == [[] for _ in attached]
            words = [message["text"], *cards.texts(attached), *cards.facts(attached).values()]
            found.append(Shown(message["id"], " ".join(words), frozenset(cards.buttons(attached))))
        return found

    async def typed_at_desk() -> int:
        return int((await desk.standin("GET", f"conversations/{LUISA.id}"))["typed"])

    return Side(desk.agents, await desk.install(), shown_at_desk, typed_at_desk)


async def test_an_invitation_is_shown_with_its_buttons(side: Side) -> None:
    card_id = await side.agents.invite(side.to, INVITATION)
    (shown,) = await side.shown()
    assert (shown.id, set(shown.buttons)) == (card_id, {"Accept", "Decline"})
    assert "You have a new message" in shown.text
    assert "Carla Customer" in shown.text


async def test_a_closed_invitation_takes_its_own_place(side: Side) -> None:
    card_id = await side.agents.invite(side.to, INVITATION)
    for _ in range(2):
        await side.agents.close_invitation(side.to, card_id, "Carla Customer", "taken", "Mario")
    (shown,) = await side.shown()
    assert (shown.id, shown.buttons) == (card_id, frozenset())
    assert "Mario" in shown.text


async def test_a_conversation_is_shown_and_closed(side: Side) -> None:
    card_id = await side.agents.show_conversation(side.to, CONVERSATION)
    (shown,) = await side.shown()
    assert (shown.id, set(shown.buttons)) == (card_id, {"End"})
    await side.agents.close_conversation(side.to, card_id, "Carla Customer", "Carla Customer has left.")
    (closed,) = await side.shown()
    assert (closed.id, closed.buttons) == (card_id, frozenset())
    assert "Carla Customer has left." in closed.text


async def test_messages_arrive_in_the_order_of_sending(side: Side) -> None:
    for text in ("Hello", "Are you there?"):
        await side.agents.relay(side.to, "session-1", "Carla Customer", text, again=False, with_reply=False)
    await side.agents.notify(side.to, "Carla Customer has left.")
    texts = [shown.text for shown in await side.shown()]
    assert ["Hello" in texts[0], "Are you there?" in texts[1], "has left" in texts[2]] == [True] * 3
    assert ["Carla Customer" in text for text in texts] == [True] * 3


@pytest.mark.parametrize("with_reply", [False, True])
async def test_a_repeated_message_is_marked(side: Side, with_reply: bool) -> None:
    for again in (False, True):
        await side.agents.relay(side.to, "session-1", "Carla", "Hello", again=again, with_reply=with_reply)
    first, second = await side.shown()
    assert "(sent again)" not in first.text
    assert "(sent again)" in second.text


async def test_a_message_among_several_conversations_can_be_answered_in_place(side: Side) -> None:
    await side.agents.relay(side.to, "session-1", "Carla Customer", "Hello", again=False, with_reply=True)
    (shown,) = await side.shown()
    assert shown.buttons == {"Send", "End"}


async def test_an_agent_is_asked_to_whom_a_text_belongs(side: Side) -> None:
    options = [("session-1", "Carla Customer"), ("session-2", "Otto")]
    await side.agents.ask_which(side.to, "Good morning", options)
    (shown,) = await side.shown()
    assert shown.buttons == {"Send to Carla Customer", "Send to Otto"}


async def test_a_card_is_shown_as_it_was_made(side: Side) -> None:
    card = TeamsCards().tasks(TasksView((TaskLine("session-1", "Lunifico Sales", "Carla Customer", 42),)), "en")
    await side.agents.show(side.to, card, "Waiting tasks")
    (shown,) = await side.shown()
    assert shown.buttons == {"Pick up", "Refresh"}
    assert "Carla Customer" in shown.text


async def test_typing_is_seen_and_leaves_nothing_behind(side: Side) -> None:
    before = await side.typing()
    await side.agents.show_typing(side.to)
    assert await side.typing() == before + 1
    assert await side.shown() == []


async def test_an_agent_of_a_german_tenant_reads_german(side: Side) -> None:
    await side.agents.show_conversation(replace(side.to, language="de"), CONVERSATION)
    (shown,) = await side.shown()
    assert shown.buttons == {"Beenden"}
