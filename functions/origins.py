"""Who calls: the page's origin as the browser says, and the CORS headers that let the page read the answer.

Every page may read what the widget API answers: whether it may have a session is a rule of the configuration, and
refusals have to be readable as well. Cookies play no part, so that credentials are never allowed.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import azure.functions as func

from functions.problems import Handler, respond
from shared import bootstrap
from shared.domain.domain_templates import Origin, parse_origin

if TYPE_CHECKING:
    from shared.application.admission import Caller

PREFLIGHT_SECONDS = 600
PREVIEW_PASS = "interact-preview"
"""The header that carries the pass of a preview link."""


def widget_call(handler: Handler) -> Handler:
    """Answer preflights, turn errors into problems, and let the calling page read either."""

    @functools.wraps(handler)
    async def call(req: func.HttpRequest) -> func.HttpResponse:
        is_preflight = req.method == "OPTIONS"
        response = _preflight() if is_preflight else await respond(handler, req)
        origin = parse_origin(req.headers.get("origin"))
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = str(origin)
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers["Vary"] = "Origin"
        return response

    return call


def caller(request: func.HttpRequest) -> Caller:
    """The caller by its Origin; without one, the browser's word that the page is our own counts."""
    from shared.application.admission import Caller

    header = request.headers.get("origin")
    if header is None and request.headers.get("sec-fetch-site") == "same-origin":
        return Caller(own_origin(request), same_origin=True)
    return Caller(parse_origin(header))


def caller_with_pass(request: func.HttpRequest) -> Caller:
    """The same, with the pass of a preview link, which counts in our own preview page only.

    It travels in a header that no preflight allows: other sites' pages cannot send it.
    """
    plain, sealed = caller(request), request.headers.get(PREVIEW_PASS, "")
    own = parse_origin(bootstrap.surroundings().public_url.rstrip("/"))
    return replace(plain, preview_pass=sealed, in_preview=plain.origin is not None and plain.origin == own)


def own_origin(request: func.HttpRequest) -> Origin | None:
    """This app's origin as the client sees it; in Azure, TLS ends before the app.

    A gateway that sends requests on under the app's own host (Front Door) names the client's in X-Forwarded-Host. That
    counts where it is the host of INTERACT_PUBLIC_URL, so that nobody can name another.
    """
    from shared import bootstrap

    url, public = urlsplit(request.url), urlsplit(bootstrap.surroundings().public_url)
    if request.headers.get("x-forwarded-host", "").lower() == public.netloc.lower():
        return parse_origin(f"{public.scheme}://{public.netloc}")
    scheme = request.headers.get("x-forwarded-proto", url.scheme).partition(",")[0].strip()
    return parse_origin(f"{scheme}://{request.headers.get('host', url.netloc)}")


def _preflight() -> func.HttpResponse:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        "Cache-Control": "no-store",
    }
    return func.HttpResponse(status_code=204, headers=headers)
