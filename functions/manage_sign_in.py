"""Where administrators sign in: what a program has to know before it has a token. Imported in functions only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from functions.manage_http import reply
from shared import bootstrap

if TYPE_CHECKING:
    import azure.functions as func

ENTRA_HOST = "login.microsoftonline.com"


async def sign_in(_: func.HttpRequest) -> func.HttpResponse:
    """Issuer, application and scope of administrators' tokens; nothing in it is secret."""
    place = bootstrap.surroundings().sign_in
    if place is None:
        return reply({"authority": "none", "issuer": None, "clientId": None, "scope": None})
    authority = "entra" if urlsplit(place.issuer).hostname == ENTRA_HOST else "oidc"
    # By its id, not its URI: an application may ask for tokens for itself only so.
    scope = f"{place.audience}/.default"
    return reply({"authority": authority, "issuer": place.issuer, "clientId": place.audience, "scope": scope})
