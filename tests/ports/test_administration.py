"""What the configuration has to do for administrators: in memory and in Table Storage alike."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.adapters.memory import ManualClock, MemoryAdministration, MemoryConfigStore
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.domain.conflicts import InUse
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import AlreadyExists, InvalidConfiguration, InvalidRequest, VersionConflict
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.ports import ANY_VERSION, Actor, Administration, AuditAction, AuditEntry, Selection, Stored
from tests.ports.companies import (
    CHAT,
    DIRECT,
    EUROPE,
    LUISA,
    MARIO,
    ROOT,
    SALES,
    WEBSITES,
    Company,
    company,
    save_company,
)

CARLA = Actor("carla-id", "Carla")
OTTO = Actor("otto-id", "Otto")
IM = "instantMessaging"


@dataclass(frozen=True)
class Office:
    """Where administrators of Lunifico work."""

    administration: Administration
    lunifico: Company
    clock: ManualClock

    @property
    def tenant_id(self) -> str:
        return self.lunifico.tenant.id

    async def save(self, document: Document, if_match: str | None = ANY_VERSION, by: Actor = CARLA) -> Stored:
        return await self.administration.save(self.tenant_id, document, if_match, by)

    async def read(self, document: Document) -> Stored:
        stored = await self.administration.read(self.tenant_id, key_of(document))
        assert stored is not None
        return stored

    async def names(self, selection: Selection) -> list[str]:
        """The ids of all pages."""
        ids, page = [], await self.administration.list(self.tenant_id, selection)
        ids += [stored.document.id for stored in page.items]
        while page.next is not None:
            page = await self.administration.list(self.tenant_id, replace(selection, after=page.next))
            ids += [stored.document.id for stored in page.items]
        return ids

    async def findings(self, *documents: Document) -> list[list[tuple[str, str]]]:
        """Rule and field of what a dry run finds."""
        found = await self.administration.check(self.tenant_id, documents)
        return [[(finding.rule, finding.field) for finding in findings] for findings in found]

    async def refusal(self, document: Document) -> list[tuple[str, str]]:
        with pytest.raises(InvalidConfiguration) as error:
            await self.save(document)
        return [(finding.rule, finding.field) for finding in error.value.findings]


@pytest.fixture(params=["memory", "tables"])
async def office(request: pytest.FixtureRequest, tables: Tables) -> Office:
    clock = ManualClock()
    if request.param == "tables":
        return Office(ConfigDocuments(tables, clock=clock), await save_company(tables), clock)
    lunifico = company()
    store = MemoryConfigStore(lunifico.tenant, *lunifico.documents)
    return Office(MemoryAdministration(store, clock=clock), lunifico, clock)


async def test_a_document_says_who_changed_it_and_when(office: Office) -> None:
    saved = await office.save(replace(LUISA, first_name="Luisa"), by=OTTO)
    assert await office.read(LUISA) == saved
    assert saved.changed is not None
    assert (saved.changed.by, saved.changed.at) == (OTTO, office.clock.now())


async def test_a_new_document_must_be_new_and_a_change_needs_the_version_that_was_read(office: Office) -> None:
    with pytest.raises(AlreadyExists):
        await office.save(LUISA, None)
    read = await office.read(LUISA)
    await office.save(replace(LUISA, first_name="Luisa"), read.version)
    with pytest.raises(VersionConflict):
        await office.save(LUISA, read.version, OTTO)
    with pytest.raises(VersionConflict):
        await office.administration.delete(office.tenant_id, key_of(LUISA), read.version, OTTO)


async def test_of_two_who_save_at_once_one_is_told(office: Office) -> None:
    read = await office.read(LUISA)
    outcomes = await asyncio.gather(
        office.save(replace(LUISA, first_name="A"), read.version, CARLA),
        office.save(replace(LUISA, first_name="B"), read.version, OTTO),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 1
    (saved,) = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    assert await office.read(LUISA) == saved


async def test_a_version_stays_when_others_come_to_refer_to_the_document(office: Office) -> None:
    before = await office.read(DIRECT)
    await office.save(replace(LUISA, direct_system_messages_id=DIRECT.id))
    assert (await office.read(DIRECT)).version == before.version
    await office.save(replace(DIRECT, description="For all of Europe"), before.version)


async def test_the_audit_log_tells_every_change_newest_first(office: Office) -> None:
    extra = replace(LUISA, id="extra")
    created = await office.save(extra, None, OTTO)
    office.clock.advance(60)
    changed = await office.save(replace(extra, first_name="Extra"), created.version, CARLA)
    office.clock.advance(60)
    await office.administration.delete(office.tenant_id, key_of(extra), changed.version, OTTO)
    page = await office.administration.audit(office.tenant_id, Kind.USER, "extra")
    told = [(entry.what, entry.by, entry.before, entry.after) for entry in page.entries]
    assert told == [
        (AuditAction.DELETED, OTTO, changed.document, None),
        (AuditAction.CHANGED, CARLA, created.document, changed.document),
        (AuditAction.CREATED, OTTO, None, created.document),
    ]
    assert [(entry.replaced, entry.version) for entry in page.entries[1:]] == [
        (created.version, changed.version),
        (None, created.version),
    ]
    assert page.entries[0].at - page.entries[2].at == timedelta(seconds=120)
    assert page.next is None


async def test_a_refused_change_is_not_in_the_audit_log(office: Office) -> None:
    await office.refusal(replace(LUISA, organization_unit_id="nowhere"))
    assert not [e for e in (await office.administration.audit(office.tenant_id)).entries if e.by == CARLA]


async def test_the_audit_log_comes_in_pages(office: Office) -> None:
    for number in range(5):
        office.clock.advance(1)
        await office.save(replace(LUISA, first_name=f"Luisa {number}"))
        office.clock.advance(1)
        await office.save(replace(ROOT, name=f"Lunifico {number}"))
    for kind, document_id in ((Kind.USER, "luisa"), (Kind.USER, None)):
        names, after = [], None
        while True:
            page = await office.administration.audit(office.tenant_id, kind, document_id, after, 2)
            assert len(page.entries) <= 2
            names += [entry.after.first_name for entry in page.entries if isinstance(entry.after, User)]
            after = page.next
            if after is None:
                break
        assert names[:5] == [f"Luisa {number}" for number in (4, 3, 2, 1, 0)]
    newest = (await office.administration.audit(office.tenant_id, top=1)).entries
    assert [entry.key for entry in newest] == [key_of(ROOT)]


@pytest.mark.parametrize("after", ["x y", "\x00", "'", "ü", ""])
async def test_a_cursor_that_is_none_is_refused(office: Office, after: str) -> None:
    with pytest.raises(InvalidRequest):
        await office.administration.list(office.tenant_id, Selection(Kind.USER, after=after))
    with pytest.raises(InvalidRequest):
        await office.administration.audit(office.tenant_id, after=after)


async def test_documents_are_listed_in_pages(office: Office) -> None:
    people = [replace(LUISA, id=f"user{number}", display_name=f"User {number}") for number in (0, 1, 10, 2)]
    for person in people:
        await office.save(person, None)
    page = await office.administration.list(office.tenant_id, Selection(Kind.USER, top=4))
    assert [stored.document for stored in page.items] == [LUISA, MARIO, people[0], people[1]]
    assert await office.names(Selection(Kind.USER, top=2)) == ["luisa", "mario", "user0", "user1", "user10", "user2"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mar", ["mario"]),
        ("MARIO", ["mario"]),
        ("lunifico", ["luisa", "mario", "rossi"]),
        ("ross lu", ["rossi"]),
        ("éli", ["rossi"]),
        ("ario", []),
        ("--", []),
        ("", ["luisa", "mario", "rossi"]),
    ],
)
async def test_documents_are_found_by_the_words_of_their_names(office: Office, search: str, found: list[str]) -> None:
    rossi = replace(LUISA, id="rossi", display_name="Élise Rossi-Rossini", upn="elise@lunifico.example")
    for user in (LUISA, replace(MARIO, upn="mario@lunifico.example"), rossi):
        await office.save(user)
    for top in (1, 50):
        assert await office.names(Selection(Kind.USER, search=search, top=top)) == found


async def test_a_renamed_document_is_not_found_by_its_old_name(office: Office) -> None:
    await office.save(replace(LUISA, display_name="Before"))
    await office.save(replace(LUISA, display_name="After"))
    assert await office.names(Selection(Kind.USER, search="before")) == []
    assert await office.names(Selection(Kind.USER, search="after")) == ["luisa"]


async def test_documents_of_some_organization_units_are_listed(office: Office) -> None:
    for number in range(4):
        await office.save(
            replace(LUISA, id=f"american{number}", organization_unit_id="america", interact=SALES.interact)
        )
    everybody = await office.names(Selection(Kind.USER))
    for units, top in ((("america",), 3), (("america", "europe"), 2), (tuple("abcdefghijklmnopqrstuvw"), 5)):
        chosen = frozenset(units)
        expected = [one for one in everybody if ("america" if one.startswith("american") else "europe") in chosen]
        assert await office.names(Selection(Kind.USER, units=chosen, top=top)) == expected
    assert await office.names(Selection(Kind.USER, units=frozenset({"america"}), search="luisa")) == [
        f"american{number}" for number in range(4)
    ]
    assert await office.names(Selection(Kind.ORGANIZATION_UNIT, units=frozenset({"europe"}))) == ["europe"]


async def test_what_is_used_says_by_whom_and_cannot_be_deleted(office: Office) -> None:
    used = await office.administration.used_by(office.tenant_id, key_of(WEBSITES))
    assert set(used) == {key_of(SALES), key_of(LUISA), key_of(MARIO)}
    with pytest.raises(InUse) as refusal:
        await office.administration.delete(office.tenant_id, key_of(WEBSITES), ANY_VERSION, CARLA)
    assert set(refusal.value.used_by) == set(used)


async def test_every_version_of_a_workflow_is_kept(office: Office) -> None:
    first = await office.save(replace(CHAT, id="new", name="First"), None, OTTO)
    office.clock.advance(60)
    await office.save(replace(CHAT, id="new", name="Second"), first.version, CARLA)
    told = await office.administration.versions(office.tenant_id, "new")
    assert [(one.number, one.name, one.changed.by if one.changed else None) for one in told] == [
        (2, "Second", CARLA),
        (1, "First", OTTO),
    ]
    kept = await office.administration.read_version(office.tenant_id, "new", 1)
    assert kept == replace(CHAT, id="new", name="First", version=1)
    assert await office.administration.read_version(office.tenant_id, "new", 3) is None
    assert await office.administration.versions(office.tenant_id, "nothing") == []


async def test_a_dry_run_saves_nothing_and_finds_all(office: Office) -> None:
    wrong = replace(SALES, name=" ", modalities={IM: ServiceModality(True, "gone")})
    assert await office.findings(wrong, LUISA) == [
        [("name_missing", "name"), ("reference_missing", f"modalities.{IM}.workflow_id")],
        [],
    ]
    assert (await office.read(SALES)).document == SALES


async def test_in_a_dry_run_references_count_among_each_other(office: Office) -> None:
    unit = OrganizationUnit("asia", "Asia", "root")
    template = replace(WEBSITES, id="asian", organization_unit_id="asia")
    access = replace(SALES.interact, domain_template_id="asian")
    service = replace(SALES, id="orders", organization_unit_id="asia", interact=access, modalities={})
    assert await office.findings(service, template, unit) == [[], [], []]
    elsewhere = replace(service, organization_unit_id="europe")
    assert await office.findings(elsewhere, template, unit) == [
        [("out_of_reach", "interact.domain_template_id")],
        [],
        [],
    ]
    assert await office.findings(service) == [
        [("reference_missing", "organization_unit_id"), ("reference_missing", "interact.domain_template_id")],
    ]


async def test_a_circle_of_organization_units_is_found_in_one_and_in_several(office: Office) -> None:
    assert await office.refusal(replace(ROOT, parent_id="europe")) == [("cycle", "parent_id")]
    one, other = OrganizationUnit("one", "One", "other"), OrganizationUnit("other", "Other", "one")
    assert await office.findings(one, other) == [[("cycle", "parent_id")], [("cycle", "parent_id")]]


@pytest.mark.parametrize(
    "moved",
    [
        replace(WEBSITES, organization_unit_id="america"),
        replace(CHAT, organization_unit_id="america"),
        replace(CHAT, type="audioVideo"),
        replace(DIRECT, kind="service"),
    ],
)
async def test_what_others_use_is_not_moved_out_of_their_reach(office: Office, moved: Document) -> None:
    assert "breaks_reference" in {rule for rule, _ in await office.refusal(moved)}
    assert (await office.read(moved)).document != moved


async def test_a_unit_is_not_moved_away_from_what_it_uses(office: Office) -> None:
    below, template = (
        OrganizationUnit("france", "France", "europe"),
        replace(WEBSITES, id="eu", organization_unit_id="europe"),
    )
    access = replace(LUISA.interact, domain_template_id="eu")
    user = replace(LUISA, id="french", organization_unit_id="france", interact=access)
    for document in (below, template, user):
        await office.save(document)
    assert await office.refusal(replace(below, parent_id="america")) == [("breaks_reference", "parent_id")]
    await office.save(replace(EUROPE, parent_id="america"))
    assert await office.findings(replace(below, parent_id="root"), replace(template, organization_unit_id="root")) == [
        [],
        [],
    ]


async def test_licences_are_counted_and_run_out(office: Office) -> None:
    licensed = await office.administration.licensed(office.tenant_id)
    assert licensed[Licence.INTERACT] == {Kind.USER: 2, Kind.SERVICE: 1}
    await office.save(replace(office.lunifico.tenant, licences_bought={Licence.INTERACT: 4}))
    extra, another = replace(LUISA, id="extra"), replace(LUISA, id="another")
    assert await office.findings(extra, another) == [[], [("licences_used_up", "licences")]]
    await office.save(extra)
    assert await office.refusal(another) == [("licences_used_up", "licences")]
    await office.save(replace(extra, first_name="Still licensed"))
    assert await office.findings(another, replace(extra, licences=frozenset())) == [[], []]
    third = replace(LUISA, id="third")
    assert await office.findings(another, third, replace(extra, licences=frozenset())) == [
        [],
        [("licences_used_up", "licences")],
        [],
    ]
    await office.save(replace(extra, licences=frozenset()))
    await office.save(another)
    assert (await office.administration.licensed(office.tenant_id))[Licence.INTERACT][Kind.USER] == 3


async def test_withdrawing_a_licence_keeps_the_settings(office: Office) -> None:
    withdrawn = await office.save(replace(LUISA, licences=frozenset()))
    assert isinstance(withdrawn.document, User)
    assert withdrawn.document.interact == LUISA.interact
    fresh = replace(LUISA, id="fresh", licences=frozenset())
    assert await office.refusal(fresh) == [("licence_missing", "interact.active")]


async def test_instant_messaging_is_set_where_the_tenant_has_enabled_it(office: Office) -> None:
    await office.save(replace(office.lunifico.tenant, instant_messaging_enabled=False))
    await office.save(replace(SALES, name="Keeps what it has"))
    fresh = replace(SALES, id="fresh")
    assert await office.refusal(fresh) == [
        ("instant_messaging_disabled", f"modalities.{IM}.enabled"),
        ("instant_messaging_disabled", "interact.modalities"),
    ]
    enabled = replace(office.lunifico.tenant, instant_messaging_enabled=True)
    assert await office.findings(fresh, enabled) == [[], []]


async def test_a_widget_key_belongs_to_one_tenant_also_after_its_rotation(office: Office) -> None:
    tenant = office.lunifico.tenant
    rotated = replace(tenant, widget_key=f"{tenant.id}-new-key", previous_widget_key=tenant.widget_key)
    await office.save(rotated)
    for taken in (tenant.widget_key, rotated.widget_key):
        other = Tenant(f"{tenant.id}-2", "Other", widget_key=taken)
        found = await office.administration.check(other.id, [other])
        assert [finding.rule for finding in found[0]] == ["widget_key_taken"]


BAD_NAMES = ("<script>alert(1)</script>", "Lunifico\x00", "\u202eoknif", "two\nlines", "x" * 201)


@pytest.mark.parametrize(
    "document", [one for name in BAD_NAMES for one in (replace(ROOT, name=name), replace(LUISA, display_name=name))]
)
async def test_names_hold_nothing_that_could_act(office: Office, document: Document) -> None:
    ((finding, *more),) = await office.findings(document)
    assert finding in [(rule, field) for rule in ("name_characters", "too_long") for field in ("name", "display_name")]
    assert more == []


async def test_a_document_that_cannot_be_stored_is_named(office: Office) -> None:
    huge = replace(DIRECT, description="x" * 200_001)
    assert await office.refusal(huge) == [("too_large", "")]


async def test_the_largest_document_fits(office: Office) -> None:
    large = replace(DIRECT, id="large", description="ü" * 33_000)
    first = await office.save(large, None)
    await office.save(replace(large, description="é" * 33_000), first.version)


async def test_tenants_do_not_see_each_other(office: Office) -> None:
    await office.save(replace(LUISA, first_name="Luisa"))
    other = f"{office.tenant_id}-2"
    assert await office.administration.read(other, DocumentKey(Kind.USER, "luisa")) is None
    assert (await office.administration.list(other, Selection(Kind.USER))).items == ()
    assert (await office.administration.audit(other)).entries == ()
    assert await office.administration.licensed(other) == {}


async def test_what_changes_no_document_is_in_the_audit_log_with_its_details(office: Office) -> None:
    entry = AuditEntry(
        office.clock.now(), CARLA, AuditAction.RESET, key_of(LUISA), None, None, details={"changed": "missed, ring"}
    )
    await office.administration.record(office.tenant_id, entry)
    for kind, document_id in ((Kind.USER, "luisa"), (None, None)):
        newest = (await office.administration.audit(office.tenant_id, kind, document_id)).entries[0]
        assert newest == entry
