"""The management API: what still keeps visitors away, and what an origin gets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.licences import Licence
from tests.functions.diagnosing import verdicts, with_seals
from tests.functions.office import Office
from tests.functions.world import (
    ACCESS,
    MARIO,
    ORIGIN,
    SERVICE,
    TENANT,
    World,
)


@pytest.fixture
def office(world: World) -> Office:
    return with_seals(world)


async def test_a_contact_is_ready_once_nothing_keeps_visitors_away(office: Office) -> None:
    found = await office.get("services/sales/readiness")
    assert [one["id"] for one in found["conditions"]] == ["events", "members", "members_registered"]
    assert found["ready"] is False
    await office.world.application.conversations.register(office.world.activity())
    found = await office.get("services/sales/readiness")
    assert (found["ready"], [one["id"] for one in found["conditions"]]) == (True, ["events"])


async def test_readiness_says_of_members_what_the_notes_say(office: Office) -> None:
    members = ("mario", "luisa", "nobody")
    office.world.config.put(
        TENANT.id, replace(SERVICE, members=members), replace(MARIO, licences=frozenset({Licence.INTERACT}))
    )
    noted = {one["rule"] for one in (await office.get("services/sales/notes"))["notes"]}
    assert noted == {"no_instant_messaging_licence", "not_registered_with_bot", "unknown_user"}
    found = verdicts(await office.get("services/sales/readiness"))
    assert {one for one, verdict in found.items() if verdict == "fail"} == {
        "members", "members_known", "members_licensed", "members_registered",
    }  # fmt: skip


async def test_a_user_is_ready_once_registered(office: Office) -> None:
    assert (await office.get("users/mario/readiness"))["conditions"][-1]["id"] == "members_registered"
    await office.world.application.conversations.register(office.world.activity())
    assert (await office.get("users/mario/readiness"))["ready"] is True
    assert (await office.problem("GET", "users/nobody/readiness"))["status"] == 404


async def test_an_origin_is_explained_by_its_row(office: Office) -> None:
    found = await office.get(f"services/sales/origin?origin={ORIGIN}/lamps")
    assert (found["allowed"], found["restricted"], found["origin"]) == (True, True, ORIGIN)
    assert found["row"] == {"row": 1, "protocol": "https://", "domain": "www.lunifico.example", "port": None}
    assert found["template"]["name"] == "Website"


async def test_an_origin_that_is_refused_is_explained_by_what_nearly_matches(office: Office) -> None:
    found = await office.get("services/sales/origin?origin=http://www.lunifico.example:8080")
    assert (found["allowed"], found["row"]) == (False, None)
    assert [one["difference"] for one in found["nearMisses"]] == ["protocol"]
    office.world.config.put(TENANT.id, replace(SERVICE, interact=replace(ACCESS, restrict_access=False)))
    free = await office.get("services/sales/origin?origin=http://www.lunifico.example:8080")
    assert (free["allowed"], free["restricted"], free["nearMisses"]) == (True, False, [])


async def test_what_is_no_origin_is_said(office: Office) -> None:
    problem = await office.problem("GET", "services/sales/origin?origin=null")
    assert (problem["status"], problem["field"]) == (400, "origin")
    assert "sandboxed" in problem["detail"]


async def test_it_is_told_in_german(office: Office) -> None:
    (*_, last) = (await office.get("services/sales/readiness?language=de"))["conditions"]
    assert last["title"] == "Alle sind beim Chat-Bot registriert"
    assert last["fix"].startswith("Lassen Sie alle sich in Teams beim Chat-Bot registrieren")
