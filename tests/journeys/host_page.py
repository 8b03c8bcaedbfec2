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
DEVELOPER_PAGE = """<!doctype html>
<html lang="en">
  <meta name="viewport" content="width=device-width">
  <title>A developer's page</title>
  <main><h1>A developer's page</h1></main>
  <script src="/developer.js"></script>
  <script src="{functions}/widget/interact.js" async></script>
</html>
"""
DEVELOPER_SCRIPT = """
const options = JSON.parse(new URLSearchParams(location.search).get("options"));
window.heard = [];
window.Nimbus = {{ queue: [{{ widgetKey: "{key}", ...options }}] }};
for (const name of ["ready", "opened", "started", "message", "ended", "error"])
  window.Nimbus.queue.push(["on", name, ({{ author, text }}) => window.heard.push([name, author, text])]);
window.Nimbus.queue.push(["on", "ready", ({{ widget }}) => (window.widget = widget)]);
document.addEventListener("interact:started", ({{ detail }}) => (window.sessionId = detail.sessionId));
"""


def host_page(run: Mapping[str, Any], acs_for_browsers: str) -> Starlette:
    """A site of another origin than the app's; `run` is what run.json says.

    `/?subscription=…` asks for presence in another way; `/developer?options=…` has the widget with these options in
    `widget`, and writes down in `heard` what it hears of it.
    """
    push = run["signalr"].replace("http", "ws", 1)
    reached = f"{run['functions']} {acs_for_browsers} {run['signalr']} {push}"
    policy = (
        f"default-src 'none'; script-src 'self' {run['functions']}; connect-src {reached}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )

    def with_policy(html: str) -> Response:
        return HTMLResponse(html.format(functions=run["functions"]), headers={"content-security-policy": policy})

    async def page(_: Request) -> Response:
        return with_policy(PAGE)

    async def developer_page(_: Request) -> Response:
        return with_policy(DEVELOPER_PAGE)

    async def developer_script(_: Request) -> Response:
        script = DEVELOPER_SCRIPT.format(key=run["tenant"]["widgetKey"])
        return Response(script, media_type="text/javascript")

    async def calls(_: Request) -> Response:
        script = CALLS.format(key=run["tenant"]["widgetKey"], user=run["user"]["id"])
        return Response(script, media_type="text/javascript")

    return Starlette(
        routes=[
            Route("/", page),
            Route("/calls.js", calls),
            Route("/developer", developer_page),
            Route("/developer.js", developer_script),
        ]
    )
