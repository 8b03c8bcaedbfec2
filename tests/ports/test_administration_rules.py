"""What of a configuration may not be saved, told before and at saving: in memory and in Table Storage alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.conflicts import InUse
from shared.domain.documents import Document, Kind, key_of
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.ports import ANY_VERSION
from tests.ports.companies import (
    CHAT,
    DIRECT,
    EUROPE,
    LUISA,
    MARIO,
    ROOT,
    SALES,
    WEBSITES,
)
from tests.ports.office import CARLA, Office

IM = "instantMessaging"


async def test_what_is_used_says_by_whom_and_cannot_be_deleted(office: Office) -> None:
    used = await office.administration.used_by(office.tenant_id, key_of(WEBSITES))
    assert set(used) == {key_of(SALES), key_of(LUISA), key_of(MARIO)}
    with pytest.raises(InUse) as refusal:
        await office.administration.delete(office.tenant_id, key_of(WEBSITES), ANY_VERSION, CARLA)
    assert set(refusal.value.used_by) == set(used)


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
