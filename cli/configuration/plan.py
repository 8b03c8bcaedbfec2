"""What has to change on the server so that it is as the folder says: pure, but for asking the server to check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from cli.api import Api
from cli.configuration.differences import NOTHING, Difference, differences
from cli.configuration.documents import ORDER, TENANT, Body, Filed, Held, Key, Place, name_of, own_fields, texts_in
from cli.configuration.exchanges import exchanging
from cli.configuration.folder import Folder
from cli.configuration.lock import Lock
from cli.configuration.obstacles import Ways, ways
from cli.configuration.server import Checked, check, with_kept
from cli.kinds import collection_of

TENANT_KEY = Key(TENANT, "")
GIVEN_BACK = "licences given back first, if none is left"


class Action(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """One document: `body` is what is sent, `result` what the server then has, `via` what it has to be in between."""

    action: Action
    key: Key
    name: str
    body: Body
    result: Body
    held: Held | None = None
    differences: tuple[Difference, ...] = ()
    has_drifted: bool = False
    via: str = ""


@dataclass(frozen=True)
class Problem:
    """Why the folder cannot be applied, and where in its files; `place` is None for what no file says."""

    rule: str
    explanation: str
    key: Key | None = None
    field: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Plan:
    """All changes in the order in which they can be made; with problems, none of them is to be made."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: int = 0


def make_plan(
    api: Api,
    folder: Folder,
    held: Mapping[Key, Held],
    lock: Lock,
    *,
    delete: bool,
    step: Callable[[int], None] = lambda _: None,
) -> Plan:
    """The way from what the server has to what the folder says; with `delete`, what the folder lacks is deleted."""
    wanted = {key: with_kept(filed, held.get(key)) for key, filed in folder.documents.items()}
    differing = {key: body for key, body in wanted.items() if key not in held or held[key].body != body}
    checked = check(api, differing, step)
    changes = [_change(key, differing[key], checked[key], held.get(key), lock) for key in differing]
    made = [change for change in changes if change is not None]
    problems = [*_unreadable(folder), *_of_checks(folder.documents, checked)]
    deletions = _deletions(folder, held, lock) if delete else []
    problems += [problem for one in deletions for problem in _still_used(api, one, {d.key for d in deletions}, wanted)]
    if not problems:
        # What cannot be saved as it is needs no way to get there.
        found = ways(api, wanted, held, {one.key: one.result for one in made})
        problems += _without_way(folder, found)
        made = [replace(one, via=via) for one, via in zip(made, _vias(made, found, wanted, held), strict=True)]
    ordered = (*in_order(made), *reversed(in_order(deletions)))
    return Plan(ordered, tuple(problems), len(wanted) - len(made))


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Those first to which others refer: collection by collection, and parents before what is below them."""
    all_of_them = list(changes)
    parents = {one.key.id: one.body.get("parentId") for one in all_of_them if one.key.collection == "organizationUnits"}

    def depth(unit: Any) -> int:
        seen: list[Any] = []
        while unit in parents and unit not in seen:
            seen.append(unit)
            unit = parents[unit]
        return len(seen)

    def order(change: Change) -> tuple[int, int, str]:
        is_unit = change.key.collection == "organizationUnits"
        return ORDER.index(change.key.collection), depth(change.key.id) if is_unit else 0, change.key.id

    return sorted(all_of_them, key=order)


def _change(key: Key, body: Body, checked: Checked, held: Held | None, lock: Lock) -> Change | None:
    result = checked.body if checked.body is not None else body
    if held is None:
        return Change(Action.CREATE, key, name_of(body), body, result)
    if result == held.body:
        return None
    found = tuple(differences(held.body, result))
    if checked.body is None:
        # What cannot be read has no defaults yet: only what its file names can be told from what is there.
        found = tuple(one for one in found if one.after is not NOTHING)
    return Change(Action.CHANGE, key, name_of(body), body, result, held, found, lock.has_drifted(held))


def _deletions(folder: Folder, held: Mapping[Key, Held], lock: Lock) -> list[Change]:
    gone = [one for key, one in held.items() if key not in folder.documents and key.id]
    return [
        Change(Action.DELETE, one.key, name_of(one.body), one.body, {}, one, has_drifted=lock.has_drifted(one))
        for one in gone
    ]


def _unreadable(folder: Folder) -> Iterator[Problem]:
    for fault in folder.unreadable:
        yield Problem(fault.rule, fault.explanation, place=fault.place)


def _of_checks(documents: Mapping[Key, Filed], checked: Mapping[Key, Checked]) -> Iterator[Problem]:
    for key, one in checked.items():
        for finding in one.findings:
            place = documents[key].places.find(finding.field)
            yield Problem(finding.rule, finding.explanation, key, finding.field, place)


def _without_way(folder: Folder, found: Ways) -> Iterator[Problem]:
    for one in found.obstacles:
        why = f"cannot change together with what uses it, since neither can go first: {one.why}; do it in two steps"
        yield Problem("no_way", why, one.key, one.field, folder.documents[one.key].places.find(one.field))


def _vias(made: Iterable[Change], found: Ways, wanted: Mapping[Key, Body], held: Mapping[Key, Held]) -> Iterator[str]:
    tenant = wanted.get(TENANT_KEY) or (held[TENANT_KEY].body if TENANT_KEY in held else {})
    exchanged = exchanging(held, {one.key: one.result for one in made}, tenant.get("licencesBought") or {})
    for one in made:
        units = [f"organization unit '{found.through[one.key]}'"] if one.key in found.through else []
        yield " and ".join([*units, *([GIVEN_BACK] if one.key in exchanged else [])])


def _still_used(api: Api, deletion: Change, deleted: set[Key], wanted: Mapping[Key, Body]) -> Iterator[Problem]:
    """What refers to a document that is to be deleted, and still will when everything else is done."""
    for user in api.get(f"{deletion.key.path}/references")["usedBy"]:
        key = Key(collection_of(user["kind"]), user["id"])
        if key in deleted or (key in wanted and deletion.key.id not in set(texts_in(own_fields(wanted[key], "")))):
            continue
        why = f"cannot be deleted: {key} ({user['name']}) uses it; change or remove that as well"
        yield Problem("in_use", why, deletion.key)
