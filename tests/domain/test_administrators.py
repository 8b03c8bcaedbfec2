"""Which administrator sees, selects and changes what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.administrators import Administrator, Role, is_offered, may_change, may_place, may_see
from shared.domain.calendars import Calendar
from shared.domain.documents import Document
from shared.domain.organization_units import OrganizationUnit
from tests.domain.company import MARIO, SERVICE, TEMPLATE, TENANT, WORKFLOW

UNITS = {
    unit.id: unit
    for unit in (
        OrganizationUnit("root", "Lunifico"),
        OrganizationUnit("europe", "Europe", "root"),
        OrganizationUnit("france", "France", "europe"),
        OrganizationUnit("america", "America", "root"),
    )
}
CALENDAR = Calendar("hours", "Hours", "root", "Europe/Zurich")


def administrator(*roles: Role, unit: str | None = None) -> Administrator:
    return Administrator("carla", "Carla", TENANT.id, frozenset(roles), unit)


TENANT_ADMIN = administrator(Role.TENANT_ADMINISTRATOR)
EUROPE_ADMIN = administrator(Role.ORGANIZATION_UNIT_ADMINISTRATOR, unit="europe")
WORKFLOW_ADMIN = administrator(Role.WORKFLOW_ADMINISTRATOR)
READER = administrator(Role.READER)


def of(unit: str) -> tuple[Document, ...]:
    """One document of each kind in the unit."""
    placed = (replace(one, organization_unit_id=unit) for one in (SERVICE, MARIO))
    return (*placed, *offered(unit), UNITS[unit])


def offered(unit: str) -> tuple[Document, ...]:
    return (
        replace(TEMPLATE, organization_unit_id=unit),
        replace(WORKFLOW, organization_unit_id=unit),
        replace(CALENDAR, organization_unit_id=unit),
    )


def test_a_tenant_administrator_sees_and_changes_everything() -> None:
    for document in (TENANT, *of("root"), *of("france")):
        assert may_see(TENANT_ADMIN, document, UNITS)
        assert may_change(TENANT_ADMIN, document, UNITS)
    assert may_place(TENANT_ADMIN, UNITS["root"], UNITS)


@pytest.mark.parametrize(("unit", "allowed"), [("europe", True), ("france", True), ("root", False), ("america", False)])
def test_an_organization_unit_administrator_has_its_own_unit_and_what_is_below(unit: str, allowed: bool) -> None:
    for document in of(unit):
        assert may_see(EUROPE_ADMIN, document, UNITS) is allowed
        assert may_change(EUROPE_ADMIN, document, UNITS) is allowed


@pytest.mark.parametrize(("unit", "allowed"), [("europe", True), ("root", True), ("france", False), ("america", False)])
def test_what_is_selected_is_offered_from_the_same_or_a_higher_unit(unit: str, allowed: bool) -> None:
    for document in offered(unit):
        assert is_offered(EUROPE_ADMIN, document, UNITS) is allowed
    assert not is_offered(EUROPE_ADMIN, replace(SERVICE, organization_unit_id=unit), UNITS)


def test_an_organization_unit_administrator_moves_only_units_below_its_own() -> None:
    assert may_place(EUROPE_ADMIN, UNITS["france"], UNITS)
    for unit in ("europe", "root", "america"):
        assert not may_place(EUROPE_ADMIN, UNITS[unit], UNITS)


def test_the_tenants_settings_are_read_by_all_and_changed_by_tenant_administrators() -> None:
    for one in (EUROPE_ADMIN, WORKFLOW_ADMIN, READER):
        assert may_see(one, TENANT, UNITS)
        assert not may_change(one, TENANT, UNITS)


def test_a_workflow_administrator_changes_workflows_and_calendars() -> None:
    template, workflow, calendar = offered("france")
    assert may_change(WORKFLOW_ADMIN, workflow, UNITS)
    assert may_change(WORKFLOW_ADMIN, calendar, UNITS)
    assert not may_change(WORKFLOW_ADMIN, template, UNITS)


def test_a_reader_sees_everything_and_changes_nothing() -> None:
    for document in of("france"):
        assert may_see(READER, document, UNITS)
        assert not may_change(READER, document, UNITS)


@pytest.mark.parametrize("role", [Role.TENANT_ADMINISTRATOR, Role.WORKFLOW_ADMINISTRATOR, Role.READER])
def test_a_unit_limits_no_role_but_that_of_its_administrator(role: Role) -> None:
    of_america = administrator(role, unit="america")
    for document in of("france"):
        assert may_see(of_america, document, UNITS)
        assert may_change(of_america, document, UNITS) is may_change(administrator(role), document, UNITS)


@pytest.mark.parametrize(
    "nobody", [administrator(), administrator(Role.ORGANIZATION_UNIT_ADMINISTRATOR), administrator(unit="europe")]
)
def test_without_a_role_that_counts_nothing_of_a_unit_is_seen(nobody: Administrator) -> None:
    for document in of("europe"):
        assert not may_see(nobody, document, UNITS)
        assert not may_change(nobody, document, UNITS)
        assert not is_offered(replace(nobody, roles=frozenset()), document, UNITS)


def test_several_roles_add_up() -> None:
    both = administrator(Role.READER, Role.ORGANIZATION_UNIT_ADMINISTRATOR, unit="europe")
    assert may_change(both, of("france")[0], UNITS)
    assert may_see(both, of("america")[0], UNITS)
    assert not may_change(both, of("america")[0], UNITS)
    reader = administrator(Role.READER, Role.ORGANIZATION_UNIT_ADMINISTRATOR)
    assert may_see(reader, of("america")[0], UNITS)
    assert not may_change(reader, of("america")[0], UNITS)
