"""The management API: bodies that are no documents, and the description that tells what is one."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from functions.manage import SIGN_IN, manage_openapi
from functions.manage_bodies import COLLECTIONS
from functions.manage_examples import DOCUMENTS, written_example
from functions.manage_languages import LANGUAGES, language_in
from functions.manage_openapi import document
from functions.manage_operations import CONTACTS, KINDS, OPERATIONS
from functions.manage_routes import ROUTES
from functions.manage_schemas import document_schema
from functions.schema_texts import CATALOGUE
from shared.domain import timeline_texts
from shared.domain.diagnosis import texts as diagnosis_texts
from shared.domain.documents import Kind, key_of
from tests.functions.office import SALES, Office
from tests.functions.test_manage_documents import BODIES
from tests.functions.world import json_of, request


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        (b"{", 400, "line 1, column 2"),
        (b"[]", 400, "object"),
        (b"null", 400, "object"),
        (b'{"id": 1, "id": 2}', 400, "twice"),
        (b'{"a": {"b": 1, "b": 2}}', 400, "twice"),
        (b'{"id": NaN}', 400, "NaN"),
        (b'{"id": "\xff"}', 400, "UTF-8"),
        (b"[" * 100_000, 400, "nests"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "nests"),
        (b'{"members":[' + b'"x",' * 120_000 + b'"x"]}', 400, "values"),
        (b'{"name": "' + b"x" * 1_100_000 + b'"}', 413, "bytes"),
    ],
)
async def test_a_body_that_is_none_is_refused_with_the_place(
    office: Office, body: bytes, status: int, part: str
) -> None:
    problem = await office.problem("POST", "services", body)
    assert problem["status"] == status
    assert part in problem["detail"]


async def test_a_document_that_cannot_be_stored_is_refused(office: Office) -> None:
    problem = await office.problem("POST", "systemMessages", {**BODIES["systemMessages"], "description": "x" * 250_000})
    assert [one["rule"] for one in problem["findings"]] == ["too_large"]


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused(office: Office, media: str) -> None:
    problem = await office.problem("POST", "services", SALES, headers={"content-type": media})
    assert problem["status"] == 415


@pytest.mark.parametrize(
    "given", [{}, {"documents": {}}, {"documents": []}, {"documents": [1]}, {"documents": [{"kind": "planet"}]},
              {"documents": [{"document": {}}]}, {"documents": [{"kind": "service", "document": 5}]}]
)  # fmt: skip
async def test_a_set_that_is_none_is_refused(office: Office, given: dict[str, Any]) -> None:
    assert (await office.problem("POST", "validate", given))["status"] == 400


async def test_a_finding_never_repeats_what_may_be_a_secret(office: Office) -> None:
    secret = "hunter2-hunter2-hunter2-hunter2-hunter2"
    for patch in ({"siteTokens": {"secret": secret}}, {"challenge": {"secret": secret}}, {"acsSecret": f"{secret}!"}):
        response = await office.call("PATCH", "tenant", patch, headers={"if-match": "*"})
        assert response.status_code == 422
        assert secret.encode() not in response.get_body()


@pytest.mark.parametrize(
    "languages",
    [set(CATALOGUE), set(timeline_texts.CATALOGUE), {"en", *diagnosis_texts.FIXES}, {"en", *diagnosis_texts.TITLES}],
)
def test_every_language_that_can_be_asked_for_has_all_its_texts(languages: set[str]) -> None:
    assert languages == set(LANGUAGES)


@pytest.mark.parametrize("language", CATALOGUE)
@pytest.mark.parametrize("kind", Kind)
def test_every_field_has_a_title_and_a_description_in_every_language(kind: Kind, language: str) -> None:
    schema = document_schema(kind, language)
    jsonschema.Draft202012Validator.check_schema(schema)
    told = {schema["title"]: schema, **schema.get("$defs", {})}
    for name, one in told.items():
        assert one["title"], name
        assert one["description"], name
        for field, shape in one.get("properties", {}).items():
            assert shape["title"], f"{name}.{field}"
            assert shape["description"], f"{name}.{field} in {language}"


def test_all_languages_tell_of_the_same_fields_and_of_no_others() -> None:
    first, *others = (set(texts) for texts in CATALOGUE.values())
    assert all(other == first for other in others)


def test_a_language_of_a_region_is_that_language() -> None:
    asked = ("", "?language=de", "?language=de-CH", "?language=EN-gb")
    found = [language_in(request("GET", f"schemas/tenant{query}")) for query in asked]
    assert found == ["en", "de", "de", "en"]


async def test_a_schema_can_be_asked_for_by_kind_and_by_collection(office: Office) -> None:
    german = await office.get("schemas/service?language=de")
    assert german == await office.get("schemas/services?language=de-CH")
    assert german["properties"]["organizationUnitId"]["title"] == "Organisationseinheit"


@pytest.mark.parametrize(("kinds", "kind"), COLLECTIONS.items())
async def test_what_the_schema_allows_is_taken(office: Office, kinds: str, kind: Kind) -> None:
    schema = document_schema(kind)
    jsonschema.validate(BODIES[kinds], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**BODIES[kinds], "colour": "blue"}, schema)
    await office.create(kinds, BODIES[kinds])


@pytest.mark.parametrize("kind", Kind)
def test_examples_are_as_the_schema_says(kind: Kind) -> None:
    jsonschema.validate(written_example(kind), document_schema(kind))


def test_there_is_an_example_of_every_kind() -> None:
    assert {key_of(one).kind for one in DOCUMENTS} == set(Kind)


DESCRIPTION = document()


async def test_the_description_can_be_read_by_anybody() -> None:
    response = await manage_openapi(request("GET", "api/manage/openapi.json"))
    assert json_of(response) == DESCRIPTION
    assert response.headers["access-control-allow-origin"] == "*"


def test_every_call_is_described_and_no_other() -> None:
    routes = {(method, path.replace(path[path.find("{kinds:") : path.find("}") + 1], "{kinds}", 1))
              if "{kinds:" in path else (method, path) for method, path, _ in ROUTES}  # fmt: skip
    assert {(one.method, one.path.replace(CONTACTS, KINDS)) for one in OPERATIONS} == routes | {SIGN_IN}
    ids = [one["operationId"] for path in DESCRIPTION["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    text = json.dumps(DESCRIPTION)
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names == set(DESCRIPTION["components"]["schemas"])


def conforms(answer: Any, schema: str) -> None:
    whole = {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]}
    jsonschema.validate(answer, whole, cls=jsonschema.Draft202012Validator)


async def test_answers_are_as_described(office: Office) -> None:
    saved = await office.create("services", SALES)
    conforms(saved, "SavedService")
    conforms(await office.get("services/orders"), "StoredService")
    conforms(await office.get("services"), "ServicePage")
    conforms(await office.get("tenant"), "StoredTenant")
    conforms(await office.get("audit"), "AuditPage")
    conforms(await office.get("me"), "Me")
    conforms(await office.get("licences"), "Licences")
    conforms(await office.get("services/orders/references"), "References")
    conforms(await office.get("services/orders/notes"), "Notes")
    conforms(await office.get("workflows/chat"), "StoredWorkflow")
    conforms(await office.get("tenant/instant-messaging"), "InstantMessaging")
    conforms(json.loads((await office.call("POST", "tenant/check-acs")).get_body()), "Checks")
    conforms(json.loads((await office.call("POST", "tenant/widget-key/rotate", {})).get_body()), "SavedTenant")
    conforms(await office.problem("PUT", "services/orders", SALES, headers={"if-match": '"x"'}), "Problem")
    conforms(await office.problem("POST", "services", {}), "Problem")
    conforms(await office.problem("DELETE", "domainTemplates/web", headers={"if-match": "*"}), "Problem")
    simulated = await office.call("POST", "workflows/simulate", {"id": "chat"})
    conforms(json.loads(simulated.get_body()), "Course")
    linted = await office.call("POST", "workflows/lint", {"start": "x", "type": "instantMessaging", "activities": []})
    conforms(json.loads(linted.get_body()), "Lint")
    checked = await office.call("POST", "validate", {"documents": [{"kind": "service", "document": {}}]})
    conforms(json.loads(checked.get_body()), "Validation")
