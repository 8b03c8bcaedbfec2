"""`config`: the whole configuration as a folder of YAML, to be reviewed, versioned and applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.call import Call, Commands, finish
from cli.errors import ExitCode, Unusable
from cli.output import plain

if TYPE_CHECKING:
    from cli.configuration.documents import Held, Key
    from cli.configuration.folder import Folder
    from cli.configuration.lock import Lock
    from cli.configuration.plan import Change, Plan

commands = Commands("config", "The configuration as a folder of YAML: export, plan, apply, diff.")

Directory = Annotated[Path, typer.Argument(help="The folder.", metavar="FOLDER", file_okay=False)]
Delete = Annotated[bool, typer.Option("--delete", help="Delete on the server what the folder does not have.")]
LOCKED_EVERY = 25
"""Changes after which the lock is written, so that little is forgotten where apply is killed."""


@commands.command("export")
def export_configuration(call: Call, folder: Directory) -> None:
    """Write the server's configuration into a folder.

    Files that say the same already stay as they are, with their comments. For instance: interact config export company
    """
    from cli.configuration.exporting import export
    from cli.configuration.folder import read_folder
    from cli.configuration.lock import Lock, read_lock, write_lock

    folder.mkdir(parents=True, exist_ok=True)
    found, lock = read_folder(folder), read_lock(folder, call.api.url)
    if found.unreadable:
        raise Unusable(str(found.unreadable[0]), "mend or remove the file, so that nothing of it is overwritten")
    held = _read_server(call)
    with call.output.progress("Checking", len(held)) as step:
        done = export(call.api, folder, found, held, lock, step)
    write_lock(folder, Lock(lock.url, {key: one.version for key, one in held.items()}))
    told = {
        "written": [str(file) for file in done.written],
        "removed": [str(file) for file in done.removed],
        "unchanged": len(done.unchanged),
        "unknown": [str(file) for file in done.unknown],
    }
    lines = [f"{len(done.written)} files written, {len(done.unchanged)} unchanged, {len(done.removed)} removed."]
    lines += [f"{file} is not on the server, and is left alone." for file in done.unknown]
    call.output.result(told, plain("\n".join(lines)))


@commands.command("plan")
def plan_changes(
    call: Call,
    folder: Directory,
    delete: Delete = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 10 where there is something to do.")] = False,
) -> None:
    """Show what apply would do; nothing is changed.

    What keeps it from being applied is named with file, line and column.
    """
    from cli.configuration.shown import plan_json

    plan, _, _ = _plan(call, folder, delete)
    _show(call, plan)
    if call.output.json:
        call.output.result(plan_json(plan))
    if plan.problems:
        finish(ExitCode.FINDINGS)
    if exit_code and plan.changes:
        finish(ExitCode.CHANGES)


@commands.command("apply")
def apply_changes(
    call: Call,
    folder: Directory,
    delete: Delete = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make the server's configuration what the folder says.

    All of it is checked before anything is changed. Where it ends in between, by a fault or by Ctrl-C, run it again.
    """
    from cli.configuration.applying import Written, apply
    from cli.configuration.lock import Lock, write_lock
    from cli.configuration.shown import Note, counted, lines_of_notes, plan_json

    plan, common, lock = _plan(call, folder, delete)
    _show(call, plan)
    if plan.problems:
        if call.output.json:
            call.output.result(plan_json(plan))
        finish(ExitCode.FINDINGS)
    if plan.changes:
        call.confirm("Apply these changes?", yes)
    versions = {**lock.versions, **common}
    made: list[Change] = []
    noted: list[Note] = []

    def done(change: Change, written: Written) -> None:
        made.append(change)
        noted.extend((change.key, one) for one in written.notes)
        versions.pop(change.key, None)
        if written.version is not None:
            versions[change.key] = written.version
        step(now=f"{change.action} {change.key}")
        if len(made) % LOCKED_EVERY == 0:
            write_lock(folder, Lock(lock.url, versions))

    with call.output.progress("Applying", len(plan.changes)) as step:
        try:
            apply(call.api, plan.changes, done, versions.__setitem__)
        finally:
            write_lock(folder, Lock(lock.url, versions))
    told = {**plan_json(plan), "applied": len(made), "notes": [{"document": str(key), **one} for key, one in noted]}
    call.output.result(told, *([plain(f"{counted(len(made), 'change')} applied.")] if made else []))
    for line in lines_of_notes(noted):
        call.output.warn(line)


@commands.command("diff")
def show_drift(call: Call, folder: Directory) -> None:
    """Show what others have changed on the server since the last export or apply.

    Ends with 1 where there is something.
    """
    from cli.configuration.drift import drift_of
    from cli.configuration.shown import drift_json, tree_of_drift

    found, lock = _read_folder(folder, call)
    if not lock.versions:
        raise Unusable(
            f"{folder} and {lock.url} have not met yet", "interact config export, or interact config apply, comes first"
        )
    drifts = drift_of(call.api, found, _read_server(call), lock)
    call.output.result({"drift": [drift_json(one) for one in drifts]}, *([tree_of_drift(drifts)] if drifts else []))
    if drifts:
        finish(ExitCode.FINDINGS)
    call.output.say("The server is as it was left.")


def _plan(call: Call, root: Path, delete: bool) -> tuple[Plan, dict[Key, str], Lock]:
    """The plan, the versions of what is the same on both sides already, and the lock."""
    from cli.configuration.plan import make_plan

    found, lock = _read_folder(root, call)
    held = _read_server(call)
    with call.output.progress("Checking") as step:
        plan = make_plan(call.api, found, held, lock, delete=delete, step=step)
    changing = {change.key for change in plan.changes}
    common = {key: held[key].version for key in found.documents if key in held and key not in changing}
    return plan, common, lock


def _read_folder(root: Path, call: Call) -> tuple[Folder, Lock]:
    from cli.configuration.folder import read_folder
    from cli.configuration.lock import read_lock

    return read_folder(root), read_lock(root, call.api.url)


def _read_server(call: Call) -> dict[Key, Held]:
    from cli.configuration.server import read_server

    with call.output.progress("Reading the server") as step:
        return read_server(call.api, step)


def _show(call: Call, plan: Plan) -> None:
    from cli.configuration.shown import lines_of, summary, tree_of

    if plan.changes and not call.output.json:
        call.output.result(None, tree_of(plan))
    for line in lines_of(plan.problems):
        call.output.say(line, "red")
    call.output.say(summary(plan))
