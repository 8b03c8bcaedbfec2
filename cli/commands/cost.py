"""`cost`: what conversations cost at Azure, by prices that can be put right."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.call import Call, Commands
from cli.errors import Unusable
from cli.output import table

if TYPE_CHECKING:
    from cli.cost import Prices

commands = Commands("")


@commands.command("cost")
def cost(
    call: Call,
    chats: Annotated[int, typer.Option(min=0, help="Chats in a month.")] = 1_000,
    messages: Annotated[int, typer.Option(min=0, help="Messages of a chat, both sides and greetings together.")] = 20,
    minutes: Annotated[float, typer.Option(min=0, help="Minutes that a chat is open.")] = 10.0,
    calls: Annotated[int, typer.Option(min=0, help="Calls in a month.")] = 0,
    call_minutes: Annotated[float, typer.Option(min=0, help="Minutes of a call, lobby and hold included.")] = 10.0,
    visitors: Annotated[int, typer.Option(min=0, help="Pages connected to SignalR at once, at the most.")] = 100,
    always_ready: Annotated[int, typer.Option(min=0, help="Instances that never sleep.")] = 0,
    price: Annotated[
        list[str] | None,
        typer.Option(help="Another price, such as acs_message=0.0008; may be repeated.", metavar="NAME=DOLLARS"),
    ] = None,
) -> None:
    """Reckon what a month of conversations costs, in US dollars.

    For instance: interact cost --chats 10000 --visitors 2000 --always-ready 2
    """
    from cli.cost import Usage, monthly, per_call_minute, per_thousand_chats

    prices = _prices(price or [])
    usage = Usage(chats, messages, minutes, calls, call_minutes, 1, visitors, always_ready)
    bill = monthly(usage, prices)
    total = sum(bill.values())
    rows = [(name, f"{dollars:.2f}") for name, dollars in bill.items() if dollars >= 0.005]
    document = {
        "pricesAsOf": prices.as_of,
        "month": {name: round(dollars, 4) for name, dollars in bill.items()},
        "total": round(total, 2),
        "perThousandChats": round(per_thousand_chats(usage, prices), 2),
        "perCallMinute": per_call_minute(1, prices),
    }
    call.output.result(document, table(("US dollars a month", ""), [*rows, ("total", f"{total:.2f}")]))
    further, minute = per_thousand_chats(usage, prices), per_call_minute(1, prices)
    call.output.say(f"{further:.2f} for each further 1,000 chats, {minute:.4f} for a minute of a call.")
    call.output.say(f"Prices as of {prices.as_of}: compare them with Azure's. Fixed parts stand in docs/deploy.md.")


def _prices(given: list[str]) -> Prices:
    from cli.cost import Prices

    known = {one.name: one.type for one in fields(Prices) if one.name != "as_of"}
    changed: dict[str, Any] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            changed[name] = float(value)
        except ValueError:
            raise Unusable(f"'{text}' is no price", "write NAME=DOLLARS, for instance acs_message=0.0008") from None
        if name not in known or changed[name] < 0:
            raise Unusable(f"there is no price '{name}'", f"the prices are {', '.join(known)}")
    return replace(Prices(), **changed, as_of="your figures") if changed else Prices()
