"""One CRUD over all kinds of documents: parse → call → render. Imported in functions only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.manage_bodies import (
    COLLECTION_OF,
    COLLECTIONS,
    SET_BY_SERVER,
    document_json,
    kind_of,
    merged,
    read_document,
    stored_json,
)
from functions.manage_http import SET_LIMIT, moment, query_number, query_text, read_object, reply
from functions.manage_languages import language_in
from functions.manage_places import all_rendered
from shared import bootstrap
from shared.domain.conflicts import VersionMissing
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.errors import InvalidConfiguration, InvalidRequest, NotFound

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.management import Management, Named, Saved
    from shared.domain.administrators import Administrator
    from shared.ports import AuditEntry

BASE = "/api/manage/v1"
MERGE_PATCH = "application/merge-patch+json"
PAGE, PAGE_BOUNDS = 50, (1, 200)
MOST_DOCUMENTS = 1_000
LONGEST_CURSOR = 2_000
LONGEST_ID = 200
VERSION = re.compile(r'(?:W/)?"([^"]{1,200})"\Z')


async def list_documents(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """A page of documents of a kind."""
    from shared.ports import Selection

    selection = Selection(
        COLLECTIONS[parts["kinds"]],
        search=query_text(req, "search"),
        after=query_text(req, "after", LONGEST_CURSOR) or None,
        top=query_number(req, "top", PAGE, PAGE_BOUNDS),
    )
    unit, offered_to = (query_text(req, name) or None for name in ("organizationUnitId", "offeredTo"))
    page = await _management().list(who, selection, unit, offered_to)
    unreadable = [{"id": one.key.id, "problem": one.problem} for one in page.illegible]
    return reply({"items": [stored_json(one) for one in page.items], "unreadable": unreadable, "next": page.next})


async def create_document(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """A new document; its id is generated where it has none."""
    kind, body = COLLECTIONS[parts["kinds"]], read_object(req)
    body.setdefault("id", bootstrap.application().ports.ids.new())
    saved = await _management().create(who, read_document(kind, body))
    return written(saved, 201)


async def read_one(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """One document."""
    stored = await _management().read(who, key_in(who, parts))
    return reply(stored_json(stored), headers={"ETag": f'"{stored.version}"'})


async def replace_document(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """Put a document in place of a version, or where there is none (`If-None-Match: *`)."""
    key = key_in(who, parts)
    document = read_document(key.kind, with_id(read_object(req), key.id))
    if req.headers.get("if-none-match", "").strip() == "*":
        return written(await _management().create(who, document), 201)
    return written(await _management().replace(who, document, if_match(req)))


async def patch_document(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """Change some fields of a version of a document, by JSON merge patch."""
    key, version = key_in(who, parts), if_match(req)
    patch = read_object(req, media=MERGE_PATCH)
    stored = await _management().read(who, key)
    whole = merged(document_json(stored.document), {k: v for k, v in patch.items() if k not in SET_BY_SERVER})
    document = read_document(key.kind, with_id(whole, key.id))
    return written(await _management().replace(who, document, version))


async def delete_document(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """Delete a version of a document that nothing refers to."""
    import azure.functions as func

    from functions.manage_http import HEADERS

    await _management().delete(who, key_in(who, parts), if_match(req))
    return func.HttpResponse(status_code=204, headers=dict(HEADERS))


async def references(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What a document refers to, and what refers to it."""
    found = await _management().references(who, key_in(who, parts))
    return reply({"uses": named_json(found.uses), "usedBy": named_json(found.used_by)})


