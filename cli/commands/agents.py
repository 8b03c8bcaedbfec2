"""`agents`: how they stand, and what sets one right again who gets no tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.api import at
from cli.call import Call, Commands
from cli.names import find
from cli.output import table

commands = Commands("agents", "Look at agents, and set right what keeps one from tasks.")

CHANGES = {
    "missedInvitation": "the missed invitation (RONA)",
    "ring": "an invitation that rang no more",
    "afterCallWork": "after-call work",
    "conversations": "conversations that were over",
}


@commands.command("list")
def list_agents(
    call: Call,
    service: Annotated[str | None, typer.Option(help="All members of this service.", show_default=False)] = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
) -> None:
    """List agents, and why no task comes to them.

    Without --service: everybody who was ever registered with the chat bot.
    """
    service_id = find(call.api, "services", service)["id"] if service else None
    items = list(call.api.pages("agents", most=most + 1, serviceId=service_id))
    shown, is_cut = items[:most], len(items) > most
    columns = ("name", "tasks", "presence", "duty", "conversations", "services", "id")
    call.output.result({"items": shown, "complete": not is_cut}, table(columns, (_row(one) for one in shown)))
    if is_cut:
        call.output.warn(f"There are more than {most}; see --service and --most.")
    elif not shown:
        call.output.say("No agents found: nobody has registered with the chat bot yet.")


@commands.command("reset")
def reset_agent(
    call: Call, name: Annotated[str, typer.Argument(help="The user's id, name or user principal name.", metavar="USER")]
) -> None:
    """Take away what keeps an agent from tasks and is not so any more.

    A missed invitation (RONA), after-call work, and what is left of invitations and conversations that are over.
    """
    found = call.api.post(at("agents", find(call.api, "users", name)["id"], "reset"))
    agent, changes = found["agent"], [CHANGES[one] for one in found["changes"]]
    done = f"Taken away: {', '.join(changes)}." if changes else "There was nothing to take away."
    now = "Tasks can come." if agent["selectable"] else f"No task comes: {agent['name']} {agent['explanation']}."
    call.output.result(found, f"{done} {now}")


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    tasks = "can come" if one["selectable"] else one["explanation"]
    talks = f"{len(one['conversations'])} of {one['capacity']}"
    services = [each["name"] for each in one["services"]]
    return one["name"], tasks, one["presence"], "on" if one["onDuty"] else "off", talks, services, one["id"]
