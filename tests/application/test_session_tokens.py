"""The session token: it counts for one session, on the page that it was issued to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.application import Application
from shared.application.admission import Caller
from shared.domain.errors import Unauthenticated
from tests.application.company import ELSEWHERE, HOME, TENANT
from tests.application.world import World

TIMEOUT = TENANT.session_recovery_timeout

Verb = Callable[[Application, str, str, Caller], Awaitable[Any]]
VERBS: dict[str, Verb] = {
    "resume": lambda app, session_id, token, caller: app.sessions.resume(session_id, token, caller),
    "refresh": lambda app, session_id, token, caller: app.sessions.refresh(session_id, token, caller),
    "heartbeat": lambda app, session_id, token, caller: app.sessions.heartbeat(
        session_id, token, caller, leaving=False
    ),
    "end": lambda app, session_id, token, caller: app.sessions.end(session_id, token, caller),
}
verbs = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())


@verbs
async def test_the_token_of_another_session_is_refused(world: World, verb: Verb) -> None:
    mine, other = await world.starts("key-1"), await world.starts("key-2")

    with pytest.raises(Unauthenticated) as refused:
        await verb(world.app, other.record.session.id, mine.token, HOME)

    assert refused.value.code == "session_token_foreign"


@verbs
@pytest.mark.parametrize("caller", [ELSEWHERE, Caller(None)], ids=["another page", "no page"])
async def test_a_token_counts_only_on_the_page_that_it_was_issued_to(world: World, verb: Verb, caller: Caller) -> None:
    started = await world.starts()

    with pytest.raises(Unauthenticated) as refused:
        await verb(world.app, started.record.session.id, started.token, caller)

    assert refused.value.code == "session_token_origin"


@verbs
async def test_what_is_no_token_is_refused(world: World, verb: Verb) -> None:
    started = await world.starts()

    with pytest.raises(Unauthenticated):
        await verb(world.app, started.record.session.id, "not a token", HOME)


@verbs
async def test_a_refused_call_touches_nothing(world: World, verb: Verb) -> None:
    started = await world.starts()
    world.calls.clear()

    with pytest.raises(Unauthenticated):
        await verb(world.app, started.record.session.id, started.token, ELSEWHERE)

    assert world.calls == []


@verbs
async def test_a_session_that_was_erased_is_not_known_any_more(world: World, verb: Verb) -> None:
    started = await world.starts()
    world.sessions.rows.clear()

    with pytest.raises(Unauthenticated) as refused:
        await verb(world.app, started.record.session.id, started.token, HOME)

    assert refused.value.code == "session_unknown"
