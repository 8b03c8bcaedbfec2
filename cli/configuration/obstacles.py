"""Documents that cannot go to their new organization unit by any order of writes, found before anything is written.

A reference has to lead to the same or a higher unit after every single write. Where neither a document nor what uses it
can go first, it goes by way of a unit above both places; here it is asked whether it can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cli.api import Api
from cli.configuration.documents import Body, Held, Key, texts_in
from cli.configuration.server import check
from cli.kinds import collection_of

USED_BY_OTHERS = frozenset({"calendars", "domainTemplates", "systemMessages", "workflows"})
"""Collections whose documents others select."""
UNITS = "organizationUnits"
UNIT = "organizationUnitId"
NO_REFERENCE = frozenset({"id", "name", "displayName", UNIT})


@dataclass(frozen=True)
class Obstacle:
    """A document that has no way to its new unit, and why."""

    key: Key
    why: str


def obstacles(
    api: Api, wanted: Mapping[Key, Body], held: Mapping[Key, Held], differing: Mapping[Key, Body]
) -> tuple[Obstacle, ...]:
    """What cannot go by way of a unit above, and has to; `wanted` is what the folder says, `differing` what changes."""
    parents = _parents(wanted, held)
    beside = {key for key in differing if key in held and _goes_beside(key, held[key].body, differing[key], parents)}
    found: list[Obstacle] = []
    on_the_way: dict[Key, Body] = {}
    for key in sorted(_circling(_waits(api, beside, wanted)) & beside):
        common = nearest_above(held[key].body.get(UNIT), differing[key].get(UNIT), parents)
        if common is None:
            found.append(Obstacle(key, "no unit that you manage is above both places"))
        else:
            on_the_way[key] = {**held[key].body, UNIT: common}
    units = {key: body for key, body in differing.items() if key.collection == UNITS}
    checked = check(api, {**units, **on_the_way}) if on_the_way else {}
    for key, body in on_the_way.items():
        if checked[key].findings:
            first = checked[key].findings[0]
            found.append(Obstacle(key, f"in '{body[UNIT]}', above both places, {first.field} {first.explanation}"))
    return tuple(found)


def nearest_above(one: str | None, other: str | None, parents: Mapping[str, str | None]) -> str | None:
    """The nearest unit that is above both, or one of them; None where none is known."""
    above = set(_upwards(other, parents))
    return next((unit for unit in _upwards(one, parents) if unit in above), None)


def _upwards(unit: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """The unit and those above it, as far as they are known."""
    seen: set[str] = set()
    while unit is not None and unit in parents and unit not in seen:
        seen.add(unit)
        yield unit
        unit = parents[unit]


def _parents(wanted: Mapping[Key, Body], held: Mapping[Key, Held]) -> dict[str, str | None]:
    """Of the units that the administrator sees, as they will be."""
    units = {key: one.body for key, one in held.items()} | dict(wanted)
    return {key.id: body.get("parentId") for key, body in units.items() if key.collection == UNITS}


def _goes_beside(key: Key, before: Body, after: Body, parents: Mapping[str, str | None]) -> bool:
    old, new = before.get(UNIT), after.get(UNIT)
    if key.collection not in USED_BY_OTHERS or old == new:
        return False
    return new not in list(_upwards(old, parents)) and old not in list(_upwards(new, parents))


def _waits(api: Api, beside: Collection[Key], wanted: Mapping[Key, Body]) -> dict[Key, set[Key]]:
    """Which documents can only be written after which.

    What goes beside waits for those that use it now; those that will use it wait for it.
    """
    waits: dict[Key, set[Key]] = {}
    for key in beside:
        used_by = api.get(f"{key.path}/references")["usedBy"]
        waits[key] = {Key(collection_of(one["kind"]), one["id"]) for one in used_by}
    ids = {key.id for key in beside}
    for key, body in wanted.items() if beside else ():
        named = ids & set(texts_in({name: value for name, value in body.items() if name not in NO_REFERENCE}))
        if named:
            waits.setdefault(key, set()).update(one for one in beside if one.id in named and one != key)
    return waits


def _circling(waits: Mapping[Key, Collection[Key]]) -> set[Key]:
    """Those that wait for themselves in the end."""
    return {key for key in waits if key in _behind(key, waits)}


def _behind(key: Key, waits: Mapping[Key, Collection[Key]]) -> set[Key]:
    found: set[Key] = set()
    left = list(waits.get(key, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += waits.get(one, ())
    return found
