"""Documents by id or by name, as administrators have them at hand."""

from __future__ import annotations

from typing import Any

from cli.api import Api, at
from cli.errors import ApiError, ExitCode, NothingFound

MOST_SHOWN = 5


def find(api: Api, collection: str, wanted: str) -> dict[str, Any]:
    """The document of this id, else the only one of this name; raises NothingFound, also where there are several."""
    try:
        return api.get(at(collection, wanted))
    except ApiError as error:
        if error.exit_code is not ExitCode.NOT_FOUND:
            raise
    named = [one for one in api.pages(collection, search=wanted[:200]) if _is_called(one, wanted)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise NothingFound(f"there is nothing called '{wanted}' among {collection}", f"interact list {collection}")
    ids = ", ".join(str(one["id"]) for one in named[:MOST_SHOWN])
    raise NothingFound(f"{len(named)} of the {collection} are called '{wanted}'", f"name one by its id: {ids}")


def _is_called(document: dict[str, Any], wanted: str) -> bool:
    names = (document.get("name") or document.get("displayName"), document.get("upn"))
    return wanted.casefold() in {name.casefold() for name in names if isinstance(name, str)}
