"""The visitor's consent: demanded where the contact has a notice, and remembered with the text that it was given to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.domain.challenges import ChallengeKind, ChallengeSettings
from shared.domain.consent import ConsentMissing, digest_of, notice_for
from shared.domain.users import WidgetSettings
from tests.application.company import EXPOSED, HOME, MARIO, SERVICE, TENANT, form
from tests.application.world import World

ENGLISH, GERMAN = "We keep this for 30 days.", "Wir speichern das 30 Tage."
NOTICES = {"en": ENGLISH, "de": GERMAN}


def demands(world: World, notices: dict[str, str]) -> None:
    offered = WidgetSettings(consent=notices, offline_form=True)
    world.config.put(TENANT.id, replace(SERVICE, interact=replace(EXPOSED, widget=offered)))


@pytest.fixture
def asking(world: World) -> World:
    demands(world, NOTICES)
    return world


def line(world: World, session_id: str, event: str) -> dict[str, Any]:
    (found,) = world.happened(session_id, event)
    return found


async def test_what_was_agreed_to_and_when_is_kept_with_the_session_and_in_its_timeline(asking: World) -> None:
    started = await asking.starts(language="de", consent=digest_of(GERMAN))
    session = started.record.session
    await asking.passes(5)

    assert session.consent is not None
    assert (session.consent.digest, session.consent.agreed_at) == (digest_of(GERMAN), session.created_at)
    told = line(asking, session.id, "SessionOpened")["consent"]
    assert told["digest"] == digest_of(GERMAN)
    assert datetime.fromisoformat(told["agreed_at"]) == session.created_at


@pytest.mark.parametrize("given", [None, digest_of("An older text."), "0" * 64])
async def test_without_it_nothing_begins(asking: World, given: str | None) -> None:
    await asking.registers(MARIO)
    asking.config.put(TENANT.id, replace(TENANT, challenge=ChallengeSettings(ChallengeKind.TURNSTILE, "key", "env:S")))
    for begin in (asking.app.sessions.start, asking.app.left_messages.leave):
        with pytest.raises(ConsentMissing) as refused:
            await begin(form(consent=given, challenge_token="solved"), HOME)
        assert (refused.value.code, refused.value.visitor_code.value) == ("consent_missing", "invalid")
    assert asking.sessions.rows == {}
    assert "challenges.verify" not in asking.calls, "no challenge is used up"


async def test_the_notice_in_another_language_of_the_contact_will_do(asking: World) -> None:
    assert await asking.starts(language="de", consent=digest_of(ENGLISH))


async def test_a_start_that_is_repeated_after_the_notice_was_changed_gets_its_session(asking: World) -> None:
    first = await asking.starts(consent=digest_of(ENGLISH))
    demands(asking, {"en": "A new text."})
    again = await asking.starts(consent=digest_of(ENGLISH))

    assert again.record.session.id == first.record.session.id
    assert again.record.session.consent == first.record.session.consent


async def test_where_nothing_is_asked_nothing_is_kept(world: World) -> None:
    started = await world.starts(consent=digest_of(ENGLISH))
    await world.passes(5)

    assert started.record.session.consent is None
    assert "consent" not in line(world, started.record.session.id, "SessionOpened")


async def test_a_message_that_is_left_keeps_it_too(asking: World) -> None:
    await asking.registers(MARIO)
    await asking.app.left_messages.leave(form(consent=digest_of(ENGLISH)), HOME)

    (session_id,) = asking.sessions.rows
    assert line(asking, session_id, "MessageLeft")["consent"]["digest"] == digest_of(ENGLISH)


@pytest.mark.parametrize(
    ("notices", "language", "expected"),
    [
        ({}, "de", None),
        ({"en": ""}, "de", None),
        (NOTICES, "de", GERMAN),
        (NOTICES, "fr", ENGLISH),
        (NOTICES, None, ENGLISH),
        ({"de": GERMAN}, "fr", GERMAN),
    ],
)
def test_the_notice_is_in_the_best_language(
    notices: dict[str, str], language: str | None, expected: str | None
) -> None:
    assert notice_for(notices, language, "en") == expected
