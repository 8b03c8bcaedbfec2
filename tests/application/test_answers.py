"""What a pressed button answers follows from the session, not from the button: cards may be old."""

from __future__ import annotations

from dataclasses import replace

from shared.application.agents import Answer
from shared.application.occasions import Happened
from shared.domain.events import CustomerEnded
from shared.domain.sessions import EndReason, Phase
from tests.application.company import LUISA, MARIO
from tests.application.world import World


async def ringing(world: World) -> tuple[str, str]:
    """Mario is invited; the session and the offer."""
    await world.registers(MARIO)
    session_id = await world.opens()
    return session_id, world.task(session_id).offer_id


async def test_declining_is_answered_so_however_often_it_arrives(world: World) -> None:
    session_id, offer_id = await ringing(world)

    for _ in range(2):
        answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)
        assert answer == Answer("declined", "Carla Customer")


async def test_declining_on_the_old_card_after_accepting_declines_nothing(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)

    answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)

    assert answer == Answer("accepted", "Carla Customer")
    assert world.session(session_id).phase is Phase.CONNECTED


async def test_declining_what_a_colleague_has_taken_says_who(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)

    answer = await world.app.conversations.decline(world.activity(LUISA), session_id, offer_id)

    assert answer == Answer("taken", "Carla Customer", "Mario")


async def test_declining_too_late_is_no_decline(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.passes(31)

    answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)

    assert answer == Answer("expired", "Carla Customer")


async def test_an_earlier_refusal_does_not_stand_for_a_later_invitation(world: World) -> None:
    session_id, first_offer = await ringing(world)
    await world.app.conversations.decline(world.activity(), session_id, first_offer)
    rows = world.sessions.rows[session_id]
    assert rows.session.task is not None
    rows.session = replace(rows.session, task=replace(rows.session.task, offer_id=f"{session_id}.9"))

    answer = await world.app.conversations.decline(world.activity(), session_id, f"{session_id}.9")

    assert answer == Answer("expired", "Carla Customer")


async def test_declining_a_conversation_of_one_s_own_that_is_over_says_so(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)
    await world.app.conversations.end(world.activity(), session_id)

    answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)

    assert answer == Answer("ended", "Carla Customer")


async def test_ending_what_the_customer_has_ended_says_that_it_was_over(world: World) -> None:
    session_id = await world.connected()
    await world.app.relay.look(session_id, Happened(CustomerEnded()))

    answer = await world.app.conversations.end(world.activity(), session_id)

    assert answer == Answer("over", "Carla Customer")
    assert world.session(session_id).end_reason is EndReason.CUSTOMER


async def test_ending_somebody_else_s_conversation_ends_nothing_and_says_no_such_thing(world: World) -> None:
    session_id = await world.connected()

    answer = await world.app.conversations.end(world.activity(LUISA), session_id)

    assert answer.outcome != "ended"
    assert world.session(session_id).phase is Phase.CONNECTED
