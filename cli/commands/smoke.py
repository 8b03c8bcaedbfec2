"""`smoke`: whether a deployment does its work; changes nothing but the one conversation that it has."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.call import Call, Commands, finish
from cli.errors import CommandError, ExitCode, NotSignedIn
from cli.output import table
from cli.session import checked_address

commands = Commands("")

CANARY = "Canary"
"""What the service for smoke tests is called where no id is given."""
CANARY_FILES = "its three files are in infra/canary; docs/operate.md, Canary"
MARKS = {"passed": "✓", "failed": "✗", "not_checked": "–"}

Url = Annotated[
    str | None, typer.Argument(help="Its address; default: where you are signed in.", metavar="URL", show_default=False)
]
Wait = Annotated[float, typer.Option(min=0, help="Seconds that the app may take to become ready.", metavar="SECONDS")]
WidgetKey = Annotated[
    str | None, typer.Option(help="The tenant's widget key.", envvar="INTERACT_SMOKE_WIDGET_KEY", show_default=False)
]
Service = Annotated[
    str | None, typer.Option(help="Id of the canary.", envvar="INTERACT_SMOKE_SERVICE", show_default=False)
]
Origin = Annotated[
    str,
    typer.Option(help="Origin of the page that the canary's domain template allows.", envvar="INTERACT_SMOKE_ORIGIN"),
]


@commands.command("smoke")
def smoke(
    call: Call,
    url: Url = None,
    wait: Wait = 180.0,
    widget_key: WidgetKey = None,
    service: Service = None,
    origin: Origin = "https://smoke.example",
) -> None:
    """Check that a deployment works, from outside.

    With a canary it also has a conversation, there and back through Event Grid: a service called Canary whose workflow
    accepts, says something and disconnects (infra/canary). It is found where you are signed in, or named by
    --widget-key and --service.

    For instance: interact smoke https://func-interact-lunifico-dev.azurewebsites.net
    """
    from cli.smoke.canary import Canary, talk
    from cli.smoke.checks import Outcome, Result, Web, from_outside

    around = call.surroundings
    web = Web(checked_address(url) if url else call.api.url, around.transport, around.pause)
    results: list[Result] = []

    def note(result: Result) -> None:
        results.append(result)
        if not call.output.json:
            told = f": {result.seen}" if result.seen else ""
            style = {"failed": "red", "not_checked": "yellow"}.get(result.outcome.value, "")
            call.output.say(f"{MARKS[result.outcome.value]} {result.check}{told}", style)

    try:
        for result in from_outside(web, wait):
            note(result)
        if results[0].outcome is Outcome.PASSED:
            key, contact, why = _canary(call, web.url, widget_key, service)
            if contact is None or key is None:
                note(Result("a conversation with the canary", Outcome.NOT_CHECKED, why, CANARY_FILES))
            else:
                for result in talk(web, Canary(key, contact, origin)):
                    note(result)
    finally:
        web.close()
    failed = [one for one in results if one.outcome is Outcome.FAILED]
    rows = [(one.check, one.seen, one.fix) for one in results if one.outcome is not Outcome.PASSED]
    shown = [table(("not passed", "seen", "what to do"), rows)] if rows else []
    call.output.result({"passed": not failed, "checks": [one.document() for one in results]}, *shown)
    if failed:
        finish(ExitCode.FINDINGS)


def _canary(call: Call, url: str, widget_key: str | None, service: str | None) -> tuple[str | None, str | None, str]:
    """Widget key and id of the canary, or why there is none."""
    if widget_key and service:
        return widget_key, service, ""
    try:
        if call.api.url != url:
            return None, None, f"no --widget-key and --service were given, and you are signed in at {call.api.url}"
        key = widget_key or str(call.api.get("tenant")["widgetKey"])
        named = [one for one in call.api.pages("services", search=CANARY) if one.get("name") == CANARY]
    except NotSignedIn:
        return None, None, "no --widget-key and --service were given, and nobody is signed in"
    except CommandError as error:
        return None, None, f"the canary was not found: {error}"
    return key, service or (str(named[0]["id"]) if named else None), f"there is no service called {CANARY}"
