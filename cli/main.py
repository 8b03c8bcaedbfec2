"""The `interact` command: every group of commands is one line of `GROUPS`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import VERSION
from cli.call import Commands
from cli.commands import (
    agents,
    audit,
    backup,
    config,
    cost,
    deadletter,
    diagnosis,
    documents,
    erase,
    sessions,
    sign_in,
    smoke,
    snippet,
    tenant,
    workflow,
)
from cli.surroundings import Surroundings

GROUPS: tuple[Commands, ...] = (
    sign_in.commands,
    documents.commands,
    config.commands,
    tenant.tenant_commands,
    tenant.key_commands,
    tenant.commands,
    snippet.commands,
    workflow.commands,
    audit.commands,
    diagnosis.commands,
    diagnosis.origin_commands,
    smoke.commands,
    deadletter.commands,
    backup.commands,
    cost.commands,
    sessions.commands,
    agents.commands,
    erase.commands,
)

app = typer.Typer(
    name="interact",
    help="Set up, check and look after Interact. Begin with: interact login https://YOUR-APP",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in GROUPS:
    if group.name:
        app.add_typer(group.app)
    else:
        app.registered_commands += group.app.registered_commands


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"interact {VERSION}")
        raise typer.Exit


@app.callback()
def _begin(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    context.obj = context.obj or Surroundings()


def main() -> None:
    """Run the command that the arguments name."""
    app(prog_name="interact")
