"""`list` and `get`: documents of the configuration as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli import kinds
from cli.api import at
from cli.call import Call, Commands
from cli.names import find
from cli.output import plain, table
from cli.yaml_text import as_yaml

commands = Commands("")

Kind = Annotated[
    str,
    typer.Argument(help=f"One of {', '.join(kinds.COLLECTIONS)}.", metavar="KIND", autocompletion=kinds.kinds),
]
Search = Annotated[str | None, typer.Option(metavar="WORDS", help="Beginnings of words of names and ids.")]
Unit = Annotated[str | None, typer.Option(metavar="UNIT", help="Only those of this organization unit.")]
OfferedTo = Annotated[str | None, typer.Option(metavar="UNIT", help="What may be selected in this organization unit.")]
Most = Annotated[int, typer.Option(min=1, metavar="NUMBER", help="At most so many.")]


@commands.command("list")
def list_documents(
    call: Call, kind: Kind, search: Search = None, unit: Unit = None, offered_to: OfferedTo = None, most: Most = 200
) -> None:
    """List documents of a kind.

    For instance: interact list services --search lamps
    """
    collection, api = kinds.collection_of(kind), call.api
    unreadable: list[Mapping[str, Any]] = []
    items = list(
        api.pages(
            collection,
            most=most + 1,
            unreadable=unreadable.append,
            search=search,
            organizationUnitId=find(api, "organizationUnits", unit)["id"] if unit else None,
            offeredTo=find(api, "organizationUnits", offered_to)["id"] if offered_to else None,
        )
    )
    shown, is_cut = items[:most], len(items) > most
    rows = [(one["id"], name_of(one), _place(one), _when(one)) for one in shown]
    call.output.result(
        {"items": shown, "complete": not is_cut, "unreadable": unreadable},
        table(("id", "name", "organization unit", "changed (UTC)"), rows),
    )
    for one in unreadable:
        call.output.warn(f"'{one['id']}' is left out: {one['problem']}")
    if is_cut:
        call.output.warn(f"There are more than {most}; see --search and --most.")
    elif not shown and not unreadable:
        call.output.say(f"No {kind} found.")


@commands.command("get")
def get_document(
    call: Call, kind: Kind, name: Annotated[str, typer.Argument(help="Its id or its name.", metavar="NAME")]
) -> None:
    """Show one document as YAML.

    For instance: interact get service "Lunifico Sales"
    """
    document = find(call.api, kinds.collection_of(kind), name)
    call.output.result(document, plain(as_yaml(document)).rstrip())


@commands.command("references")
def show_references(
    call: Call, kind: Kind, name: Annotated[str, typer.Argument(help="Its id or its name.", metavar="NAME")]
) -> None:
    """Show what a document uses and what uses it.

    What others use cannot be deleted.
    """
    collection = kinds.collection_of(kind)
    found = call.api.get(at(collection, find(call.api, collection, name)["id"], "references"))
    rows = [("uses", one) for one in found["uses"]] + [("used by", one) for one in found["usedBy"]]
    call.output.result(
        found, table(("", "kind", "id", "name"), ((how, one["kind"], one["id"], one["name"]) for how, one in rows))
    )


def name_of(document: dict[str, Any]) -> str:
    """What people call it; only users have no `name`."""
    return str(document.get("name") or document.get("displayName") or "")


def _place(document: dict[str, Any]) -> Any:
    return document.get("organizationUnitId", document.get("parentId"))


def _when(document: dict[str, Any]) -> str:
    return str(document.get("changedAt") or "").partition(".")[0].replace("T", " ")
