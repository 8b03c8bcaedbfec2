"""The preview page: the widget of a contact on a made-up website, with the snippet to copy. Imported when needed.

The page has no privilege: its own origin is asked about like any other, and nothing is said of a contact that its
widget would not be told. The pass of a preview link, if it has one, never comes here: its script keeps it.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Mapping, Sequence

import azure.functions as func

from functions import files
from functions.origins import own_origin
from shared.application.admission import Caller, admit_caller
from shared.domain.challenges import ChallengeKind
from shared.domain.errors import NotFound, Refused
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import Tenant
from shared.ports import Ports

TEMPLATE = "preview/preview.html"
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

CHALLENGE_ORIGINS: Mapping[ChallengeKind, Sequence[str]] = {
    ChallengeKind.TURNSTILE: ("https://challenges.cloudflare.com",),
    ChallengeKind.HCAPTCHA: ("https://hcaptcha.com", "https://*.hcaptcha.com"),
}
"""Sources: Cloudflare, "Turnstile: content security policy"; hCaptcha, developer guide, the section of that name."""

logger = logging.getLogger(__name__)


async def preview(
    request: func.HttpRequest, reference: ContactReference, ports: Ports, tenant: Tenant, public_url: str
) -> str:
    """The page's HTML."""
    template = files.files_of(files.DIST).get(TEMPLATE)
    if template is None:
        raise NotFound("the preview page is missing; it is built into widget/dist")
    caller = Caller(own_origin(request), same_origin=True)
    name = await _name(ports, tenant, reference, caller)
    values = {
        "title": f"Preview: {name}",
        "kind": reference.kind.value,
        "widgetKey": tenant.widget_key,
        "id": reference.id,
        "contactName": name,
        "snippet": snippet(public_url, tenant.widget_key, reference),
    }
    return fill(template.content.decode(), values)


async def only_tenant(ports: Ports, tenant_id: str | None) -> Tenant:
    """The tenant that the query names, or the deployment's only one; raises NotFound."""
    tenants = await ports.config.tenants()
    if tenant_id is not None:
        tenants = [tenant for tenant in tenants if tenant.id == tenant_id]
    if len(tenants) != 1:
        raise NotFound(f"{len(tenants)} tenants fit; name one by ?tenant=")
    return tenants[0]


def policy(connections: Sequence[str], challenge: ChallengeKind = ChallengeKind.NONE) -> str:
    """The page's content security policy: nothing from elsewhere, connections to messaging and push only.

    What the provider of the tenant's challenge needs is let in as its manual says.
    """
    provider = CHALLENGE_ORIGINS.get(challenge, ())
    # hCaptcha's frame is drawn and fed by its script in the page, Turnstile's all by itself.
    beside = provider if challenge is ChallengeKind.HCAPTCHA else ()
    directives = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *provider]),
        "frame-src": " ".join(provider) or "'none'",
        "style-src": " ".join(["'self'", *beside]),
        "connect-src": " ".join(["'self'", *connections, *beside]),
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def snippet(public_url: str, widget_key: str, reference: ContactReference) -> str:
    """What goes into a page: the call waits in a queue until the script has loaded."""
    contact = "serviceId" if reference.kind is ContactKind.SERVICE else "contactId"
    options = json.dumps({"widgetKey": widget_key, contact: reference.id, "presenceSubscription": "signalR"}, indent=2)
    # A value must not end the script element that it stands in.
    indented = options.replace("<", "\\u003c").replace("\n", "\n  ")
    return "\n".join(
        [
            '<div id="nimbus-interact"></div>',
            "<script>",
            "  window.Nimbus = window.Nimbus || { queue: [] };",
            f"  window.Nimbus.queue.push({indented});",
            "</script>",
            f'<script async src="{html.escape(public_url)}/widget/interact.js"></script>',
        ]
    )


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values, escaped, in place of their `{{names}}`; raises KeyError for a name without a value."""
    return PLACEHOLDER.sub(lambda found: html.escape(values[found[1]], quote=True), template)


async def _name(ports: Ports, tenant: Tenant, reference: ContactReference, caller: Caller) -> str:
    try:
        admitted = await admit_caller(ports, tenant.widget_key, reference, INSTANT_MESSAGING.id, caller)
    except Refused as error:
        logger.info("preview of %r: the widget is refused: %s: %s", reference.key, error.code, error)
        return f"{reference.kind.value} {reference.id}"
    return admitted.display_name
