"""`backup` and `restore`: a deployment's tables in files, with the caller's own rights at the storage account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.call import Call, Commands
from cli.options import Account
from cli.output import table

commands = Commands("")

Everything = Annotated[bool, typer.Option("--all", help="Conversations that go on now, too; for an investigation.")]


@commands.command("backup")
def backup(
    call: Call,
    storage: Account,
    to: Annotated[Path, typer.Option("--to", help="A new directory.", file_okay=False, metavar="DIRECTORY")],
    everything: Everything = False,
) -> None:
    """Copy the tables of a deployment into files.

    Configuration, agents' conversations with the bot and finished sessions. They hold names and e-mail addresses: keep
    them as you keep the storage account.

    For instance: interact backup --storage stinteractlunificoprod --to backups/2026-11-28
    """
    from cli.backup import FLEETING, KEPT, save
    from cli.storage_account import entered

    with entered(storage, call.surroundings.transport) as account:
        counts = save(account, to, (*KEPT, *FLEETING) if everything else KEPT)
    call.output.result({"directory": str(to), "rows": counts}, table(("table", "rows"), counts.items()))


@commands.command("restore")
def restore(
    call: Call,
    storage: Account,
    source: Annotated[
        Path, typer.Option("--from", help="What backup has written.", exists=True, file_okay=False, metavar="DIRECTORY")
    ],
    only: Annotated[list[str] | None, typer.Option(help="This table only; may be repeated.", metavar="TABLE")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over rows that are there.")] = False,
) -> None:
    """Write the rows of a backup into a deployment's tables.

    What is there is left alone unless you say --replace. Nothing is deleted.
    """
    from cli.backup import restore as write_back
    from cli.backup import saved_tables
    from cli.storage_account import entered

    tables = [one for one in saved_tables(source) if not only or one in only]
    outcome = {}
    with entered(storage, call.surroundings.transport) as account:
        for name in tables:
            written, left = write_back(account, source, name, replace=replace)
            outcome[name] = {"written": written, "left": left}
    rows = [(name, one["written"], one["left"]) for name, one in outcome.items()]
    call.output.result(outcome, table(("table", "written", "left as they were"), rows))
