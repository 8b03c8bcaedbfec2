"""`snippet`: what goes onto a page, for a service or a user."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from cli.call import Call, Commands
from cli.errors import Unusable
from cli.names import find

commands = Commands("")

SNIPPET = """\
<div id="nimbus-interact"></div>
<script>
  window.Nimbus = window.Nimbus || {{ queue: [] }};
  window.Nimbus.queue.push({{
    widgetKey: {key},
    {name}: {id},
    presenceSubscription: "signalR",
  }});
</script>
<script async src="{url}/widget/interact.js"></script>
"""


@commands.command("snippet")
def snippet(
    call: Call,
    service: Annotated[str | None, typer.Option(metavar="NAME", help="Id or name of the service.")] = None,
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="Id, name or user principal name of the user.")
    ] = None,
) -> None:
    """Print the snippet for a page.

    It puts the widget of a service or a user onto the page.

    For instance: interact snippet --service "Lunifico Sales" > snippet.html
    """
    if (service is None) == (user is None):
        raise Unusable("a snippet is for one service or one user", "write --service NAME or --user NAME")
    collection, wanted = ("services", service) if service is not None else ("users", user)
    document = find(call.api, collection, wanted or "")
    tenant = call.api.get("tenant")
    made = render(call.api.url, str(tenant["widgetKey"]), document["id"], is_service=service is not None)
    about = {"kind": collection.removesuffix("s"), "id": document["id"]}
    call.output.result({**about, "widgetKey": tenant["widgetKey"], "html": made}, made.rstrip("\n"))
    for warning in _warnings(tenant, document):
        call.output.warn(warning)


def render(url: str, widget_key: str, contact_id: str, *, is_service: bool) -> str:
    """The snippet as docs/embed.md has it."""
    name = "serviceId" if is_service else "contactId"
    return SNIPPET.format(key=_in_script(widget_key), name=name, id=_in_script(contact_id), url=url)


def _in_script(text: str) -> str:
    """A text as JavaScript within a page: no sign of it can end the script."""
    return json.dumps(text).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _warnings(tenant: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """What would keep the widget from appearing on every page."""
    access = document.get("interact") or {}
    found = []
    if not tenant.get("interactEnabled"):
        found.append("Interact is not enabled for the tenant yet, so the widget does not appear.")
    if not access.get("active"):
        found.append("Interact is not active here yet, so the widget does not appear.")
    elif access.get("restrictAccess"):
        template = access.get("domainTemplateId")
        found.append(f"It appears on pages of the domain template '{template}' only.")
    return found
