"""The configuration as the server has it, and what it says of documents before they are saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cli.api import Api
from cli.configuration.documents import KEPT_BY_SERVER, ORDER, TENANT, Body, Filed, Held, Key, own_fields, texts_in
from cli.errors import ApiError, CommandError, ExitCode
from cli.kinds import SINGULAR

CHECKED_AT_ONCE = 250
MOST_IN_SET = 1_000
"""Documents that the API takes in one check."""
Step = Callable[[int], None]


@dataclass(frozen=True)
class Finding:
    """Why a document cannot be saved: `field` is a path in it, empty for the whole."""

    key: Key
    rule: str
    field: str
    explanation: str


@dataclass(frozen=True)
class Checked:
    """What the server says of a document: as it would be stored, where it can be read at all, and its findings."""

    body: Body | None
    findings: tuple[Finding, ...] = ()


class NotWhole(CommandError):
    """The server has a document that it cannot read: without it, it would be taken for one that is not there."""

    code = "unreadable"

    def __init__(self, collection: str, document: Mapping[str, Any]) -> None:
        super().__init__(
            f"{Key(collection, str(document['id']))} cannot be read by the server: {document['problem']}",
            "deploy the version of the app that has written it; until then nothing is exported, planned or applied",
        )


def read_server(api: Api, step: Step = lambda _: None) -> dict[Key, Held]:
    """All documents that the administrator sees; without a tenant there are none. Raises NotWhole."""
    held: dict[Key, Held] = {}
    tenant = _tenant(api)
    if tenant is None:
        return held
    held[tenant.key] = tenant
    for collection in ORDER[1:]:
        for document in api.pages(collection, unreadable=partial(_refuse, collection)):
            one = _held(collection, document)
            held[one.key] = one
            step(1)
    return held


def check(api: Api, documents: Mapping[Key, Body], step: Step = lambda _: None) -> dict[Key, Checked]:
    """What the server says of all of them, if all are saved; nothing is saved.

    Many are asked for in parts, each with what it refers to in the others.
    """
    found: dict[Key, Checked] = {}
    by_id: dict[str, list[Key]] = {}
    for key in documents:
        by_id.setdefault(key.id, []).append(key)
    left = list(documents)
    while left:
        count = CHECKED_AT_ONCE
        part, together = _part(left[:count], documents, by_id)
        while len(together) > MOST_IN_SET and count > 1:
            count //= 2
            part, together = _part(left[:count], documents, by_id)
        answers = api.post("validate", {"documents": [_of_set(key, documents[key]) for key in together]})["documents"]
        found |= {key: _checked(key, answers[number]) for number, key in enumerate(together) if key in part}
        left = left[len(part) :]
        step(len(part))
    return found


def with_kept(filed: Filed, held: Held | None) -> Body:
    """The document to be saved: what the tenant's file leaves out and commands set is as the server has it."""
    body = own_fields(filed.body, filed.key.collection)
    if filed.key.collection != TENANT or held is None:
        return body
    return {**{name: held.body[name] for name in KEPT_BY_SERVER if name in held.body}, **body}


def _refuse(collection: str, document: Mapping[str, Any]) -> None:
    raise NotWhole(collection, document)


def _tenant(api: Api) -> Held | None:
    try:
        return _held(TENANT, api.get(TENANT))
    except ApiError as error:
        if error.exit_code is ExitCode.NOT_FOUND:
            return None
        raise


def _held(collection: str, document: Mapping[str, Any]) -> Held:
    changed_by = document.get("changedBy") or {}
    return Held(
        Key(collection, "" if collection == TENANT else str(document["id"])),
        own_fields(document, collection),
        str(document["version"]),
        str(changed_by.get("name", "")),
        str(document.get("changedAt") or ""),
    )


def _part(
    keys: Sequence[Key], documents: Mapping[Key, Body], by_id: Mapping[str, Sequence[Key]]
) -> tuple[set[Key], list[Key]]:
    """The keys, and with them those that they refer to, directly or not."""
    together, left = dict.fromkeys(keys), list(keys)
    while left:
        named = (one for text in texts_in(documents[left.pop()]) for one in by_id.get(text, ()))
        new = [key for key in named if key not in together]
        together |= dict.fromkeys(new)
        left += new
    return set(keys), list(together)


def _of_set(key: Key, body: Body) -> dict[str, Any]:
    return {"kind": TENANT if key.collection == TENANT else SINGULAR[key.collection], "document": dict(body)}


def _checked(key: Key, answer: Mapping[str, Any]) -> Checked:
    document = answer.get("document")
    body = own_fields(document, key.collection) if document is not None else None
    return Checked(body, tuple(_findings(key, answer["findings"])))


def _findings(key: Key, given: Iterable[Mapping[str, Any]]) -> Iterable[Finding]:
    for one in given:
        yield Finding(key, str(one["rule"]), str(one.get("field") or ""), str(one["explanation"]))
