"""`login`, `logout`, `whoami`: who talks to which deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli import session
from cli.call import Call, Commands
from cli.errors import Unusable
from cli.output import facts

commands = Commands("")


@commands.command("login")
def login(
    call: Call,
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="The deployment's address; the one before if left out.")
    ] = None,
    azure_cli: Annotated[
        bool, typer.Option("--azure-cli", help="Be whoever is signed in to the Azure CLI (az login).")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page for the code in a browser here.")] = False,
) -> None:
    """Sign in to a deployment.

    Shows a code and a page where you sign in, in a browser on any machine.

    For instance: interact login https://YOUR-APP
    """
    from cli.issuer import place_of
    from cli.sign_in import AZURE_CLI, DEVICE_CODE, http_of, sign_in
    from cli.tokens import FixedToken

    around = call.surroundings
    if around.environment.get(session.TOKEN):
        raise Unusable(f"{session.TOKEN} is set, and comes before any sign-in", f"unset {session.TOKEN}")
    address = session.checked_address(url or around.environment.get(session.URL, "") or _address_before(call))

    def show(begun: Mapping[str, Any]) -> None:
        page, code = str(begun["verification_uri"]), str(begun["user_code"])
        call.output.say(f"To sign in, open {page} and enter the code {code}", "bold")
        if browser:
            typer.launch(str(begun.get("verification_uri_complete") or page))

    with http_of(around) as http:
        place = place_of(address, http)
    signed_in = sign_in(around, address, place, AZURE_CLI if azure_cli else DEVICE_CODE, show)
    # Asked before it is stored: whoever has no role here is not signed in.
    me = call.api_at(address, FixedToken(signed_in.access_token)).get("me")
    session.write(around.directory, signed_in)
    call.output.result({"url": address, **me}, f"You are {_described(me)}, signed in to {address}.")


@commands.command("logout")
def logout(call: Call) -> None:
    """Forget the sign-in on this machine."""
    had = session.forget(call.surroundings.directory)
    call.output.result({"signedOut": had}, "Signed out." if had else "Nobody was signed in.")


@commands.command("whoami")
def whoami(call: Call) -> None:
    """Show who is signed in where, with which roles."""
    me = call.api.get("me")
    shown = {
        "name": me["name"],
        "roles": me["roles"],
        "organization unit": me["organizationUnitId"],
        "tenant": me["tenantId"],
        "deployment": call.api.url,
    }
    call.output.result(
        {"url": call.api.url, **me}, facts({name: value for name, value in shown.items() if value is not None})
    )


def _address_before(call: Call) -> str:
    stored = session.read(call.surroundings.directory)
    if stored is None:
        raise Unusable("which deployment?", "interact login https://YOUR-APP")
    return stored.url


def _described(me: Mapping[str, Any]) -> str:
    unit = f" of {me['organizationUnitId']}" if me.get("organizationUnitId") else ""
    return f"{me['name']} ({', '.join(me['roles'])}{unit})"
