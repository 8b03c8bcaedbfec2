"""Workflows before they are used: lint, simulation, versions and their differences. Imported in functions only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.http import validated
from functions.manage_bodies import document_json, read_document
from functions.manage_http import moment, read_object, reply
from functions.manage_places import all_rendered, place
from shared import bootstrap
from shared.application.workflow_trials import Act, ActKind, Trial
from shared.domain.availability import ContactState
from shared.domain.differences import MISSING
from shared.domain.documents import Kind
from shared.domain.errors import InvalidConfiguration, InvalidRequest
from shared.domain.parameters import Agent
from shared.domain.workflows import Workflow

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.workflow_trials import Course, WorkflowTrials
    from shared.domain.administrators import Administrator

DAY = 86_400.0
DRAFT = {"id": "draft", "name": "Draft", "organizationUnitId": "draft"}
"""What a definition needs to be one, and a trial does not look at."""

Text = Annotated[str, Field(max_length=7_000)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Seconds = Annotated[float, Field(ge=0, le=DAY)]


class Body(BaseModel):
    """Something sent to us: exactly these fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class AgentBody(Body):
    """Somebody who is free to take the conversation."""

    id: Name
    display_name: Annotated[str, Field(max_length=200)] = ""
    first_name: Annotated[str, Field(max_length=200)] = ""
    last_name: Annotated[str, Field(max_length=200)] = ""


class EventBody(Body):
    """What somebody does, `at` seconds after the start."""

    at: Seconds
    event: ActKind
    agent_id: Annotated[str, Field(max_length=128)] = ""
    text: Text = ""
    parameters: dict[str, str] = {}


class SimulateBody(Body):
    """A definition, or a stored workflow with or without a version, and what happens to it."""

    definition: dict[str, Any] | None = None
    id: Name | None = None
    version: Annotated[int | None, Field(ge=1, le=999_999)] = None
    begins: AwareDatetime | None = None
    events: Annotated[list[EventBody], Field(max_length=500)] = []
    agents: Annotated[list[AgentBody], Field(max_length=50)] = []
    availability: ContactState = ContactState.AVAILABLE
    position: Annotated[int, Field(ge=1, le=10_000)] = 1
    expected_wait: Annotated[int | None, Field(ge=0, le=86_400)] = None
    parameters: dict[str, str] = {}
    visitor_leaves: Seconds | None = None
    language: Annotated[str, Field(max_length=35)] = "en"
    service_id: Name | None = None
    duration: Annotated[float, Field(gt=0, le=DAY)] = 7_200.0


async def lint(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """What keeps a definition from being published: activity, rule, fix."""
    body = read_object(req)
    definition = body.get("definition", body)
    try:
        workflow = _draft(definition)
    except InvalidConfiguration as error:
        return reply({"valid": False, "findings": all_rendered(error.findings)})
    findings = _trials().lint(workflow)
    told = all_rendered(findings, workflow)
    for one, finding in zip(told, findings, strict=True):
        one["activity"] = _activity(workflow, finding.field)
    return reply({"valid": not findings, "findings": told})


async def simulate(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Play a conversation through a workflow: nothing is sent, and nobody is asked."""
    body = validated(SimulateBody, read_object(req))
    if (body.definition is None) == (body.id is None):
        raise InvalidRequest("give either a definition or the id of a stored workflow", "definition")
    if body.definition is not None:
        workflow = _draft(body.definition)
    elif body.version is not None:
        workflow = await _trials().version(who, body.id or "", body.version)
    else:
        workflow = await _trials().current(who, body.id or "")
    begins = body.begins or bootstrap.application().ports.clock.now()
    return reply(_course_json(begins, await _trials().simulate(who, workflow, _trial(body, begins))))


async def versions(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """All versions of a workflow, the newest first."""
    found = await _trials().versions(who, parts["id"])
    items = [
        {
            "number": one.number,
            "name": one.name,
            "problem": one.problem or None,
            "changedAt": moment(one.changed.at) if one.changed else None,
            "changedBy": {"id": one.changed.by.id, "name": one.changed.by.name} if one.changed else None,
        }
        for one in found
    ]
    return reply({"items": items, "next": None})


async def version(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """One version of a workflow, as it was published."""
    return reply(document_json(await _trials().version(who, parts["id"], _number(parts["number"], "number"))))


async def differences(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What is different between two versions of a workflow, place by place."""
    first, second = (_number(req.params.get(name) or "", name) for name in ("from", "to"))
    found = await _trials().differences(who, parts["id"], first, second)
    document = await _trials().version(who, parts["id"], second)
    told = [
        {
            "field": place(document, one.path)[0],
            "what": "added" if one.before is MISSING else "removed" if one.after is MISSING else "changed",
            "before": _plain(one.before),
            "after": _plain(one.after),
        }
        for one in found
    ]
    return reply({"from": first, "to": second, "differences": told})


def _draft(definition: Any) -> Workflow:
    if not isinstance(definition, dict):
        raise InvalidRequest("must be an object", "definition")
    document = read_document(Kind.WORKFLOW, {**DRAFT, **definition})
    if not isinstance(document, Workflow):
        raise TypeError("a workflow is read as one")
    return document


def _trial(body: SimulateBody, begins: datetime) -> Trial:
    return Trial(
        begins=begins,
        acts=tuple(Act(one.at, one.event, one.agent_id, one.text, one.parameters) for one in body.events),
        agents=tuple(Agent(one.id, one.display_name or one.id, one.first_name, one.last_name) for one in body.agents),
        availability=body.availability,
        position=body.position,
        expected_wait=body.expected_wait,
        parameters=body.parameters,
        visitor_leaves=body.visitor_leaves,
        language=body.language,
        service_id=body.service_id,
        duration=body.duration,
    )


def _course_json(begins: datetime, course: Course) -> dict[str, Any]:
    return {
        "begins": moment(begins),
        "path": [
            {"activity": one.activity, "entered": one.entered, "left": one.left, "exit": one.exit}
            for one in course.visits
        ],
        "messages": [{"at": one.at, "to": one.to, "text": one.text, "event": one.event} for one in course.said],
        "timers": [{"at": one.at, "timer": one.deadline} for one in course.timers],
        "end": {"at": course.ended, "reason": course.end_reason} if course.ended is not None else None,
    }


def _activity(workflow: Workflow, field: str) -> str | None:
    """The activity that a finding is about; the longest id, where one begins with another and a dot."""
    rest = field.removeprefix("activities.")
    if rest == field:
        return None
    ids = [one.id for one in workflow.activities if rest == one.id or rest.startswith(f"{one.id}.")]
    return max(ids, key=len, default=None)


def _plain(value: Any) -> Any:
    """A value of the domain as JSON; None where nothing stood."""
    if value is MISSING:
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 6 and int(text) >= 1):
        raise InvalidRequest("must be the number of a version", name)
    return int(text)


def _trials() -> WorkflowTrials:
    return bootstrap.application().workflow_trials
