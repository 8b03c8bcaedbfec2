"""Licences: a user needs Interact; a service needs Enterprise or Contact Center besides."""

from __future__ import annotations

import pytest

from shared.domain.licences import Licence, covers_interact

INTERACT, ENTERPRISE, CONTACT_CENTER = Licence.INTERACT, Licence.ENTERPRISE, Licence.CONTACT_CENTER


@pytest.mark.parametrize(
    ("licences", "for_a_user", "for_a_service"),
    [
        ((), False, False),
        ((INTERACT,), True, False),
        ((ENTERPRISE,), False, False),
        ((CONTACT_CENTER,), False, False),
        ((INTERACT, Licence.INSTANT_MESSAGING), True, False),
        ((INTERACT, ENTERPRISE), True, True),
        ((INTERACT, CONTACT_CENTER), True, True),
        (tuple(Licence), True, True),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else None,
)
def test_interact_is_covered(licences: tuple[Licence, ...], for_a_user: bool, for_a_service: bool) -> None:
    assert covers_interact(frozenset(licences), service=False) is for_a_user
    assert covers_interact(frozenset(licences), service=True) is for_a_service
