"""What administrators do with documents: roles first, then rules, then it is saved; and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import ManualClock, MemoryAdministration, MemoryConfigStore, memory_ports
from shared.adapters.session_tokens import JwtSessionTokens
from shared.application.management import Management
from shared.application.workflow_trials import Act, ActKind, Trial, WorkflowTrials
from shared.domain.administrators import Administrator, Role
from shared.domain.conflicts import ChangedMeanwhile, IdTaken, InUse, RoleMissing, VersionMissing
from shared.domain.distribution import AgentState
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import InvalidConfiguration, InvalidRequest, NotFound
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.parameters import Agent
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.ports import ANY_VERSION, Selection
from shared.workflow.lint import lint
from tests.domain.company import IM, MARIO, SERVICE, TEMPLATE, TENANT

ROOT = OrganizationUnit("root", "Lunifico")
EUROPE = OrganizationUnit("europe", "Europe", "root")
CHAT = Workflow(
    "chat",
    "Chat",
    IM,
    "root",
    "accept",
    (
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition("queue", "queue_task", {}, {"time_limit": "end"}),
        ActivityDefinition("end", "disconnect"),
    ),
)
CARLA = Administrator("carla-id", "Carla", TENANT.id, frozenset({Role.TENANT_ADMINISTRATOR}))
OTTO = replace(CARLA, id="otto-id", name="Otto")
EUROPEAN = Administrator(
    "luisa-id", "Luisa", TENANT.id, frozenset({Role.ORGANIZATION_UNIT_ADMINISTRATOR}), organization_unit_id="europe"
)


class Desk:
    """The verbs of administrators over a configuration in memory."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.config = MemoryConfigStore(TENANT, ROOT, EUROPE, TEMPLATE, CHAT, SERVICE, MARIO)
        administration = MemoryAdministration(self.config, lint, self.clock)
        tokens = JwtSessionTokens(bytes(range(32)))
        self.ports = memory_ports(self.clock, tokens=tokens, config=self.config, administration=administration)
        self.management = Management(self.ports, timedelta(seconds=30))
        self.trials = WorkflowTrials(administration)

    async def version(self, document: Document) -> str:
        return (await self.management.read(CARLA, key_of(document))).version


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_roles_are_asked_before_rules(desk: Desk) -> None:
    broken = replace(SERVICE, id="new", name="")
    with pytest.raises(RoleMissing):
        await desk.management.create(EUROPEAN, broken)
    with pytest.raises(InvalidConfiguration):
        await desk.management.create(CARLA, broken)


async def test_a_change_is_live_everywhere_when_the_caches_are_over(desk: Desk) -> None:
    saved = await desk.management.create(CARLA, replace(SERVICE, id="new"))
    assert saved.live_from == desk.clock.now() + timedelta(seconds=30)


async def test_an_id_is_taken_once(desk: Desk) -> None:
    with pytest.raises(IdTaken):
        await desk.management.create(CARLA, SERVICE)
    with pytest.raises(InvalidRequest):
        await desk.management.create(CARLA, replace(SERVICE, id="../x"))


async def test_a_change_names_the_version_that_was_read(desk: Desk) -> None:
    with pytest.raises(VersionMissing):
        await desk.management.replace(CARLA, SERVICE, "")
    with pytest.raises(NotFound):
        await desk.management.replace(CARLA, replace(SERVICE, id="never-there"), "1")
    with pytest.raises(NotFound):
        await desk.management.delete(CARLA, DocumentKey(Kind.SERVICE, "never-there"), ANY_VERSION)


async def test_the_second_is_told_all_that_others_have_changed_since(desk: Desk) -> None:
    read = await desk.version(SERVICE)
    first = await desk.management.replace(OTTO, replace(SERVICE, name="One"), read)
    desk.clock.advance(60)
    await desk.management.replace(CARLA, replace(SERVICE, name="One", members=("mario",)), first.stored.version)
    with pytest.raises(ChangedMeanwhile) as told:
        await desk.management.replace(OTTO, replace(SERVICE, name="Two"), read)
    assert (told.value.changed_by, told.value.changed_at) == ("Carla", desk.clock.now())
    assert set(told.value.fields) == {"name", "members.1"}


async def test_who_deletes_what_is_used_is_told_by_whom(desk: Desk) -> None:
    with pytest.raises(InUse) as told:
        await desk.management.delete(CARLA, key_of(CHAT), ANY_VERSION)
    assert told.value.names == {key_of(SERVICE): SERVICE.name}


async def test_references_are_named_in_both_directions(desk: Desk) -> None:
    found = await desk.management.references(CARLA, key_of(SERVICE))
    assert [(one.key.kind, one.name) for one in found.uses] == [
        (Kind.ORGANIZATION_UNIT, "Lunifico"),
        (Kind.WORKFLOW, "Chat"),
    ]
    assert found.used_by == ()


async def test_members_are_noted_until_nothing_is_missing(desk: Desk) -> None:
    service = replace(SERVICE, members=("mario", "gone"))
    saved = await desk.management.replace(CARLA, service, ANY_VERSION)
    assert [note.rule for note in saved.notes] == ["no_instant_messaging_licence", "unknown_user"]
    mario = replace(MARIO, licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}))
    await desk.management.replace(CARLA, mario, ANY_VERSION)
    notes = await desk.management.notes(CARLA, key_of(SERVICE))
    assert [note.rule for note in notes] == ["not_registered_with_bot", "unknown_user"]
    await desk.ports.agent_store.save(TENANT.id, AgentState("mario", registered=True), None, None)
    saved = await desk.management.replace(CARLA, replace(service, members=("mario",)), ANY_VERSION)
    assert saved.notes == ()


async def test_a_template_that_lets_nobody_in_is_noted(desk: Desk) -> None:
    saved = await desk.management.replace(CARLA, replace(TEMPLATE, domains=()), ANY_VERSION)
    assert [note.rule for note in saved.notes] == ["no_domains"]


async def test_a_list_for_an_administrator_of_a_unit_is_what_is_in_it(desk: Desk) -> None:
    await desk.management.create(EUROPEAN, replace(SERVICE, id="european", organization_unit_id="europe"))
    page = await desk.management.list(EUROPEAN, Selection(Kind.SERVICE))
    assert [one.document.id for one in page.items] == ["european"]
    assert (await desk.management.list(EUROPEAN, Selection(Kind.SERVICE), "root")).items == ()
    offered = await desk.management.list(EUROPEAN, Selection(Kind.WORKFLOW), None, "europe")
    assert [one.document.id for one in offered.items] == ["chat"]


async def test_a_trial_plays_a_workflow_with_the_calendars_that_it_names(desk: Desk) -> None:
    mario = Agent("mario", "Mario")
    acts = (Act(5, ActKind.AGENT_ACCEPTS, "mario"), Act(9, ActKind.AGENT_ENDS, "mario"))
    course = await desk.trials.simulate(CARLA, CHAT, Trial(desk.clock.now(), acts, (mario,)))
    assert (course.path, course.ended) == (("accept", "queue"), 9.0)
    with pytest.raises(InvalidConfiguration):
        await desk.trials.simulate(CARLA, replace(CHAT, start="nowhere"), Trial(desk.clock.now()))
