"""Documents that were stored by another version, or by somebody else: refused without quoting them."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest

from shared.adapters.documents import effect_from_json, from_json, to_json
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.effects import Effect, RelayToAgent
from shared.domain.errors import Rejected
from shared.domain.parameters import Customer, Proof
from shared.domain.tenants import Tenant

TEXT = "My password is Basel"


def refusal_of_effect(text: str) -> Rejected:
    with pytest.raises(Rejected) as refusal:
        effect_from_json(text)
    return refusal.value


def test_an_effect_comes_back_as_it_was() -> None:
    effect: Effect = RelayToAgent("mario", TEXT)
    assert effect_from_json(to_json(effect)) == effect


@pytest.mark.parametrize(
    ("stored", "places"),
    [
        ({"kind": "relay_to_agent", "agent_id": "mario", "text": [TEXT]}, "relay_to_agent.text"),
        ({"kind": "relay_to_agent", "text": TEXT}, "relay_to_agent.agent_id"),
        ({"kind": TEXT, "agent_id": "mario", "text": TEXT}, "text"),
        ([TEXT], "text"),
        (TEXT, "text"),
    ],
)
def test_an_effect_that_does_not_fit_is_refused_with_the_places_and_without_its_text(stored: Any, places: str) -> None:
    refusal = refusal_of_effect(json.dumps(stored))

    assert (refusal.reason, str(refusal)) == ("unreadable", f"a stored Effect is unreadable: {places}")
    assert "Basel" not in "".join(traceback.format_exception(refusal))
    assert (refusal.__cause__, refusal.__context__) == (None, None)


@pytest.mark.parametrize("torn", ['{"kind": "relay_to_agent", "text": "My password is Basel', TEXT, ""])
def test_what_is_no_json_is_not_quoted_either(torn: str) -> None:
    assert "Basel" not in "".join(traceback.format_exception(refusal_of_effect(torn)))


def test_the_authorization_of_a_tenant_comes_back_as_it_was() -> None:
    settings = SiteTokenSettings(
        "https://www.lunifico.example", "interact", keys_url="https://www.lunifico.example/keys"
    )
    tenant = Tenant("lunifico", "Lunifico", "k" * 16, authorization=AuthorizationMode.OIDC, site_tokens=settings)
    assert from_json(Tenant, to_json(tenant)) == tenant
    carla = Customer("Carla", "carla@example.org", Proof("https://www.lunifico.example", "4711", name=True))
    assert from_json(Customer, to_json(carla)) == carla


def test_what_was_stored_before_there_was_authorization_is_read() -> None:
    stored = '{"id": "lunifico", "name": "Lunifico", "widget_key": "kkkkkkkkkkkkkkkk", "authorization": "none"}'
    assert from_json(Tenant, stored) == Tenant("lunifico", "Lunifico", "k" * 16)
    assert from_json(Customer, '{"display_name": "Carla", "email": ""}') == Customer("Carla", "")


def test_a_document_that_does_not_fit_is_refused_too() -> None:
    stored = to_json({"display_name": TEXT, "email": [TEXT]})
    with pytest.raises(Rejected) as refusal:
        from_json(Customer, stored)
    assert str(refusal.value) == "a stored Customer is unreadable: email"
    assert "Basel" not in "".join(traceback.format_exception(refusal.value))


def test_many_faults_make_no_long_error() -> None:
    with pytest.raises(Rejected) as refusal:
        from_json(Tenant, json.dumps({name: {} for name in Tenant.__dataclass_fields__}))
    assert len(str(refusal.value)) < 500
