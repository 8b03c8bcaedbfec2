"""Configuring Interact service and user settings: what is refused when it is saved, and where the fix is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.errors import Finding
from shared.domain.licences import Licence
from shared.domain.services import ServiceModality, check_service
from shared.domain.users import InteractAccess, check_user
from tests.domain.company import IM, MARIO, SERVICE


def broken(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in findings]


def test_the_settings_of_the_guide_s_walk_through_break_no_rule() -> None:
    assert check_service(SERVICE) == ()
    assert check_user(MARIO) == ()


def test_a_service_can_be_activated_only_with_an_interact_licence() -> None:
    unlicensed = replace(SERVICE, licences=frozenset({Licence.ENTERPRISE}))

    assert broken(check_service(unlicensed)) == [("licence_missing", "interact.active")]


def test_an_interact_licence_of_a_service_needs_enterprise_or_contact_center() -> None:
    bare = replace(SERVICE, licences=frozenset({Licence.INTERACT}))
    inactive = replace(bare, interact=InteractAccess())

    assert broken(check_service(bare)) == [("licence_missing", "interact.active"), ("base_licence_missing", "licences")]
    assert broken(check_service(inactive)) == [("base_licence_missing", "licences")]


def test_a_user_can_be_activated_only_with_an_interact_licence() -> None:
    unlicensed = replace(MARIO, licences=frozenset({Licence.INSTANT_MESSAGING, Licence.ENTERPRISE}))

    assert broken(check_user(unlicensed)) == [("licence_missing", "interact.active")]


def test_switching_active_off_keeps_a_licence_and_needs_none() -> None:
    assert check_user(replace(MARIO, interact=InteractAccess(active=False))) == ()
    assert check_user(replace(MARIO, licences=frozenset(), interact=InteractAccess(active=False))) == ()


@pytest.mark.parametrize("template_id", [None, ""])
def test_restrict_access_without_a_domain_template_is_refused(template_id: str | None) -> None:
    restricted = InteractAccess(True, frozenset({IM}), restrict_access=True, domain_template_id=template_id)
    expected = [("domain_template_missing", "interact.domain_template_id")]

    assert broken(check_user(replace(MARIO, interact=restricted))) == expected
    assert broken(check_service(replace(SERVICE, interact=restricted))) == expected


def test_an_enabled_modality_of_a_service_needs_a_workflow() -> None:
    enabled = replace(SERVICE, modalities={IM: ServiceModality(enabled=True)})
    disabled = replace(SERVICE, modalities={IM: ServiceModality(enabled=False)})

    assert broken(check_service(enabled)) == [("workflow_missing", f"modalities.{IM}.workflow_id")]
    assert check_service(disabled) == ()


def test_an_unknown_modality_is_refused_and_the_known_ones_are_named() -> None:
    fax = replace(SERVICE, modalities={"fax": ServiceModality(enabled=True, workflow_id="chat")})

    findings = check_service(fax)

    assert broken(findings) == [("modality_unknown", "modalities.fax")]
    assert "instantMessaging, audioVideo" in findings[0].explanation


def test_all_broken_rules_are_listed_at_once() -> None:
    worst = replace(
        SERVICE,
        licences=frozenset({Licence.INTERACT}),
        modalities={IM: ServiceModality(enabled=True)},
        interact=InteractAccess(active=True, restrict_access=True),
    )

    assert len(check_service(worst)) == 4
