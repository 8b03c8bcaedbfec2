"""axe objects to nothing, whatever the state of the widget and the desk."""

from __future__ import annotations

import pytest

from tests.browser import violations
from tests.journeys.conftest import People
from tests.journeys.stack import Stack


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_widget_and_desk_are_accessible_through_a_conversation(stack: Stack, people: People, scheme: str) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    for watched in (carla, mario):
        await watched.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    await carla.open_chat(stack.run["preview"]["user"])
    assert await violations(carla.page) == []
    await carla.start("Can everybody read this?")
    assert await violations(carla.page) == []
    await mario.invitation(carla.name).wait_for()
    assert await violations(mario.page) == []
    await mario.accepts(carla.name)
    await mario.writes("Everybody can.")
    await carla.sees("Everybody can.")
    for watched in (carla, mario):
        assert await violations(watched.page) == []
    await carla.ends()
    await carla.sees_the_end()
    await mario.sees_the_end(carla.name)
    for watched in (carla, mario):
        assert await violations(watched.page) == []
