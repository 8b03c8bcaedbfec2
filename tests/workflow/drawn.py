"""Workflows drawn at random: any at all, and such as keep every rule; and what people may do in them."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import strategies as st

from shared.domain.distribution import Distribution
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentPickedUp,
    CustomerEnded,
    CustomerMessageReceived,
    Event,
    ParametersSet,
)
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from tests.workflow.stories import LUISA, MARIO, workflow

IDS = st.sampled_from(["accept", "a", "b", "c", "", "nowhere"])
ODD_VALUES = st.sampled_from(
    [None, True, -1, 10**30, 0.5, "", "soon", [], ["en"], {}, {"en": None}, {1: "x"}, {"en": "$(Nothing)"}]
)
NAMES = sorted({field.name for known in ACTIVITIES.values() for field in fields(known.parameters())})
FITTING_VALUES = st.sampled_from(
    ["topic", "sales", "orders", "broadcast", "pickup", "is_set", 5, 30, True, {"en": "Hello"}]
)
PARAMETERS = st.dictionaries(st.sampled_from([*NAMES, "other"]), ODD_VALUES | FITTING_VALUES, max_size=3)
EXIT_NAMES = sorted({name for known in ACTIVITIES.values() for name in (*known.exits, *known.optional_exits)})
EXITS = st.dictionaries(st.sampled_from([*EXIT_NAMES, "other"]), IDS, max_size=4)
TYPES = st.sampled_from([*ACTIVITIES, "voice_message", ""])
ACTIVITY = st.builds(ActivityDefinition, IDS, TYPES, PARAMETERS, EXITS)
KINDS = st.sampled_from(["instantMessaging", "audioVideo", "fax", ""])
WORKFLOWS = st.builds(
    lambda kind, start, activities: Workflow("w", "W", kind, "root", start, tuple(activities)),
    KINDS,
    IDS,
    st.lists(ACTIVITY, max_size=6),
)
ACTS: st.SearchStrategy[Event] = st.sampled_from(
    [
        AgentAccepted(MARIO, ""),
        AgentDeclined("luisa", ""),
        AgentPickedUp(LUISA, ""),
        AgentEnded("mario"),
        ParametersSet({"topic": "shoes"}),
        CustomerMessageReceived("1", "Hello"),
        CustomerEnded(),
    ]
)


@st.composite
def sound_workflows(draw: st.DrawFn) -> Workflow:
    """Look who is there, accept, messages and questions, perhaps a queue, and at the end of every way Disconnect."""
    messages, number = st.integers(0, 3), 0
    activities: list[ActivityDefinition] = []

    def way(types: list[str], last: ActivityDefinition) -> str:
        """Activities one after the other; the id of the first."""
        nonlocal number
        activities.append(last)
        following = last.id
        for type_name in reversed(types):
            number += 1
            activities.append(ActivityDefinition(f"{type_name}-{number}", type_name, {}, {"next": following}))
            following = activities[-1].id
        return following

    def to_the_end(name: str) -> str:
        cancels = ["cancel_task"] * draw(st.integers(0, 1))
        return way([*cancels, *["message"] * draw(messages)], ActivityDefinition(name, "disconnect"))

    def forked(type_name: str, target: str, **parameters: object) -> str:
        """An activity all exits of which lead on to the same one; its id."""
        exits = dict.fromkeys(ACTIVITIES[type_name].exits, target)
        activities.append(ActivityDefinition(f"{type_name}-fork", type_name, parameters, exits))
        return activities[-1].id

    last = ActivityDefinition("end", "disconnect")
    if draw(st.booleans()):
        exits = {"time_limit": to_the_end("end")}
        if draw(st.booleans()):
            exits["time_limit"] = forked("transfer", exits["time_limit"], service="orders")
        if draw(st.booleans()):
            exits["declined"] = exits["time_limit"] if draw(st.booleans()) else to_the_end("refused")
        if draw(st.booleans()):
            exits["queue_full"] = exits["time_limit"]
        settings = {
            "decline_ends": "declined" in exits and draw(st.booleans()),
            "time_limit": 30,
            "distribution": draw(st.sampled_from(list(Distribution))).value,
            "max_waiting": draw(st.sampled_from([0, 1, 5])),
            "announce_every": draw(st.sampled_from([0, 10])),
        }
        last = ActivityDefinition("queue", "queue_task", settings, exits)
    start = way(["message"] * draw(messages), last)
    if draw(st.booleans()):
        start = forked("wait_for_parameter", start, name="topic")
    start = _way_to(activities, "accept_conversation", start)
    if draw(st.booleans()):
        start = forked("check_parameter", start, name="topic")
    if draw(st.booleans()):
        start = forked("availability_based_routing", start)
    return workflow(*activities, start=start)


def _way_to(activities: list[ActivityDefinition], type_name: str, target: str) -> str:
    activities.append(ActivityDefinition(type_name, type_name, {}, {"next": target}))
    return type_name
