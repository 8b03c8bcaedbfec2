"""JSON Schema of every kind of document, with titles and descriptions in the words of the guide. Imported late only."""

from __future__ import annotations

import copy
from typing import Any

from functions.manage_bodies import WORKFLOW_VERSION, schema_of
from functions.schema_texts import CATALOGUE
from shared.domain.documents import TYPE_OF_KIND, Kind
from shared.domain.names import ID, LONGEST_NAME

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema(kind: Kind, language: str = "en") -> dict[str, Any]:
    """The JSON Schema (2020-12) of what is written of a kind."""
    given = schema_of(kind)
    definitions = definitions_of(kind, language)
    own = definitions.pop(TYPE_OF_KIND[kind].__name__)
    return {"$schema": DIALECT, **own, **({"$defs": definitions} if given.get("$defs") else {})}


def definitions_of(kind: Kind, language: str = "en") -> dict[str, Any]:
    """The document and all that is in it, each under the name of its type."""
    definitions: dict[str, Any] = copy.deepcopy(schema_of(kind)["$defs"])
    name = TYPE_OF_KIND[kind].__name__
    own = definitions[name]
    if kind is Kind.WORKFLOW:
        # Its number is set when it is saved, and `version` is that of a document, as everywhere.
        del own["properties"]["version"]
        own["properties"][WORKFLOW_VERSION] = {"type": "integer", "readOnly": True}
    if kind is Kind.TENANT:
        own["properties"]["acsConnectionString"] = {"type": "string", "writeOnly": True}
        own["required"] = ["name"]
    else:
        own["required"] = [one for one in own["required"] if one != "id"]
        own["properties"]["id"] = {"type": "string", "pattern": f"^{ID.pattern.removesuffix(chr(92) + 'Z')}$"}
    for field in ("name", "displayName"):
        if own["properties"].get(field, {}).get("type") == "string":
            own["properties"][field] |= {"minLength": 1, "maxLength": LONGEST_NAME}
    for type_name, definition in definitions.items():
        _tell(type_name, definition, language)
    return definitions


def _tell(type_name: str, definition: dict[str, Any], language: str) -> None:
    texts = CATALOGUE[language]
    for field, shape in definition.get("properties", {}).items():
        title, description = texts.get(f"{type_name}.{field}", (field, ""))
        shape["title"], shape["description"] = title, description
    title, description = texts.get(type_name, (type_name, ""))
    definition["title"], definition["description"] = title, description
