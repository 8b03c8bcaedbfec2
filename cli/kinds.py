"""The kinds of documents, as people may write them and as the API calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from cli.errors import Unusable

COLLECTIONS: Mapping[str, str] = {
    "organization-units": "organizationUnits",
    "domain-templates": "domainTemplates",
    "users": "users",
    "services": "services",
    "system-messages": "systemMessages",
    "calendars": "calendars",
    "workflows": "workflows",
}
"""Kinds as commands name them, with the API's collections. The tenant is one document of its own."""
SINGULAR: Mapping[str, str] = {
    "organizationUnits": "organizationUnit",
    "domainTemplates": "domainTemplate",
    "users": "user",
    "services": "service",
    "systemMessages": "systemMessages",
    "calendars": "calendar",
    "workflows": "workflow",
}
"""The API's name of one document of a collection."""


def collection_of(text: str) -> str:
    """The collection that a text names, such as `services`, `service` or `domain-template`; raises Unusable."""
    wanted = _folded(text)
    for name, collection in COLLECTIONS.items():
        if wanted in (_folded(name), _folded(collection), _folded(SINGULAR[collection])):
            return collection
    near = difflib.get_close_matches(text, COLLECTIONS, n=1)
    known = ", ".join(COLLECTIONS)
    raise Unusable(f"'{text}' is no kind of document", f"write {near[0]}" if near else f"write one of {known}")


def kind_of(text: str) -> str:
    """The API's name of one document: `service` for `services`; the tenant counts as well. Raises Unusable."""
    return "tenant" if _folded(text) == "tenant" else SINGULAR[collection_of(text)]


def kinds(incomplete: str) -> list[str]:
    """For the completion of shells."""
    return [name for name in COLLECTIONS if name.startswith(incomplete)]


def _folded(text: str) -> str:
    return re.sub(r"[-_ ]", "", text).lower()
