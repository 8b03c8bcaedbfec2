"""A customer's web page with the snippet on it, and a policy as strict as browsers know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGE = """<!doctype html>
<html lang="en">
  <title>A customer's page</title>
  <div id="nimbus-interact"></div>
  <script src="/calls.js"></script>
  <script src="{functions}/widget/interact.js" async></script>
</html>
"""
CALLS = """
const presenceSubscription = new URLSearchParams(location.search).get("subscription") ?? "signalR";
window.Nimbus = {{ queue: [{{ widgetKey: "{key}", contactId: "{user}", presenceSubscription }}] }};
"""


def host_page(run: Mapping[str, Any], acs_for_browsers: str) -> Starlette:
    """A site of another origin than the app's; `run` is what run.json says.

    `/?subscription=…` asks for presence in another way.
    """
    push = run["signalr"].replace("http", "ws", 1)
    reached = f"{run['functions']} {acs_for_browsers} {run['signalr']} {push}"
    policy = (
        f"default-src 'none'; script-src 'self' {run['functions']}; connect-src {reached}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )

    async def page(_: Request) -> Response:
        html = PAGE.format(functions=run["functions"])
        return HTMLResponse(html, headers={"content-security-policy": policy})

    async def calls(_: Request) -> Response:
        script = CALLS.format(key=run["tenant"]["widgetKey"], user=run["user"]["id"])
        return Response(script, media_type="text/javascript")

    return Starlette(routes=[Route("/", page), Route("/calls.js", calls)])
