"""Licences that documents hand to each other: where all of them are in use, none can be given first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cli.configuration.circles import circling
from cli.configuration.documents import Body, Held, Key

LICENCES = "licences"


def exchanging(held: Mapping[Key, Held], differing: Mapping[Key, Body], bought: Collection[str]) -> frozenset[Key]:
    """Documents each of which gets what another one gives away, round in a circle, of licences that are counted."""
    changed = {key: body for key, body in differing.items() if key in held}
    gives = {key: licences_of(held[key].body) - licences_of(body) for key, body in changed.items()}
    gets = {key: (licences_of(body) - licences_of(held[key].body)) & set(bought) for key, body in changed.items()}
    waits = {key: {other for other in gives if gives[other] & gets[key]} for key in changed if gets[key]}
    return frozenset(circling(waits))


def licences_of(body: Body) -> set[str]:
    return set(body.get(LICENCES) or ())
