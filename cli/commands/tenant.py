"""`tenant`, `licences`, `key`: what belongs to the tenant as a whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.call import Call, Commands, finish
from cli.errors import ExitCode
from cli.output import facts, table

commands = Commands("")
tenant_commands = Commands("tenant", "The tenant's settings, and whether its connections work.")
key_commands = Commands("key", "The widget key, which the snippets of all pages name.")

Hours = Annotated[
    int, typer.Option(min=0, max=2_160, metavar="HOURS", help="Hours in which the old key works as well.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@tenant_commands.command("show")
def show_tenant(call: Call) -> None:
    """Show the tenant's settings; secrets are never shown."""
    tenant = call.api.get("tenant")
    shown = {
        "name": tenant["name"],
        "id": tenant["id"],
        "Interact": _on(tenant.get("interactEnabled")),
        "Instant Messaging": _on(tenant.get("instantMessagingEnabled")),
        "widget key": tenant.get("widgetKey"),
        "connection to ACS": tenant.get("acsSecret") or "none",
        "authorization": tenant.get("authorization"),
        "messaging": tenant.get("messaging"),
        "language": tenant.get("defaultLanguage"),
        "recovery of sessions": f"{tenant.get('sessionRecoveryTimeout')} s",
        "conversations kept": f"{tenant.get('retentionDays')} days",
        "old widget key works until": tenant.get("previousWidgetKeyUntil"),
        "changed": tenant.get("changedAt"),
        "changed by": (tenant.get("changedBy") or {}).get("name"),
    }
    call.output.result(tenant, facts({name: value for name, value in shown.items() if value not in (None, "")}))
    call.output.say("All settings: interact tenant show --json")


@tenant_commands.command("check-acs")
def check_acs(call: Call) -> None:
    """Check the connection to Azure Communication Services: a token is really made and revoked.

    Ends with 1 where a step fails.
    """
    checked = call.api.post("tenant/check-acs")
    rows = [(_mark(one["passed"]), one["step"], one["explanation"], one["fix"]) for one in checked["steps"]]
    call.output.result(checked, table(("", "step", "found", "what to do"), rows))
    finish(ExitCode.OK if checked["passed"] else ExitCode.FINDINGS)


@commands.command("licences")
def licences(call: Call) -> None:
    """Show how many licences are used and how many were bought."""
    found = call.api.get("licences")
    rows = [
        (one["licence"], one["used"], one["usedByUsers"], one["usedByServices"], _bought(one), _left(one))
        for one in found["items"]
    ]
    call.output.result(found, table(("licence", "used", "by users", "by services", "bought", "left"), rows))
    for one in found["items"]:
        if one["bought"] is not None and one["used"] > one["bought"]:
            call.output.warn(f"{one['licence']}: {one['used']} are used, {one['bought']} were bought.")


@key_commands.command("rotate")
def rotate_key(call: Call, overlap_hours: Hours = 24, yes: Yes = False) -> None:
    """Make a new widget key.

    In the hours of the overlap both keys work; replace the snippets of your pages meanwhile.
    """
    until = f"works for {overlap_hours} more hours" if overlap_hours else "stops working at once, on every page"
    call.confirm(f"A new widget key is made, and the present one {until}. Go on?", yes)
    saved = call.api.post("tenant/widget-key/rotate", {"overlapHours": overlap_hours})
    call.output.result(saved, facts({"widget key": saved["widgetKey"], "live from": saved["liveFrom"]}))
    call.output.say("The snippets for your pages: interact snippet --service NAME")


def _on(value: Any) -> str:
    return "enabled" if value else "not enabled"


def _mark(passed: bool) -> str:
    return "passed" if passed else "FAILED"


def _bought(one: dict[str, Any]) -> Any:
    return "unlimited" if one["bought"] is None else one["bought"]


def _left(one: dict[str, Any]) -> Any:
    return None if one["bought"] is None else one["bought"] - one["used"]
