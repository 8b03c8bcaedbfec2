"""Custom parameters: what the visitor's page says besides the form, within bounds, and what workflows make of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from shared.application.sessions import Started
from shared.domain.errors import InvalidRequest, SessionEnded, Unauthenticated
from shared.domain.parameters import LONGEST_CUSTOM, MOST_CUSTOM
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition
from tests.application.centre import DISCONNECT, put, queue_task, workflow
from tests.application.company import ELSEWHERE, HOME, MARIO
from tests.application.queueing import offered_to
from tests.application.world import World

SAYS = ActivityDefinition("says", "message", {"texts": {"en": "About $(Custom.topic)."}}, {"next": "queue"})
ABOUT = workflow(
    ActivityDefinition("accept", "accept_conversation", {}, {"next": "says"}),
    SAYS,
    queue_task(),
    parameters={"topic": "anything"},
)
WAITS = workflow(
    ActivityDefinition("accept", "accept_conversation", {}, {"next": "wait"}),
    ActivityDefinition(
        "wait", "wait_for_parameter", {"name": "topic", "time_limit": 20}, {"set": "queue", "time_limit": "disconnect"}
    ),
    queue_task(),
    parameters={"topic": "anything"},
)


async def sets(world: World, started: Started, **values: str) -> None:
    await world.app.sessions.set_parameters(started.record.session.id, started.token, HOME, values)


def parameters(world: World, started: Started) -> Mapping[str, str]:
    return world.session(started.record.session.id).parameters


# --- set by the page -------------------------------------------------------------------------------------------------


async def test_a_session_begins_with_the_parameters_of_its_page_and_takes_more_later(world: World) -> None:
    started = await world.starts(parameters={"topic": "shoes", "language": "it"})

    await sets(world, started, topic="boots", order="17")

    assert parameters(world, started) == {"topic": "boots", "language": "it", "order": "17"}


async def test_texts_hold_what_the_page_has_set_else_the_workflow_s_default(world: World) -> None:
    put(world, ABOUT)

    assert "About shoes." in world.read_by_customer(await world.opens("key-1", parameters={"topic": "shoes"}))
    assert "About anything." in world.read_by_customer(await world.opens("key-2"))


async def test_a_placeholder_in_a_parameter_stays_as_it_was_typed(world: World) -> None:
    put(world, ABOUT)

    session_id = await world.opens(parameters={"topic": "$(Customer.Email)"})

    assert "About $(Customer.Email)." in world.read_by_customer(session_id)


@pytest.mark.parametrize(
    "values",
    [
        {"1st": "x"},
        {"with space": "x"},
        {"": "x"},
        {"a" * 51: "x"},
        {"topic": "x" * (LONGEST_CUSTOM + 1)},
        {"topic": "x" * 100_000},
        {f"name{number}": "x" for number in range(MOST_CUSTOM + 1)},
    ],
    ids=["digit first", "blank", "empty name", "long name", "long value", "100 kB", "many"],
)
async def test_what_is_out_of_bounds_is_refused_and_changes_nothing(world: World, values: dict[str, str]) -> None:
    started = await world.starts(parameters={"topic": "shoes"})

    with pytest.raises(InvalidRequest) as refusal:
        await world.app.sessions.set_parameters(started.record.session.id, started.token, HOME, values)

    assert parameters(world, started) == {"topic": "shoes"}
    assert "xxx" not in str(refusal.value)


async def test_as_many_as_may_be_can_be_set_and_set_again(world: World) -> None:
    started = await world.starts(parameters={f"name{number}": "x" for number in range(MOST_CUSTOM)})

    await sets(world, started, name0="y" * LONGEST_CUSTOM)

    with pytest.raises(InvalidRequest):
        await sets(world, started, another="x")
    assert len(parameters(world, started)) == MOST_CUSTOM


async def test_an_ended_session_takes_no_parameters(world: World) -> None:
    started = await world.starts()
    await world.app.sessions.end(started.record.session.id, started.token, HOME)

    with pytest.raises(SessionEnded):
        await sets(world, started, topic="shoes")


async def test_a_page_of_another_origin_sets_nothing(world: World) -> None:
    started = await world.starts()

    with pytest.raises(Unauthenticated):
        await world.app.sessions.set_parameters(started.record.session.id, started.token, ELSEWHERE, {"topic": "x"})


async def test_no_value_of_a_parameter_is_in_the_timeline(world: World) -> None:
    started = await world.starts()
    await world.is_there(started)

    await sets(world, started, topic="a secret")

    rows = world.sessions.rows[started.record.session.id]
    assert "ParametersSet" in [entry.what for entry in rows.timeline]
    assert "secret" not in repr(rows.timeline)


# --- wait_for_parameter ----------------------------------------------------------------------------------------------


async def test_a_workflow_waits_for_the_page_and_goes_on_at_once(world: World) -> None:
    put(world, WAITS)
    await world.registers(MARIO)
    started = await world.starts()
    session_id = await world.is_there(started)
    assert world.session(session_id).task is None

    await sets(world, started, another="x")
    assert world.session(session_id).task is None
    await sets(world, started, topic="shoes")

    assert offered_to(world, session_id) == ["mario"]


async def test_what_is_there_already_is_not_waited_for(world: World) -> None:
    put(world, WAITS)
    await world.registers(MARIO)

    assert offered_to(world, await world.opens(parameters={"topic": "shoes"})) == ["mario"]


async def test_a_page_that_sets_nothing_is_waited_for_as_long_as_wanted_whatever_the_default_is(world: World) -> None:
    put(world, WAITS)
    session_id = await world.opens()

    await world.passes(19)
    assert world.session(session_id).phase is Phase.WAITING
    await world.passes(1.5)

    assert world.session(session_id).end_reason is EndReason.WORKFLOW


async def test_parameters_that_come_during_a_conversation_are_kept(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    session_id = await world.is_there(started)
    await world.accepts(MARIO, session_id)

    await sets(world, started, topic="shoes")

    assert (parameters(world, started), world.session(session_id).phase) == ({"topic": "shoes"}, Phase.CONNECTED)


# --- check_parameter, check_task -------------------------------------------------------------------------------------


def two_ways(check: ActivityDefinition) -> list[ActivityDefinition]:
    """A check whose exits lead to messages with their names."""
    exits = {name: name for name in check.exits}
    says = [ActivityDefinition(name, "message", {"texts": {"en": name}}, {"next": "disconnect"}) for name in exits]
    return [ActivityDefinition(check.id, check.type, check.parameters, exits), *says, DISCONNECT]


@pytest.mark.parametrize(
    ("comparison", "wanted", "value", "way"),
    [
        ("equals", "Shoes", " shoes ", "match"),
        ("equals", "shoes", "boots", "no_match"),
        ("contains", "oe", "SHOES", "match"),
        ("contains", "", "anything", "match"),
        ("starts_with", "sh", "Shoes", "match"),
        ("starts_with", "oes", "shoes", "no_match"),
        ("is_set", "", "shoes", "match"),
        ("is_set", "", "  ", "no_match"),
        ("equals", "straße", "STRASSE", "match"),
    ],
)
async def test_a_workflow_goes_by_the_value_of_a_parameter(
    world: World, comparison: str, wanted: str, value: str, way: str
) -> None:
    check = ActivityDefinition(
        "check",
        "check_parameter",
        {"name": "topic", "comparison": comparison, "value": wanted},
        {"match": "", "no_match": ""},
    )
    accept = ActivityDefinition("accept", "accept_conversation", {}, {"next": "check"})
    put(world, workflow(accept, *two_ways(check)))

    session_id = await world.opens(parameters={"topic": value})

    assert world.read_by_customer(session_id) == [way]


async def test_a_parameter_that_nobody_set_has_the_workflow_s_default_or_is_empty(world: World) -> None:
    check = ActivityDefinition(
        "check", "check_parameter", {"name": "topic", "value": "anything"}, {"match": "", "no_match": ""}
    )
    accept = ActivityDefinition("accept", "accept_conversation", {}, {"next": "check"})
    put(world, workflow(accept, *two_ways(check), parameters={"topic": "anything"}))
    with_default = await world.opens("key-1")
    put(world, workflow(accept, *two_ways(check)))
    without = await world.opens("key-2")

    assert [world.read_by_customer(one) for one in (with_default, without)] == [["match"], ["no_match"]]


@pytest.mark.parametrize("way", ["not_queued", "waiting", "cancelled"])
async def test_a_workflow_goes_by_what_has_become_of_the_task(world: World, way: str) -> None:
    check = ActivityDefinition("check", "check_task", {}, {"not_queued": "", "waiting": "", "cancelled": ""})
    first = {"not_queued": "check", "waiting": "queue", "cancelled": "queue"}[way]
    after = {"time_limit": "check"} if way == "waiting" else {"time_limit": "cancel"}
    cancel = ActivityDefinition("cancel", "cancel_task", {}, {"next": "check"})
    accept = ActivityDefinition("accept", "accept_conversation", {}, {"next": first})
    put(world, workflow(accept, queue_task(after, time_limit=5), cancel, *two_ways(check)))

    session_id = await world.opens()
    await world.passes(10)

    assert world.read_by_customer(session_id)[-1] == way
    assert await world.queue.first("lunifico:service:sales", 9) == []
