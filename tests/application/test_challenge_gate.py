"""The tenant's challenge: without its token nothing is created, each token counts once, and a repeat needs no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.challenges import ChallengeKind, ChallengeRefused, ChallengeSettings
from shared.domain.errors import PortError, Rejected
from shared.domain.users import WidgetSettings
from tests.application.company import EXPOSED, HOME, MARIO, SERVICE, TENANT, form
from tests.application.world import World

CHALLENGE = ChallengeSettings(ChallengeKind.TURNSTILE, "site", "env:SECRET")


@pytest.fixture
def guarded(world: World) -> World:
    """The tenant has set a challenge; the token `solved` counts."""
    world.config.put(TENANT.id, replace(TENANT, challenge=CHALLENGE))
    world.challenges.solved.add("solved")
    return world


def nothing_was_created(world: World) -> bool:
    return world.sessions.rows == {} and world.identity.visitors == [] and world.messaging.threads == {}


async def test_without_a_challenge_no_provider_is_asked(world: World) -> None:
    await world.starts(challenge_token="whatever")
    assert world.challenges.asked == 0


async def test_a_solved_challenge_lets_the_visitor_start(guarded: World) -> None:
    started = await guarded.starts(challenge_token="solved")
    assert started.record.session.id in guarded.sessions.rows


@pytest.mark.parametrize("token", [None, "", "made up"])
async def test_without_a_token_that_counts_nothing_is_created(guarded: World, token: str | None) -> None:
    with pytest.raises(ChallengeRefused):
        await guarded.starts(challenge_token=token)
    assert nothing_was_created(guarded)


async def test_a_token_starts_one_session(guarded: World) -> None:
    await guarded.starts("key-1", challenge_token="solved")
    with pytest.raises(ChallengeRefused):
        await guarded.starts("key-2", challenge_token="solved")


async def test_a_repeat_that_finds_its_session_needs_no_second_verification(guarded: World) -> None:
    first = await guarded.starts(challenge_token="solved")
    again = await guarded.starts(challenge_token=None)
    assert again.record.session.id == first.record.session.id
    assert guarded.challenges.asked == 1


async def test_a_repeat_after_a_failure_behind_the_gate_passes_with_the_same_token(guarded: World) -> None:
    guarded.away.add("identity.create_visitor")
    with pytest.raises(PortError):
        await guarded.starts(challenge_token="solved")
    guarded.away.clear()
    await guarded.starts(challenge_token="solved")
    assert guarded.challenges.asked == 1


async def test_while_the_provider_does_not_answer_nobody_is_let_in_and_nothing_is_created(guarded: World) -> None:
    guarded.challenges.is_down = True
    with pytest.raises(PortError):
        await guarded.starts(challenge_token="solved")
    assert nothing_was_created(guarded)
    guarded.challenges.is_down = False
    await guarded.starts(challenge_token="solved")


async def test_a_secret_that_the_provider_refuses_is_no_fault_of_the_visitor(guarded: World) -> None:
    guarded.config.put(TENANT.id, replace(TENANT, challenge=replace(CHALLENGE, secret="")))
    with pytest.raises(Rejected):
        await guarded.starts(challenge_token="solved")
    assert nothing_was_created(guarded)


async def test_a_message_is_left_with_a_solved_challenge_and_its_repeat_without(guarded: World) -> None:
    guarded.config.put(TENANT.id, replace(SERVICE, interact=replace(EXPOSED, widget=WidgetSettings(offline_form=True))))
    await guarded.registers(MARIO)
    with pytest.raises(ChallengeRefused):
        await guarded.app.left_messages.leave(form("key-1"), HOME)
    await guarded.app.left_messages.leave(form("key-1", challenge_token="solved"), HOME)
    await guarded.app.left_messages.leave(form("key-1"), HOME)
    assert guarded.challenges.asked == 1
