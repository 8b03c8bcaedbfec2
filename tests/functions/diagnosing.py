"""What tests of the diagnosis do and look at."""

from __future__ import annotations

import json
from typing import Any

from shared.adapters.aes_seals import AesSeals
from tests.functions.office import Office
from tests.functions.world import KEY, WIDGET_KEY, World

SNIPPET = f"{{ widgetKey: '{WIDGET_KEY}', serviceId: 'sales' }}"


def with_seals(world: World) -> Office:
    """An office with real seals."""
    created = Office(world)
    world.replace(seals=AesSeals(KEY))
    created.use()
    return created


async def diagnosed(office: Office, token: str = "carla", language: str = "", **body: Any) -> Any:
    query = f"?language={language}" if language else ""
    response = await office.call("POST", f"diagnose{query}", body, token=token)
    assert response.status_code == 200, response.get_body()
    return json.loads(response.get_body())


def verdicts(found: Any) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in found["conditions"]}


def condition(found: Any, name: str) -> Any:
    return next(one for one in found["conditions"] if one["id"] == name)
