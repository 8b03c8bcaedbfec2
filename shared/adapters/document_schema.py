"""The schema of stored configuration: written with every document, brought up to date when an older one is read.

A change that older documents do not fit gets the next number and a function here. A field with a default is no such
change. What a newer version has written is refused, never read half: it could be saved without what is not known of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, text_properties
from shared.domain.documents import TYPE_OF_KIND, Document, Kind
from shared.domain.errors import NewerSchema

SCHEMA = 1
FIRST = 1
"""Of documents that were written before the number was."""
SCHEMA_PROPERTY = "schema"

Upgrade = Callable[[Kind, dict[str, Any]], dict[str, Any]]
UPGRADES: Mapping[int, Upgrade] = {}
"""From this schema to the next one, for documents of every kind."""


def properties_of(document: Document, name: str = "data") -> dict[str, Any]:
    """The document as properties of a row, with the schema that it has."""
    return {**text_properties(name, to_json(document)), SCHEMA_PROPERTY: SCHEMA}


def document_in(kind: Kind, values: Mapping[str, Any], name: str = "data") -> Document:
    """The document of a row; raises Unreadable, or NewerSchema where a newer version has written it."""
    schema, text = int(values.get(SCHEMA_PROPERTY) or FIRST), joined_text(name, values)
    if schema > SCHEMA:
        why = f"a stored {kind.value} has schema {schema}, and this version knows {SCHEMA}: deploy the newer version"
        raise NewerSchema(why)
    if schema < SCHEMA:
        content = json.loads(text)
        for step in range(schema, SCHEMA):
            content = UPGRADES[step](kind, content)
        text = json.dumps(content)
    return from_json(TYPE_OF_KIND[kind], text)
