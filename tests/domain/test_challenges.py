"""The settings of a challenge: complete, or switched off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.challenges import ChallengeKind, ChallengeRefused, ChallengeSettings
from shared.domain.errors import VisitorCode
from shared.domain.tenants import check_tenant
from tests.domain.company import TENANT

COMPLETE = ChallengeSettings(ChallengeKind.TURNSTILE, "0x4AAAAAAAsite", "keyvault:turnstile")


def fields_to_mend(challenge: ChallengeSettings) -> list[str]:
    return [finding.field for finding in check_tenant(replace(TENANT, challenge=challenge))]


@pytest.mark.parametrize("kind", list(ChallengeKind))
def test_complete_settings_break_no_rule(kind: ChallengeKind) -> None:
    assert fields_to_mend(replace(COMPLETE, kind=kind)) == []


def test_without_a_challenge_nothing_is_needed() -> None:
    assert fields_to_mend(ChallengeSettings()) == []


def test_a_challenge_needs_its_site_key_and_its_secret() -> None:
    assert fields_to_mend(ChallengeSettings(ChallengeKind.HCAPTCHA)) == ["challenge.site_key", "challenge.secret"]
    assert fields_to_mend(replace(COMPLETE, site_key="x" * 101)) == ["challenge.site_key"]


def test_a_refusal_names_the_field_and_nothing_of_the_settings() -> None:
    refused = ChallengeRefused()

    assert (refused.visitor_code, refused.field, refused.status) == (VisitorCode.INVALID, "challengeToken", 400)
