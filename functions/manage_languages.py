"""In which language administrators read titles, descriptions and fixes: `?language=`. Imported in functions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.manage_http import query_text
from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    import azure.functions as func

LANGUAGES = ("en", "de")
"""The first one where none is named."""


def language_in(request: func.HttpRequest) -> str:
    """The language of a tag such as `de` or `de-CH`; raises InvalidRequest for one that there is not."""
    language = query_text(request, "language").partition("-")[0].lower() or LANGUAGES[0]
    if language not in LANGUAGES:
        raise InvalidRequest(f"there are {', '.join(sorted(LANGUAGES))}", "language")
    return language
