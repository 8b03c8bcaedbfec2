"""`workflow`: check, try out, publish and compare workflows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.api import at
from cli.call import Call, Commands, finish
from cli.configuration.documents import SET_BY_SERVER
from cli.errors import ApiError, CommandError, ExitCode, Unusable
from cli.names import find
from cli.output import facts, plain, table
from cli.workflows.files import InFile, explained, lines_of, read_file, refused

commands = Commands("workflow", "Workflows: check and try them out before they are used, publish, compare versions.")

COLLECTION = "workflows"

File = Annotated[Path, typer.Argument(metavar="FILE", help="A workflow as YAML or JSON.", dir_okay=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The workflow's id or name.")]


class OtherVersion(CommandError):
    """The version on the server is not the one that was to be replaced."""

    exit_code = ExitCode.CHANGED_MEANWHILE
    code = "changed_meanwhile"


@commands.command("lint")
def lint(call: Call, file: File) -> None:
    """Check a workflow that is not published yet; ends with 1 where there are findings.

    For instance: interact workflow lint support-chat.yaml
    """
    given = read_file(file)
    found = call.api.post("workflows/lint", {"definition": _definition(given.body)})
    findings = [given.placed(one) for one in found["findings"]]
    lines = lines_of(findings) or ["No findings."]
    call.output.result({**found, "findings": findings}, plain("\n".join(lines)))
    finish(ExitCode.FINDINGS if findings else ExitCode.OK)


@commands.command("simulate")
def simulate(
    call: Call,
    workflow: Annotated[str, typer.Argument(metavar="FILE|NAME", help="A file, or a published workflow.")],
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who does what and when; without, nobody does anything.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="A version of a published workflow."),
    ] = None,
) -> None:
    """Play a conversation through a workflow; nothing is sent, and nobody is asked.

    The file of events is described in docs/command-line.md.

    For instance: interact workflow simulate support-chat.yaml --events carla-asks.yaml
    """
    from cli.workflows.course import shown

    story = read_file(events) if events is not None else None
    file = Path(workflow)
    given = read_file(file) if file.is_file() else None
    if given is not None and version is not None:
        raise Unusable("--version is for published workflows, and this is a file")
    if given is None and (file.suffix or file.parent != Path()):
        raise Unusable(f"{file} is no file")
    body = dict(story.body) if story is not None else {}
    if given is not None:
        body["definition"] = _definition(given.body)
    else:
        body |= {"id": find(call.api, COLLECTION, workflow)["id"], **({"version": version} if version else {})}
    try:
        course = call.api.post("workflows/simulate", body)
    except ApiError as error:
        raise explained(error, *(one for one in (given, story) if one is not None)) from error
    call.output.result(course, shown(course, body.get("events") or ()))
    if course["end"] is None:
        call.output.say("The conversation has not ended in the time that was played (duration).")


@commands.command("versions")
def versions(call: Call, name: Name) -> None:
    """List the versions of a workflow, the newest first; running conversations keep theirs."""
    found = list(call.api.pages(at(COLLECTION, find(call.api, COLLECTION, name)["id"], "versions")))
    rows = [
        (one["number"], one["problem"] or one["name"], one["changedAt"], (one["changedBy"] or {}).get("name"))
        for one in found
    ]
    call.output.result({"items": found}, table(("version", "name", "published", "by"), rows))


@commands.command("diff")
def diff(
    call: Call,
    name: Name,
    first: Annotated[int | None, typer.Argument(min=1, metavar="A", help="Default: the one before B.")] = None,
    second: Annotated[int | None, typer.Argument(min=1, metavar="B", help="Default: the newest.")] = None,
) -> None:
    """Show what is different between two versions of a workflow."""
    document = find(call.api, COLLECTION, name)
    until = second or int(document["workflowVersion"])
    since = first or until - 1
    if since < 1:
        raise Unusable(f"{name} has one version only")
    found = call.api.get(at(COLLECTION, document["id"], "differences"), **{"from": since, "to": until})
    rows = [(one["what"], one["field"], one["before"], one["after"]) for one in found["differences"]]
    call.output.result(found, table(("", "field", f"version {since}", f"version {until}"), rows))
    if not rows:
        call.output.say(f"Versions {since} and {until} are the same.")


@commands.command("publish")
def publish(
    call: Call,
    file: File,
    replaces: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="Only in place of this version."),
    ] = None,
) -> None:
    """Publish a workflow: a new version, for new conversations.

    It is checked first. The file names its id; nothing is published where the newest version says the same.

    For instance: interact workflow publish support-chat.yaml
    """
    given = read_file(file)
    workflow_id = given.body.get("id")
    if not isinstance(workflow_id, str) or not workflow_id:
        raise Unusable(f"{file} has no id", "write a line such as `id: support-chat`")
    present = _present(call, workflow_id)
    _check_replaced(workflow_id, present, replaces)
    if present is not None and _would_be(call, given) == _definition(present):
        call.output.result({**present, "published": False}, f"{workflow_id}: nothing has changed.")
        return
    try:
        saved = call.api.put(
            at(COLLECTION, workflow_id), _definition(given.body), version=present["version"] if present else None
        )
    except ApiError as error:
        raise explained(error, given) from error
    shown = {"workflow": saved["name"], "version": saved["workflowVersion"], "live from": saved["liveFrom"]}
    call.output.result({**saved, "published": True}, facts(shown))
    for line in lines_of(map(given.placed, saved["notes"])):
        call.output.warn(line)


def _definition(body: Mapping[str, Any]) -> dict[str, Any]:
    """A workflow without what the server knows of it, as `interact get` shows it."""
    return {name: value for name, value in body.items() if name not in SET_BY_SERVER}


def _would_be(call: Call, given: InFile) -> dict[str, Any]:
    """The workflow as the server would store it; raises Unusable with the places that keep it from that."""
    document = {"kind": "workflow", "document": _definition(given.body)}
    (answer,) = call.api.post("validate", {"documents": [document]})["documents"]
    if answer["findings"]:
        raise refused(given, answer["findings"])
    return _definition(answer["document"])


def _present(call: Call, workflow_id: str) -> dict[str, Any] | None:
    try:
        return call.api.get(at(COLLECTION, workflow_id))
    except ApiError as error:
        if error.exit_code is ExitCode.NOT_FOUND:
            return None
        raise


def _check_replaced(workflow_id: str, present: Mapping[str, Any] | None, replaces: int | None) -> None:
    number = present["workflowVersion"] if present is not None else None
    if replaces is not None and number != replaces:
        there = f"its version is {number}" if number is not None else "it is not published yet"
        raise OtherVersion(f"{workflow_id} is not replaced: {there}", f"interact workflow diff {workflow_id}")
