"""Messages that visitors leave while nobody is there: each member gets one card, however often the page asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.application.members import MOST_REACHED as MOST_MEMBERS
from shared.domain.challenges import ChallengeKind, ChallengeRefused, ChallengeSettings
from shared.domain.errors import Conflict, InvalidRequest, NobodyToTell, NotSent, OutcomeUnknown, Refused, Rejected
from shared.domain.history import Outcome
from shared.domain.sessions import ContactKind, ContactReference, EndReason, Phase
from shared.domain.users import WidgetSettings
from shared.ports import BotConversation, LeftMessageView
from tests.application.centre import put, team
from tests.application.company import EXPOSED, HOME, LUISA, MARIO, SERVICE, TENANT, form
from tests.application.faults import Around, HostDied, dies_at, fails
from tests.application.world import World

WITH_FORM = replace(EXPOSED, widget=WidgetSettings(offline_form=True))
TEXT = "Do you deliver to Basel?"


@pytest.fixture
async def world() -> World:
    centre = World()
    centre.config.put(TENANT.id, replace(SERVICE, interact=WITH_FORM))
    await centre.registers(MARIO, LUISA)
    return centre


async def leaves(world: World, key: str = "key-1", around: Around | None = None, **changes: Any) -> None:
    app = world.host(around) if around else world.app
    await app.left_messages.leave(form(key, **changes), HOME)


def got(world: World) -> dict[str, list[str]]:
    return {user.id: world.shown(user, "leave_message") for user in (MARIO, LUISA)}


async def test_all_members_get_the_message_as_a_card(world: World) -> None:
    await leaves(world)

    assert got(world) == {"mario": [TEXT], "luisa": [TEXT]}


async def test_it_is_in_the_history_as_a_session_that_ended_with_it_and_nothing_else_was_made(world: World) -> None:
    await leaves(world)

    (entry,) = world.history.entries.values()
    session = world.session(entry.session_id)
    assert (entry.outcome, entry.end_reason) == (Outcome.MESSAGE_LEFT, EndReason.MESSAGE_LEFT)
    assert (session.phase, session.channels) == (Phase.ENDED, ())
    assert (world.identity.visitors, world.messaging.threads, world.queue.taken) == ([], {}, {})
    assert TEXT not in repr(world.sessions.rows)


async def test_repeating_it_with_the_same_key_changes_nothing(world: World) -> None:
    for _ in range(3):
        await leaves(world)

    assert got(world) == {"mario": [TEXT], "luisa": [TEXT]}
    assert len(world.sessions.rows) == 1


async def test_a_repetition_after_everybody_has_gone_is_fine(world: World) -> None:
    await leaves(world)
    for user in (MARIO, LUISA):
        await world.app.conversations.unregister(world.activity(user))

    await leaves(world)


async def test_another_message_with_the_same_key_is_a_conflict(world: World) -> None:
    await leaves(world)

    with pytest.raises(Conflict):
        await leaves(world, message="Something else")

    assert got(world)["mario"] == [TEXT]


async def test_a_message_and_a_conversation_may_have_the_same_key(world: World) -> None:
    await leaves(world, "key-1")

    assert await world.opens("key-1")
    assert len(world.sessions.rows) == 2


# --- refused ---------------------------------------------------------------------------------------------------------


async def test_a_contact_whose_setting_is_off_takes_no_messages(world: World) -> None:
    put(world)

    with pytest.raises(InvalidRequest):
        await leaves(world)

    assert world.sessions.rows == {}


async def test_a_page_that_may_not_talk_to_the_contact_may_leave_nothing(world: World) -> None:
    with pytest.raises(Refused):
        await leaves(world, contact=ContactReference(ContactKind.SERVICE, "unknown"))


async def test_where_no_member_is_registered_nobody_can_be_told_and_nothing_is_stored(world: World) -> None:
    for user in (MARIO, LUISA):
        await world.app.conversations.unregister(world.activity(user))

    with pytest.raises(NobodyToTell):
        await leaves(world)
    assert world.sessions.rows == {}

    await world.registers(MARIO)
    await leaves(world)
    assert got(world)["mario"] == [TEXT]


async def test_a_challenge_has_to_be_solved_for_it(world: World) -> None:
    challenge = ChallengeSettings(ChallengeKind.TURNSTILE, "site-key", "env:SECRET")
    world.config.put(TENANT.id, replace(TENANT, challenge=challenge))

    with pytest.raises(ChallengeRefused):
        await leaves(world)

    assert world.sessions.rows == {}


async def test_those_who_are_off_duty_or_busy_get_it_too_and_no_more_than_fit_into_a_transaction(world: World) -> None:
    many = team(MOST_MEMBERS + 5)
    put(world, members=many)
    world.config.put(TENANT.id, replace(SERVICE, interact=WITH_FORM, members=tuple(user.id for user in many)))
    await world.registers(*many)
    await world.app.duty.set_duty(world.activity(many[0]), on=False)

    await leaves(world)
    await world.passes(120)

    assert sum(len(world.shown(user, "leave_message")) for user in many) == MOST_MEMBERS
    assert world.shown(many[0], "leave_message") == [TEXT]


# --- interrupted -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 12))
async def test_one_that_broke_off_anywhere_is_left_once_by_its_repetition(world: World, number: int) -> None:
    try:
        await leaves(world, around=dies_at(number, before_the_effect=True))
    except HostDied:
        world.clock.advance(3)
    await leaves(world)
    await world.passes(120)

    assert got(world) == {"mario": [TEXT], "luisa": [TEXT]}


async def test_once_it_is_stored_the_page_is_done_and_the_cards_are_sent_as_often_as_it_takes(world: World) -> None:
    await leaves(world, around=fails("agents.leave_message", NotSent("throttled", retry_after=30)))
    assert got(world)["mario"] == []

    await world.passes(40)

    assert got(world) == {"mario": [TEXT], "luisa": [TEXT]}


async def test_a_member_who_has_blocked_the_bot_does_not_keep_the_others_from_it(world: World) -> None:
    await leaves(world, around=fails("agents.leave_message", Rejected("blocked", "bot_blocked")))

    assert sorted(map(len, got(world).values())) == [0, 1]
    assert len(world.history.entries) == 1


async def test_a_card_whose_sending_is_in_doubt_comes_again_rather_than_never(world: World) -> None:
    await leaves(world, around=fails("agents.leave_message", OutcomeUnknown("timed out")))
    await world.passes(timedelta(minutes=2).total_seconds())

    assert got(world) == {"mario": [TEXT], "luisa": [TEXT]}


# --- refused by everybody --------------------------------------------------------------------------------------------


class Blocking:
    """Members who have blocked the bot refuse every card."""

    def __init__(self, *blocked: str) -> None:
        self.blocked = set(blocked)
        self.tried: list[str] = []

    def on(self, world: World) -> Blocking:
        send = world.agents.leave_message

        async def refuse(to: BotConversation, view: LeftMessageView) -> None:
            self.tried.append(to.conversation_id)
            if any(user in to.conversation_id for user in self.blocked):
                raise Rejected("blocked", "bot_blocked")
            await send(to, view)

        world.agents.leave_message = refuse  # type: ignore[method-assign]  # as the connector answers then
        return self


async def test_a_message_that_every_member_refuses_is_kept_and_reaches_them_later(world: World) -> None:
    blocking = Blocking(MARIO.id, LUISA.id).on(world)
    await leaves(world)
    assert got(world) == {"mario": [], "luisa": []}
    assert TEXT in repr(world.sessions.rows)

    await world.passes(timedelta(minutes=25).total_seconds())
    assert len(blocking.tried) == 2 * 2

    blocking.blocked = {MARIO.id}
    await world.passes(timedelta(hours=1).total_seconds())

    assert got(world) == {"mario": [], "luisa": [TEXT]}
    assert TEXT not in repr(world.sessions.rows)
    tried = len(blocking.tried)
    await world.passes(timedelta(days=1).total_seconds())
    assert len(blocking.tried) == tried


async def test_who_becomes_a_member_meanwhile_gets_it(world: World) -> None:
    Blocking(MARIO.id, LUISA.id).on(world)
    await leaves(world)
    (new,) = team(1)
    world.config.put(TENANT.id, new, replace(SERVICE, interact=WITH_FORM, members=(MARIO.id, new.id)))
    await world.registers(new)

    await world.passes(timedelta(minutes=30).total_seconds())

    assert world.shown(new, "leave_message") == [TEXT]


async def test_it_waits_for_somebody_to_register_again(world: World) -> None:
    blocking = Blocking(MARIO.id, LUISA.id).on(world)
    await leaves(world)
    for user in (MARIO, LUISA):
        await world.app.conversations.unregister(world.activity(user))
    await world.passes(timedelta(hours=1).total_seconds())
    blocking.blocked = set()
    await world.registers(MARIO)

    await world.passes(timedelta(hours=2).total_seconds())

    assert world.shown(MARIO, "leave_message") == [TEXT]


async def test_tries_become_rare_and_end_with_the_retention_and_so_does_the_text(world: World) -> None:
    world.config.put(TENANT.id, replace(TENANT, retention_days=3))
    blocking = Blocking(MARIO.id, LUISA.id).on(world)
    await leaves(world)

    await world.passes(timedelta(days=4).total_seconds())

    assert 2 * 10 <= len(blocking.tried) <= 2 * 20
    assert TEXT not in repr(world.sessions.rows)
    assert got(world) == {"mario": [], "luisa": []}


async def test_the_timeline_says_who_has_refused_it_and_who_has_got_it_and_never_what_it_says(world: World) -> None:
    blocking = Blocking(MARIO.id, LUISA.id).on(world)
    await leaves(world)
    blocking.blocked = {LUISA.id}
    await world.passes(timedelta(minutes=30).total_seconds())

    (session_id,) = world.sessions.rows
    failed = [(line["agent_id"], line["reason"]) for line in world.happened(session_id, "DeliveryFailed")]
    assert failed[:2] == [("mario", "bot_blocked"), ("luisa", "bot_blocked")]
    assert [line["agent_id"] for line in world.happened(session_id, "MessageShown")] == ["mario"]
