"""`interact config apply` where documents hand each other licences, all of which are in use."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from shared.domain.documents import Kind
from shared.domain.licences import Licence
from shared.domain.services import Service
from shared.domain.users import InteractAccess
from tests.cli.folders import apply_through_deaths, edit, is_write, plan
from tests.cli.terminal import Answer, Terminal
from tests.functions.office import Office
from tests.functions.world import LUISA, SERVICE, TENANT

VIA = "licences given back first, if none is left"


def hold(office: Office, bought: Mapping[Licence, int], **users: str) -> None:
    """The users with one licence each, of which so many were bought."""
    office.world.config.put(TENANT.id, replace(TENANT, licences_bought=dict(bought)))
    for name, licence in users.items():
        own = frozenset({Licence(licence)})
        user = replace(LUISA, id=name, display_name=name, interact=InteractAccess(), licences=own)
        office.world.config.put(TENANT.id, user)


def give(folder: Path, collection: str, **licences: list[str]) -> None:
    for name, given in licences.items():
        (file,) = (one for one in (folder / collection).glob("*.yaml") if f"id: {name}\n" in one.read_text("utf-8"))
        edit(file, partial(dict.update, licences=given))


def held(office: Office, kind: Kind, *names: str) -> list[set[str]]:
    return [set(office.stored(kind, name).licences) for name in names]


def writes(terminal: Terminal, folder: Path) -> int:
    """How many writes an apply takes that gets to its end."""
    count = 0

    def counted(request: httpx.Request, answer: Answer) -> httpx.Response:
        nonlocal count
        response = answer(request)
        count += is_write(request) and response.status_code == 200
        return response

    terminal.transport.hook = counted
    terminal.done("config", "apply", str(folder), "--yes")
    terminal.transport.hook = None
    assert plan(terminal, folder)["changes"] == []
    return count


@pytest.fixture
def exchange(terminal: Terminal, office: Office, folder: Path) -> Path:
    """A folder in which Anna and Bruno change licences, each of which was bought once."""
    hold(office, {Licence.ENTERPRISE: 1, Licence.CONTACT_CENTER: 1}, anna="enterprise", bruno="contactCenter")
    office.world.config.remove(TENANT.id, Kind.SERVICE, SERVICE.id)
    terminal.done("config", "export", str(folder))
    give(folder, "users", anna=["contactCenter"], bruno=["enterprise"])
    return folder


def test_two_users_exchange_licences_and_one_gives_its_back_first(
    terminal: Terminal, office: Office, exchange: Path
) -> None:
    assert writes(terminal, exchange) == 3
    assert held(office, Kind.USER, "anna", "bruno") == [{"contactCenter"}, {"enterprise"}]


def test_where_a_licence_is_left_nobody_is_without_one(terminal: Terminal, office: Office, exchange: Path) -> None:
    edit(exchange / "tenant.yaml", lambda document: document["licencesBought"].update(enterprise=2))
    assert writes(terminal, exchange) == 3, "the tenant's and two"


def test_the_plan_says_it(terminal: Terminal, exchange: Path) -> None:
    assert [one["via"] for one in plan(terminal, exchange)["changes"]] == [VIA, VIA]
    assert terminal.done("config", "plan", str(exchange)).out.count(f"via {VIA}") == 2


def test_what_is_handed_on_in_one_direction_needs_no_way_round(
    terminal: Terminal, office: Office, exchange: Path
) -> None:
    give(exchange, "users", anna=["contactCenter"], bruno=[])
    assert [one["via"] for one in plan(terminal, exchange)["changes"]] == [None, None]
    assert writes(terminal, exchange) == 2


def test_three_hand_licences_round_and_only_one_is_without_for_a_moment(
    terminal: Terminal, office: Office, exchange: Path
) -> None:
    bought = dict.fromkeys((Licence.ENTERPRISE, Licence.CONTACT_CENTER, Licence.INSTANT_MESSAGING), 1)
    for name in ("luisa", "mario"):
        document = office.stored(Kind.USER, name)
        office.world.config.put(TENANT.id, replace(document, licences=frozenset({Licence.INTERACT})))
    hold(office, bought, anna="enterprise", bruno="contactCenter", carla="instantMessaging")
    terminal.done("config", "export", str(exchange))
    give(exchange, "users", anna=["contactCenter"], bruno=["instantMessaging"], carla=["enterprise"])
    assert writes(terminal, exchange) == 4
    assert held(office, Kind.USER, "anna", "bruno", "carla") == [
        {"contactCenter"},
        {"instantMessaging"},
        {"enterprise"},
    ]


def test_services_with_interact_exchange_what_it_needs(terminal: Terminal, office: Office, folder: Path) -> None:
    def service(name: str, licence: Licence) -> Service:
        return replace(SERVICE, id=name, name=name, licences=frozenset({Licence.INTERACT, licence}))

    bought = {Licence.ENTERPRISE: 1, Licence.CONTACT_CENTER: 1, Licence.INTERACT: 4}
    office.world.config.put(TENANT.id, replace(TENANT, licences_bought=bought))
    office.world.config.remove(TENANT.id, Kind.SERVICE, SERVICE.id)
    office.world.config.put(TENANT.id, service("one", Licence.ENTERPRISE), service("two", Licence.CONTACT_CENTER))
    terminal.done("config", "export", str(folder))
    give(folder, "services", one=["interact", "contactCenter"], two=["interact", "enterprise"])
    assert writes(terminal, folder) == 3
    assert held(office, Kind.SERVICE, "one", "two") == [{"interact", "contactCenter"}, {"interact", "enterprise"}]


@pytest.mark.parametrize("seed", range(4))
def test_killed_anywhere_and_run_again_it_gets_there(
    terminal: Terminal, office: Office, exchange: Path, seed: int
) -> None:
    apply_through_deaths(terminal, exchange, random.Random(seed), most=4)
    assert held(office, Kind.USER, "anna", "bruno") == [{"contactCenter"}, {"enterprise"}]
    assert plan(terminal, exchange)["changes"] == []
