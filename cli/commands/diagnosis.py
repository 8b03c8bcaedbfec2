"""`diagnose`, `readiness`, `origin explain`, `preview`: why a widget works on a page, or does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.api import at
from cli.call import Call, Commands, finish
from cli.errors import ExitCode, NothingFound, Unusable
from cli.names import find
from cli.output import facts, plain, table

commands = Commands("")
origin_commands = Commands("origin", "What pages get, by their origin.")

VERDICTS = {"pass": "✓ passed", "fail": "✗ failed", "notJudged": "– not judged"}
LONGEST_FILE = 2_000_000
MOST_SENT = 20_000
"""Characters of a page that the API takes."""
Service = Annotated[str | None, typer.Option(help="Its id or name.", show_default=False)]
User = Annotated[str | None, typer.Option(help="Id, name or user principal name.", show_default=False)]
Page = Annotated[
    str | None, typer.Argument(help="The address of the page, or its origin.", metavar="ORIGIN", show_default=False)
]
SnippetFile = Annotated[
    str | None,
    typer.Option(help="A file with the page or its snippet, or -.", metavar="FILE", show_default=False),
]
TokenFile = Annotated[
    str | None,
    typer.Option(help="A file with an access token that the site has made.", metavar="FILE", show_default=False),
]
DiagnosisId = Annotated[
    str | None, typer.Option("--id", help="The id in the console of a page that was refused.", show_default=False)
]
WidgetKey = Annotated[str | None, typer.Option(help="The widget key on the page.", show_default=False)]
Minutes = Annotated[int, typer.Option(min=1, max=60, help="For so long it works.")]
Revoke = Annotated[bool, typer.Option("--revoke", help="Make none; all that there are let nobody in any more.")]


@commands.command("diagnose")
def diagnose(
    call: Call,
    origin: Page = None,
    snippet: SnippetFile = None,
    service: Service = None,
    user: User = None,
    widget_key: WidgetKey = None,
    access_token: TokenFile = None,
    diagnosis_id: DiagnosisId = None,
) -> None:
    """Judge every condition of a conversation, and say what to do.

    For instance: interact diagnose https://www.example.com/contact --snippet page.html
    """
    given = (origin, snippet, service, user, widget_key, access_token)
    if diagnosis_id is not None:
        if any(one is not None for one in given):
            raise Unusable("the id of a diagnosis says already what it is about", "write --id alone")
        _show_refusal(call, call.api.get(at("diagnoses", diagnosis_id)))
        return
    if all(one is None for one in given):
        raise Unusable("there is nothing to diagnose", "write the address of the page, --snippet, --service or --user")
    if service is not None and user is not None:
        raise Unusable("a page reaches one service or one user", "write --service NAME or --user NAME")
    body = {
        "origin": origin,
        "snippet": _read(snippet) if snippet is not None else None,
        "serviceId": _id_of(call, "services", service),
        "contactId": _id_of(call, "users", user),
        "widgetKey": widget_key,
        "accessToken": _read(access_token).strip() if access_token is not None else None,
    }
    found = call.api.post("diagnose", {name: value for name, value in body.items() if value is not None})
    call.output.result(found, *_shown(found))
    _end(found["passed"])


@commands.command("readiness")
def readiness(call: Call, service: Service = None, user: User = None) -> None:
    """List what still keeps visitors from a service or user, whatever their page.

    For instance: interact readiness --service "Lunifico Sales"
    """
    collection, document = _contact(call, service, user)
    found = call.api.get(at(collection, document["id"], "readiness"))
    conditions = found["conditions"]
    outcome = "✓ Visitors can be served." if found["ready"] else "✗ Visitors cannot be served yet."
    call.output.result(found, *([_table(conditions)] if conditions else []), *_to_do(conditions), outcome)
    _end(found["ready"])


@origin_commands.command("explain")
def explain_origin(
    call: Call,
    origin: Annotated[str, typer.Argument(help="The address of the page, or its origin.", metavar="ORIGIN")],
    service: Service = None,
    user: User = None,
) -> None:
    """Say whether a page may use a widget, by which row of which domain template, and what nearly matches.

    For instance: interact origin explain https://www.example.com --service "Lunifico Sales"
    """
    collection, document = _contact(call, service, user)
    found = call.api.get(at(collection, document["id"], "origin"), origin=origin)
    call.output.result(found, *_explained(found))
    _end(found["allowed"])


@commands.command("preview")
def preview(
    call: Call, service: Service = None, user: User = None, minutes: Minutes = 30, revoke: Revoke = False
) -> None:
    """Make a link to the preview that works for a while, also under restriction and authorization.

    Whoever has it chats with your people. For instance: interact preview --service "Lunifico Sales" --minutes 10
    """
    collection, document = _contact(call, service, user)
    links = at(collection, document["id"], "preview-links")
    if revoke:
        revoked = call.api.post(f"{links}/revoke")
        name = document.get("name") or document["displayName"]
        told = f"No preview link of '{name}' made before {revoked['revokedAt']} lets anybody in."
        call.output.result(revoked, plain(told))
        call.output.say("Conversations that have begun go on: interact sessions list --state running.")
        return
    made = call.api.post(links, {"minutes": minutes})
    call.output.result(made, plain(made["url"]))
    call.output.say(f"It works until {made['expiresAt']}, or --revoke takes it back. Sessions say that it is yours.")


def _contact(call: Call, service: str | None, user: str | None) -> tuple[str, dict[str, Any]]:
    """The collection and the document that are named; raises Unusable, NothingFound."""
    if (service is None) == (user is None):
        raise Unusable("this is about one service or one user", "write --service NAME or --user NAME")
    collection, wanted = ("services", service) if service is not None else ("users", user)
    return collection, find(call.api, collection, wanted or "")


def _id_of(call: Call, collection: str, wanted: str | None) -> str | None:
    """The id of what is named; what there is not is asked about as it is written: that is a diagnosis, too."""
    if wanted is None:
        return None
    try:
        return str(find(call.api, collection, wanted)["id"])
    except NothingFound:
        return wanted


def _read(name: str) -> str:
    try:
        text = sys.stdin.read(LONGEST_FILE) if name == "-" else Path(name).read_text("utf-8")[:LONGEST_FILE]
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{name} cannot be read ({type(error).__name__})", "name a file of text, or - ") from error
    return _about_interact(text)


def _about_interact(text: str) -> str:
    """The part of a long page that is about the widget: what the API takes is bounded."""
    if len(text) <= MOST_SENT:
        return text
    place = max(text.find("widgetKey"), 0)
    start = max(text.rfind("<script", 0, place), place - MOST_SENT // 2, 0)
    return text[start : start + MOST_SENT]


def _show_refusal(call: Call, found: dict[str, Any]) -> None:
    refused, diagnosis = found["refused"], found["diagnosis"]
    told = {
        "refused": refused["at"],
        "because": refused["title"] or refused["code"],
        "code": refused["code"],
        "page": refused["origin"] or "(no origin)",
        refused["kind"]: diagnosis["contact"]["name"] or refused["id"],
        "now": VERDICTS.get(refused["now"] or "", "– not judged"),
    }
    call.output.result(found, facts(told), *_shown(diagnosis))
    _end(diagnosis["passed"])


def _shown(found: dict[str, Any]) -> list[Any]:
    conditions = found["conditions"]
    outcome = "✓ A conversation can begin and be answered." if found["passed"] else "✗ Visitors are not served."
    code = f" A start is refused with {found['refusal']}." if found["refusal"] else ""
    return [_table(conditions), *_to_do(conditions), f"{outcome}{code}"]


def _table(conditions: list[dict[str, Any]]) -> Any:
    rows = ((VERDICTS[one["verdict"]], one["title"], one["explanation"]) for one in conditions)
    return table(("", "condition", "what was seen"), rows)


def _to_do(conditions: list[dict[str, Any]]) -> list[Any]:
    """What has to be changed, and where it is set; nothing where nothing has failed."""
    failed = [one for one in conditions if one["verdict"] == "fail"]
    if not failed:
        return []
    rows = ((one["title"], one["fix"], _place(one["setting"])) for one in failed)
    return [table(("what to do", "how", "where it is set"), rows)]


def _place(setting: dict[str, str] | None) -> str:
    return f"{setting['kind']} {setting['id']}: {setting['field']}" if setting else "the page"


def _explained(found: dict[str, Any]) -> list[Any]:
    named = found["origin"] if found["readable"] == found["origin"] else f"{found['origin']} ({found['readable']})"
    template, row = found["template"], found["row"]
    if not found["restricted"]:
        return [plain(f"✓ allowed: {named}. Access is not restricted: every page may use this widget.")]
    if row is not None:
        return [plain(f"✓ allowed: {named}, by row {row['row']} of the domain template '{template['name']}'")]
    where = f"no row of the domain template '{template['name']}' equals it" if template else "there is no template"
    shown: list[Any] = [plain(f"✗ not allowed: {named}: {where}")]
    if found["nearMisses"]:
        rows = ((one["row"], one["matches"] or one["domain"], one["explanation"]) for one in found["nearMisses"])
        shown.append(table(("row", "nearly", "what is different"), rows))
    if found["elsewhere"]:
        others = ((one["name"], one["organizationUnitId"], one["row"]) for one in found["elsewhere"])
        shown.append(table(("it stands in", "organization unit", "row"), others))
    return shown


def _end(is_well: bool) -> None:
    if not is_well:
        finish(ExitCode.FINDINGS)
