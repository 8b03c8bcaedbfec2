"""A way round where documents have to change together and none can go first.

A domain template may be used in its own unit and below. Where it moves to a sibling unit together with a service that
uses it, either is refused alone. By way of a unit above both it is never out of the service's reach.

Where documents exchange licences all of which are in use, one of them gives its own back before it gets the others. For
that moment it has neither, so this is done only where nothing else helps, and to one document at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.configuration.documents import Body, Key
from cli.configuration.exchanges import LICENCES, licences_of
from cli.configuration.obstacles import UNIT, USED_BY_OTHERS, nearest_above
from cli.configuration.plan import Action, Change
from cli.errors import ApiError

NONE_LEFT = "licences_used_up"


def ways_round(waiting: Sequence[tuple[Change, ApiError]], units: Iterable[Mapping[str, Any]]) -> dict[Key, Body]:
    """What documents have to be in between, so that others can go on."""
    tree = list(units)
    moved = {change.key: way_round(change, tree) for change, _ in waiting}
    found = {key: body for key, body in moved.items() if body is not None}
    if found:
        return found
    given = ((change.key, given_back(change, error)) for change, error in waiting)
    return next(({key: body} for key, body in given if body is not None), {})


def given_back(change: Change, error: ApiError) -> Body | None:
    """The document as it is on the server, but without the licences that it gives away; None where that is no help.

    A service gives back all: with Interact alone it would be refused.
    """
    is_of_licences = any(finding.get("rule") == NONE_LEFT for finding in error.findings)
    if change.action is not Action.CHANGE or change.held is None or not is_of_licences:
        return None
    before, after = licences_of(change.held.body), licences_of(change.result)
    kept = [] if change.key.collection == "services" else sorted(before & after)
    return {**change.held.body, LICENCES: kept} if before - after else None


def way_round(change: Change, units: Iterable[Mapping[str, Any]]) -> Body | None:
    """The document as it is on the server, but in the nearest unit above both its old and its new one.

    None where that leads nowhere: it does not move, or nobody selects it, or it is as high already.
    """
    if change.action is not Action.CHANGE or change.held is None or change.key.collection not in USED_BY_OTHERS:
        return None
    old, new = change.held.body.get(UNIT), change.result.get(UNIT)
    parents = {unit["id"]: unit.get("parentId") for unit in units}
    common = nearest_above(old, new, parents)
    return None if common is None or common == old else {**change.held.body, UNIT: common}
