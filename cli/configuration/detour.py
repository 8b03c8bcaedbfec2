"""A way round where documents move to other organization units together and none can go first.

A domain template may be used in its own unit and below. Where it moves to a sibling unit together with a service that
uses it, either is refused alone. By way of a unit above both it is never out of the service's reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cli.configuration.documents import Body
from cli.configuration.obstacles import UNIT, USED_BY_OTHERS, nearest_above
from cli.configuration.plan import Action, Change


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
