"""Documents that cannot become what they are to be by any order of writes, found before anything is written.

A reference has to lead to the same or a higher unit after every single write. Where neither a document nor what uses it
can go first, it goes by way of a unit above both places; here it is asked whether it can. In the same way the type of a
workflow and the kind of system messages have to fit what uses them, and there is no third one to go by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cli.api import Api
from cli.configuration.circles import circling
from cli.configuration.documents import Body, Held, Key, texts_in
from cli.configuration.server import check
from cli.kinds import collection_of

USED_BY_OTHERS = frozenset({"calendars", "domainTemplates", "systemMessages", "workflows"})
"""Collections whose documents others select."""
UNITS = "organizationUnits"
UNIT = "organizationUnitId"
SORTS = ("type", "kind")
"""Fields by which it is judged what may use a document, beside its unit."""
NO_REFERENCE = frozenset({"id", "name", "displayName", UNIT})


@dataclass(frozen=True)
class Obstacle:
    """A document whose field has no way to its new value, and why."""

    key: Key
    field: str
    why: str


@dataclass(frozen=True)
class Ways:
    """What has no way, and by way of which unit goes what has one."""

    obstacles: tuple[Obstacle, ...]
    through: Mapping[Key, str]


def ways(api: Api, wanted: Mapping[Key, Body], held: Mapping[Key, Held], differing: Mapping[Key, Body]) -> Ways:
    """How what cannot go straight goes, or why it cannot.

    `wanted` is what the folder says, `differing` what changes, as the server would have it.
    """
    parents = _parents(wanted, held)
    known = [key for key in differing if key in held and key.collection in USED_BY_OTHERS]
    beside = {key for key in known if _goes_beside(held[key].body, differing[key], parents)}
    sorts = {key: field for key in known for field in SORTS if held[key].body.get(field) != differing[key].get(field)}
    why = "what uses it fits the one before or the new one, and nothing fits both"
    found = [Obstacle(key, sorts[key], why) for key in sorted(circling(_waits(api, sorts, wanted)) & set(sorts))]
    on_the_way: dict[Key, Body] = {}
    for key in sorted(circling(_waits(api, beside, wanted)) & beside):
        common = nearest_above(held[key].body.get(UNIT), differing[key].get(UNIT), parents)
        if common is None:
            found.append(Obstacle(key, UNIT, "no unit that you manage is above both places"))
        else:
            on_the_way[key] = {**held[key].body, UNIT: common}
    units = {key: body for key, body in differing.items() if key.collection == UNITS}
    checked = check(api, {**units, **on_the_way}) if on_the_way else {}
    for key, body in on_the_way.items():
        if checked[key].findings:
            first = checked[key].findings[0]
            found.append(Obstacle(key, UNIT, f"in '{body[UNIT]}', above both, {first.field} {first.explanation}"))
    return Ways(tuple(found), {key: str(body[UNIT]) for key, body in on_the_way.items()})


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


def _goes_beside(before: Body, after: Body, parents: Mapping[str, str | None]) -> bool:
    old, new = before.get(UNIT), after.get(UNIT)
    if old == new:
        return False
    return new not in list(_upwards(old, parents)) and old not in list(_upwards(new, parents))


def _waits(api: Api, turning: Collection[Key], wanted: Mapping[Key, Body]) -> dict[Key, set[Key]]:
    """Which documents can only be written after which.

    What turns away from those that use it now waits for them; those that will use it wait for it.
    """
    waits: dict[Key, set[Key]] = {}
    for key in turning:
        used_by = api.get(f"{key.path}/references")["usedBy"]
        waits[key] = {Key(collection_of(one["kind"]), one["id"]) for one in used_by}
    ids = {key.id for key in turning}
    for key, body in wanted.items() if turning else ():
        named = ids & set(texts_in({name: value for name, value in body.items() if name not in NO_REFERENCE}))
        if named:
            waits.setdefault(key, set()).update(one for one in turning if one.id in named and one != key)
    return waits
