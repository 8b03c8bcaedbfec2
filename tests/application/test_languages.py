"""In which languages a session speaks is settled when it starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.application.company import TENANT
from tests.application.world import World


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("de", "de"), ("fr", "fr"), ("it", "de"), (None, "de")])
async def test_a_session_keeps_the_visitor_s_language_and_the_tenant_s(
    world: World, asked: str | None, language: str
) -> None:
    world.config.put(TENANT.id, replace(TENANT, default_language="de"))

    definition = (await world.starts(language=asked)).record.definition

    assert (definition.language, definition.default_language) == (language, "de")
