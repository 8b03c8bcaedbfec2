"""What an agent does with an invitation and at the end, and what the bot answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.application.agents import Answer
from shared.domain.distribution import AgentState
from shared.domain.sessions import EndReason, Phase
from tests.application.company import LUISA, MARIO, TENANT
from tests.application.world import World


def state(world: World) -> AgentState:
    return world.agent_store.records[(TENANT.id, "mario")].state


async def ringing(world: World) -> tuple[str, str]:
    """Mario is invited; the session and the offer."""
    await world.registers(MARIO)
    session_id = await world.opens()
    return session_id, world.task(session_id).offer_id


# --- accept and decline ----------------------------------------------------------------------------------------------


async def test_accepting_connects_and_shows_the_conversation(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("accepted", "Carla Customer")
    assert world.shown(what="show_conversation") == [
        "Do you want to end the instant message session with Carla Customer?"
    ]
    assert world.shown() == ["Do you deliver to Basel?"]


async def test_pressing_accept_twice_is_accepted_twice_and_shown_once(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.app.conversations.accept(world.activity(), session_id, offer_id)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer.outcome == "accepted"
    assert len(world.shown(what="show_conversation")) == 1


async def test_who_comes_too_late_learns_who_was_faster(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)

    answer = await world.app.conversations.accept(world.activity(LUISA), session_id, offer_id)

    assert answer == Answer("taken", "Carla Customer", "Mario")


async def test_an_invitation_expires(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.passes(30)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("expired", "Carla Customer")


async def test_an_invitation_whose_session_is_over_was_withdrawn(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.passes(301)
    assert world.session(session_id).phase is Phase.ENDED

    assert (await world.app.conversations.accept(world.activity(), session_id, offer_id)).outcome == "withdrawn"


async def test_accepting_a_conversation_of_one_s_own_that_is_over_says_so(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)
    await world.app.conversations.end(world.activity(), session_id)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("ended", "Carla Customer")


async def test_who_was_not_invited_cannot_accept(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.accept(world.activity(LUISA), session_id, offer_id)

    assert answer.outcome == "expired"
    assert world.session(session_id).agent is None


@pytest.mark.parametrize("verb", ["accept", "decline", "end", "reply"])
async def test_an_agent_of_another_tenant_learns_nothing(world: World, verb: str) -> None:
    session_id, offer_id = await ringing(world)
    stranger = replace(world.activity(), tenant_id="elsewhere")
    world.config.put("elsewhere", replace(TENANT, id="elsewhere", widget_key="another-key"), LUISA)
    stranger = replace(stranger, user_id="luisa")
    conversations = world.app.conversations

    answer = await {
        "accept": lambda: conversations.accept(stranger, session_id, offer_id),
        "decline": lambda: conversations.decline(stranger, session_id, offer_id),
        "end": lambda: conversations.end(stranger, session_id),
        "reply": lambda: conversations.reply(stranger, session_id, "Hello"),
    }[verb]()

    assert answer.customer_name == ""
    assert answer.outcome in ("expired", "over", "ended")
    assert world.session(session_id).phase is Phase.WAITING


async def test_a_user_whom_the_configuration_does_not_know_cannot_accept(world: World) -> None:
    session_id, offer_id = await ringing(world)
    world.config.documents[TENANT.id] = {
        key: document for key, document in world.config.documents[TENANT.id].items() if key.id != "mario"
    }

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("expired")
    assert world.session(session_id).agent is None


async def test_declining_frees_the_agent_for_others(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)

    assert answer == Answer("declined", "Carla Customer")
    assert (state(world).ring, state(world).missed) == (None, None)
    assert [sent.outcome for sent in world.agents.of("chat-mario", "close_invitation")] == ["declined"]


async def test_an_unknown_session_is_expired_or_over_like_any_that_is_gone(world: World) -> None:
    conversations = world.app.conversations

    assert await conversations.accept(world.activity(), "unknown", "unknown.1") == Answer("expired")
    assert await conversations.decline(world.activity(), "unknown", "unknown.1") == Answer("expired")
    assert await conversations.end(world.activity(), "unknown") == Answer("over")
    assert await conversations.reply(world.activity(), "unknown", "Hello") == Answer("ended")


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_the_agent_ends_and_the_customer_reads_so(world: World) -> None:
    session_id = await world.connected()

    answer = await world.app.conversations.end(world.activity(), session_id)

    assert answer == Answer("ended", "Carla Customer")
    assert world.session(session_id).end_reason is EndReason.AGENT
    assert world.read_by_customer(session_id)[-1] == "Mario has ended the conversation."
    assert world.shown(what="close_conversation") == ["You have ended this conversation."]
    assert state(world).conversations == ()


async def test_ending_twice_says_so_once(world: World) -> None:
    session_id = await world.connected()

    for _ in range(2):
        assert (await world.app.conversations.end(world.activity(), session_id)).outcome == "ended"

    assert world.read_by_customer(session_id).count("Mario has ended the conversation.") == 1


async def test_nobody_else_can_end_a_conversation(world: World) -> None:
    session_id = await world.connected()

    await world.app.conversations.end(world.activity(LUISA), session_id)

    assert world.session(session_id).phase is Phase.CONNECTED