async def notes(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What will not work, or not for all, although it is saved: members without a licence, and the like."""
    key = key_in(who, parts)
    stored = await _management().read(who, key)
    return reply({"notes": all_rendered(await _management().notes(who, key), stored.document)})


async def validate(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """What keeps documents from being saved, if all of them are, and what would be stored; nothing is saved."""
    given = read_object(req, SET_LIMIT).get("documents")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_DOCUMENTS:
        raise InvalidRequest(f"must be a list of 1 to {MOST_DOCUMENTS:,} documents", "documents")
    answers = [_one_of_set(number, one, who) for number, one in enumerate(given)]
    documents = {number: one for number, (_, one) in enumerate(answers) if not isinstance(one, InvalidConfiguration)}
    found = await _management().check(who, tuple(documents.values()))
    for number, findings in zip(documents, found, strict=True):
        answer = {"document": document_json(documents[number]), "findings": all_rendered(findings, documents[number])}
        answers[number][0].update(answer)
    results = [answer for answer, _ in answers]
    return reply({"valid": not any(one["findings"] for one in results), "documents": results})


async def audit(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """The audit log, the newest first."""
    kind = query_text(req, "kind")
    document_id = query_text(req, "id") or None
    if document_id is not None and not kind:
        raise InvalidRequest("has to be named with an id", "kind")
    after, top = query_text(req, "after") or None, query_number(req, "top", PAGE, PAGE_BOUNDS)
    page = await _management().audit(who, kind_of(kind) if kind else None, document_id, after, top)
    return reply({"items": [_entry_json(entry) for entry in page.entries], "next": page.next})


async def schema(req: func.HttpRequest, _: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """The JSON Schema of a kind, in the guide's words."""
    from functions.manage_schemas import document_schema

    return reply(document_schema(kind_of(parts["kind"]), language_in(req)))


async def me(_: func.HttpRequest, who: Administrator, __: Mapping[str, str]) -> func.HttpResponse:
    """Who calls, as the access token says."""
    given = {"id": who.id, "name": who.name, "tenantId": who.tenant_id, "roles": sorted(who.roles)}
    return reply({**given, "organizationUnitId": who.organization_unit_id})


def key_in(who: Administrator, parts: Mapping[str, str]) -> DocumentKey:
    """The document that the path names; raises NotFound."""
    if "kinds" not in parts:
        return DocumentKey(Kind.TENANT, who.tenant_id)
    if not 1 <= len(parts["id"]) <= LONGEST_ID:
        raise NotFound("there is no document with such an id")
    return DocumentKey(COLLECTIONS[parts["kinds"]], parts["id"])


def if_match(req: func.HttpRequest) -> str:
    """The version that a write names, or `*` for any; raises VersionMissing, InvalidRequest."""
    header = req.headers.get("if-match", "").strip()
    if not header:
        raise VersionMissing("name the version that you have read in If-Match, so that nobody's change is lost")
    found = VERSION.match(header)
    if found is None and header != "*":
        raise InvalidRequest('must be one version in quotation marks, such as "3f2a", or *', "If-Match")
    return found[1] if found is not None else header


def with_id(body: dict[str, Any], document_id: str) -> dict[str, Any]:
    """The body of a document whose id stands in the path; raises InvalidRequest where both differ."""
    if body.setdefault("id", document_id) != document_id:
        raise InvalidRequest("must be the id in the path, or left out", "id")
    return body


def written(saved: Saved, status: int = 200) -> func.HttpResponse:
    """A document as it was saved, from when it is live, and what to look at although it is saved."""
    from shared.domain.documents import key_of

    stored = saved.stored
    key = key_of(stored.document)
    answer = {
        **stored_json(stored),
        "liveFrom": moment(saved.live_from),
        "notes": all_rendered(saved.notes, stored.document),
    }
    where = "tenant" if key.kind is Kind.TENANT else f"{COLLECTION_OF[key.kind]}/{key.id}"
    headers = {"ETag": f'"{stored.version}"'}
    return reply(answer, status, {**headers, "Location": f"{BASE}/{where}"} if status == 201 else headers)


def named_json(named: Sequence[Named]) -> list[dict[str, str]]:
    return [{"kind": one.key.kind.value, "id": one.key.id, "name": one.name} for one in named]


def _one_of_set(number: int, given: Any, who: Administrator) -> tuple[dict[str, Any], Document | InvalidConfiguration]:
    """The answer for one document of a set, and the document, or why it is none."""
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str):
        raise InvalidRequest("must be an object with `kind` and `document`", f"documents.{number}")
    kind = kind_of(given["kind"])
    body = given["document"] if "document" in given else {name: one for name, one in given.items() if name != "kind"}
    if not isinstance(body, dict):
        raise InvalidRequest("must be an object", f"documents.{number}.document")
    if kind is Kind.TENANT:
        # As `PUT tenant` would do where there is none.
        new_key = bootstrap.application().tenant_extensions.new_widget_key()
        body = {"id": who.tenant_id, "widgetKey": new_key, **body}
    answer = {"kind": kind.value, "id": body.get("id")}
    try:
        return answer, read_document(kind, body)
    except InvalidConfiguration as error:
        return {**answer, "findings": all_rendered(error.findings)}, error


def _entry_json(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": moment(entry.at),
        "by": {"id": entry.by.id, "name": entry.by.name},
        "what": entry.what.value,
        "kind": entry.key.kind.value,
        "id": entry.key.id,
        "version": entry.version,
        "before": document_json(entry.before) if entry.before is not None else None,
        "after": document_json(entry.after) if entry.after is not None else None,
        "details": dict(entry.details),
    }


def _management() -> Management:
    return bootstrap.application().management
