"""Trying a workflow out: one conversation with its times, without anybody being there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.availability import ContactState
from shared.domain.distribution import Distribution
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentMessageReceived,
    AgentPickedUp,
    CustomerEnded,
    CustomerMessageReceived,
    Event,
    ParametersSet,
)
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition
from shared.workflow.simulate import Course, Fired, Said, Visit, definition_of, simulate
from shared.workflow.surroundings import Scene
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import AS_THE_GUIDE_RECOMMENDS, DISCONNECT, LIMIT, LUISA, MARIO, NINE, QUEUE, RING, workflow

BOTH = Scene(free=(MARIO, LUISA))


def said(course: Course, to: str) -> list[tuple[float, str]]:
    return [(one.at, one.text) for one in course.said if one.to == to]


def test_a_conversation_from_its_start_to_its_end() -> None:
    course = simulate(
        AS_THE_GUIDE_RECOMMENDS,
        NINE,
        [
            (5, CustomerMessageReceived("1", "Is anybody there?")),
            (20, AgentAccepted(MARIO, "")),
            (30, AgentMessageReceived("mario", "Hello")),
            (40, CustomerMessageReceived("2", "Thank you")),
            (60, AgentEnded("mario")),
        ],
        BOTH,
    )
    assert course.path == ("accept", "greeting", "queue")
    assert course.visits == (
        Visit("accept", 0, 0, "next"),
        Visit("greeting", 0, 0, "next"),
        Visit("queue", 0),
    )
    assert said(course, "customer") == [
        (0, "Welcome, Carla Customer!"),
        (0, "Thank you, Carla Customer. A colleague will be with you shortly."),
        (20, "You are now connected with Mario."),
        (30, "Hello"),
        (60, "Mario has ended the conversation."),
    ]
    assert said(course, "mario")[1:] == [(20, "Is anybody there?"), (40, "Thank you")]
    assert (course.ended, course.end_reason) == (60, EndReason.AGENT)


def test_the_texts_tell_what_they_mean() -> None:
    course = simulate(AS_THE_GUIDE_RECOMMENDS, NINE, [], BOTH)
    assert course.said[0] == Said(0, "customer", "Welcome, Carla Customer!")
    assert [one.event for one in course.said if one.to == "customer"][1:] == ["waiting", "noAgent", None]
    assert [(one.to, one.event) for one in course.said if one.to != "customer"] == [
        ("mario", "invite_agent"),
        ("luisa", "invite_agent"),
    ]


def test_timers_come_by_themselves() -> None:
    course = simulate(AS_THE_GUIDE_RECOMMENDS, NINE, [], BOTH)
    assert course.timers[:2] == (Fired(RING, "offer"), Fired(2 * RING, "offer"))
    assert Fired(LIMIT, "queue_limit") in course.timers
    assert course.path == ("accept", "greeting", "queue", "cancel", "sorry", "disconnect")
    assert course.visits[2] == Visit("queue", 0, LIMIT, "time_limit")
    assert (course.ended, course.end_reason) == (LIMIT, EndReason.WORKFLOW)
    assert course.timers[-1] == Fired(LIMIT + 30, "close")


def test_who_declines_leaves_it_to_the_other() -> None:
    course = simulate(
        AS_THE_GUIDE_RECOMMENDS, NINE, [(10, AgentDeclined("mario", "")), (15, AgentAccepted(LUISA, ""))], BOTH
    )
    assert course.session.agent == LUISA
    assert course.session.phase is Phase.CONNECTED
    assert course.ended is None


def test_agents_pick_tasks_up_where_nobody_is_asked() -> None:
    pickup = replace(QUEUE, parameters={"distribution": Distribution.PICKUP.value}, exits={"time_limit": "disconnect"})
    of = workflow(ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}), pickup, DISCONNECT)
    course = simulate(of, NINE, [(25, AgentPickedUp(MARIO, ""))], BOTH)
    assert said(course, "customer")[-1] == (25, "You are now connected with Mario.")
    assert said(course, "mario") == []


def test_all_free_agents_are_invited_at_once_by_broadcast() -> None:
    broadcast = replace(
        QUEUE, parameters={"distribution": Distribution.BROADCAST.value}, exits={"time_limit": "disconnect"}
    )
    of = workflow(ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}), broadcast, DISCONNECT)
    course = simulate(of, NINE, [(5, AgentAccepted(LUISA, ""))], BOTH)
    assert [one.to for one in course.said if one.event == "invite_agent"] == ["mario", "luisa"]
    assert course.session.agent == LUISA


def test_a_visitor_who_closes_the_page_is_given_up() -> None:
    course = simulate(
        AS_THE_GUIDE_RECOMMENDS, NINE, [(10, AgentAccepted(MARIO, ""))], Scene((MARIO,), visitor_leaves=100)
    )
    assert course.end_reason is EndReason.CUSTOMER_GONE
    assert course.ended == 100 + 600


def test_a_visitor_who_ends_says_so() -> None:
    course = simulate(AS_THE_GUIDE_RECOMMENDS, NINE, [(10, CustomerEnded())])
    assert (course.ended, course.end_reason) == (10, EndReason.CUSTOMER)


def test_what_is_not_over_yet_is_told_as_it_stands() -> None:
    course = simulate(AS_THE_GUIDE_RECOMMENDS, NINE, [], until=timedelta(seconds=60))
    assert (course.ended, course.end_reason) == (None, None)
    assert course.visits[-1] == Visit("queue", 0)


# --- every activity --------------------------------------------------------------------------------------------------


def behind_accept(*activities: ActivityDefinition) -> tuple[ActivityDefinition, ...]:
    return (ActivityDefinition("accept", "accept_conversation", {}, {"next": activities[0].id}), *activities)


@pytest.mark.parametrize("state", ContactState)
def test_availability_leads_to_its_exit(state: ContactState) -> None:
    exits = {one.value: one.value for one in ContactState}
    ends = [ActivityDefinition(one.value, "disconnect") for one in ContactState]
    of = workflow(ActivityDefinition("route", "availability_based_routing", {}, exits), *ends, start="route")
    course = simulate(of, NINE, scene=Scene(availability=state))
    assert course.visits == (Visit("route", 0, 0, state.value), Visit(state.value, 0))
    assert course.ended == 0


@pytest.mark.parametrize(("order", "end"), [("42", "match"), ("", "no_match")])
def test_a_parameter_leads_to_its_exit(order: str, end: str) -> None:
    check = ActivityDefinition(
        "check",
        "check_parameter",
        {"name": "order", "comparison": "is_set"},
        {"match": "match", "no_match": "no_match"},
    )
    of = workflow(
        check, ActivityDefinition("match", "disconnect"), ActivityDefinition("no_match", "disconnect"), start="check"
    )
    assert simulate(of, NINE, scene=Scene(parameters={"order": order})).path == ("check", end)


def test_a_parameter_is_waited_for() -> None:
    wait = ActivityDefinition(
        "wait", "wait_for_parameter", {"name": "order", "time_limit": 20}, {"set": "disconnect", "time_limit": "late"}
    )
    of = workflow(*behind_accept(wait, DISCONNECT, ActivityDefinition("late", "disconnect")))
    assert simulate(of, NINE, [(12, ParametersSet({"order": "42"}))]).visits[1] == Visit("wait", 0, 12, "set")
    assert simulate(of, NINE).visits[1] == Visit("wait", 0, 20, "time_limit")


@pytest.mark.parametrize(
    ("first", "end"),
    [((), "not_queued"), ((QUEUE,), "waiting"), ((QUEUE, "cancel"), "cancelled")],
    ids=["not queued", "waiting", "cancelled"],
)
def test_what_became_of_the_task_leads_to_its_exit(first: tuple[object, ...], end: str) -> None:
    exits = {name: name for name in ("not_queued", "waiting", "cancelled")}
    check = ActivityDefinition("check", "check_task", {}, exits)
    before = {0: [], 1: [replace(QUEUE, exits={"time_limit": "check"})], 2: [QUEUE]}[len(first)]
    cancel = [ActivityDefinition("cancel", "cancel_task", {}, {"next": "check"})] if len(first) == 2 else []
    of = workflow(*behind_accept(*before, *cancel, check), *(ActivityDefinition(name, "disconnect") for name in exits))
    assert simulate(of, NINE).path[-1] == end


def test_a_transfer_goes_on_in_the_other_workflow() -> None:
    transfer = ActivityDefinition("transfer", "transfer", {"service": "orders"}, {"failed": "disconnect"})
    of = workflow(*behind_accept(transfer, DISCONNECT))
    orders = replace(definition_of(AS_THE_GUIDE_RECOMMENDS), contact_name="Lunifico Orders")
    course = simulate(of, NINE, [(10, AgentAccepted(MARIO, ""))], Scene((MARIO,), services={"orders": orders}))
    assert course.path == ("accept", "transfer", "accept", "greeting", "queue")
    assert course.session.contact.id == "orders"
    assert course.to_customer()[0] == "You are being transferred to a colleague."
    assert course.to_customer()[-1] == "You are now connected with Mario."
    assert simulate(of, NINE).path == ("accept", "transfer", "disconnect")


def test_services_that_transfer_to_each_other_come_to_an_end() -> None:
    there = workflow(
        *behind_accept(
            ActivityDefinition("transfer", "transfer", {"service": "other"}, {"failed": "disconnect"}), DISCONNECT
        )
    )
    back = replace(
        there, activities=(there.activities[0], replace(there.activities[1], parameters={"service": "one"}), DISCONNECT)
    )
    services = {"one": definition_of(there), "other": definition_of(back)}
    course = simulate(there, NINE, scene=Scene(services=services))
    assert course.path.count("transfer") == 6
    assert course.ended == 0


# --- whatever happens ------------------------------------------------------------------------------------------------

ACTS: st.SearchStrategy[Event] = st.sampled_from(
    [
        AgentAccepted(MARIO, ""),
        AgentAccepted(LUISA, "another"),
        AgentDeclined("mario", ""),
        AgentPickedUp(LUISA, ""),
        AgentMessageReceived("mario", "Hello"),
        CustomerMessageReceived("1", "Hello"),
        AgentEnded("luisa"),
        CustomerEnded(),
    ]
)


@EXAMPLES
@given(st.lists(st.tuples(st.floats(0, 2_000), ACTS), max_size=8), st.none() | st.floats(0, 1_000))
def test_every_simulation_ends_and_tells_a_way_that_the_workflow_has(
    acts: list[tuple[float, Event]], leaves: float | None
) -> None:
    course = simulate(AS_THE_GUIDE_RECOMMENDS, NINE, acts, replace(BOTH, visitor_leaves=leaves))
    for here, there in zip(course.visits, course.visits[1:], strict=False):
        activity = AS_THE_GUIDE_RECOMMENDS.activity(here.activity)
        assert activity is not None
        assert activity.exits[here.exit or ""] == there.activity
        assert here.left == there.entered
    assert course.ended is not None or course.session.phase is Phase.CONNECTED
    assert list(course.said) == sorted(course.said, key=lambda one: one.at)
