"""The stand-ins for ACS, Teams, SignalR, challenges and Entra ID, served side by side in this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from local import demo
from local.acs.app import create_app as create_acs
from local.acs.options import AcsOptions, EventSubscription
from local.challenge import create_app as create_challenge
from local.desk import DeskOptions, DeskUser
from local.desk import create_app as create_desk
from local.issuer import Application, Audience, IssuerOptions, Person
from local.issuer import create_app as create_issuer
from local.serving import Certificate, serving
from local.signalr import SignalROptions
from local.signalr import create_app as create_signalr
from local.start import Start

CHAT_EVENTS = frozenset({"Microsoft.Communication.ChatMessageReceivedInThread"})
VALIDATION_RETRY_SECONDS = 0.2
"""The host, which has to answer the handshake of the subscription, starts at the same time."""


@dataclass(frozen=True)
class StandIn:
    """One app and where to serve it."""

    app: ASGIApp
    port: int
    tls: Certificate | None = None


def configured(start: Start, certificate: Certificate) -> Sequence[StandIn]:
    """All of them (ACS and the issuer with and without TLS), joined with the app that runs on the host."""
    addresses = start.addresses
    acs, issuer = create_acs(_acs(start)), create_issuer(issuer_options(start))
    return (
        StandIn(acs, addresses.base + 1, certificate),
        StandIn(acs, addresses.base + 7),
        StandIn(create_desk(_desk(start)), addresses.base + 2),
        StandIn(create_signalr(SignalROptions(start.secrets.signalr_access_key)), addresses.base + 3),
        StandIn(create_challenge(), addresses.base + 8),
        StandIn(issuer, addresses.base + 9),
        StandIn(issuer, addresses.base + 10, certificate),
    )


@contextlib.asynccontextmanager
async def served(parts: Sequence[StandIn]) -> AsyncIterator[None]:
    """Serve all of them until the block is left; they end at the same time, since each may need seconds."""
    leaving = asyncio.Event()
    started = [asyncio.Event() for _ in parts]
    tasks = [asyncio.create_task(_serve(part, event, leaving)) for part, event in zip(parts, started, strict=True)]
    starting = asyncio.create_task(_all(started))
    try:
        await asyncio.wait([starting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        yield
    finally:
        starting.cancel()
        leaving.set()
        await asyncio.gather(starting, *tasks, return_exceptions=True)


async def _serve(part: StandIn, started: asyncio.Event, leaving: asyncio.Event) -> None:
    async with serving(part.app, port=part.port, tls=part.tls):
        started.set()
        await leaving.wait()


async def _all(events: Sequence[asyncio.Event]) -> None:
    for event in events:
        await event.wait()


def _acs(start: Start) -> AcsOptions:
    base, key = start.addresses.functions, start.keys.eventgrid
    webhook = f"{base}/runtime/webhooks/eventgrid?functionName=on_chat_event&code={key}"
    return AcsOptions(
        access_key=start.secrets.acs_access_key,
        subscriptions=(EventSubscription("chat", webhook, CHAT_EVENTS),),
        limit_factor=start.limit_factor,
        validation_retry_seconds=VALIDATION_RETRY_SECONDS,
        data_directory=start.data.acs,
    )


def issuer_options(start: Start) -> IssuerOptions:
    """The directory of the tenant: its administrators, and a web site whose customers sign in."""
    people = (Person(one.id, one.name, one.user_principal_name, (one.role,), one.may) for one in demo.ADMINISTRATORS)
    return IssuerOptions(
        public_url=start.addresses.issuer,
        tenant_id=demo.TENANT_ID,
        applications=(
            Application(demo.ADMIN_APP_ID, "Interact", Audience.ADMINISTRATORS),
            Application(demo.CUSTOMER_APP_ID, "the customers' site", Audience.CUSTOMERS),
        ),
        people=tuple(people),
        data_directory=start.data.issuer,
    )


def _desk(start: Start) -> DeskOptions:
    return DeskOptions(
        users=tuple(DeskUser(person.id, person.name, person.user_principal_name) for person in demo.AGENTS),
        bot_id=demo.BOT_APP_ID,
        tenant_id=demo.TENANT_ID,
        client_secret=start.secrets.bot_secret,
        bot_endpoint=f"{start.addresses.functions}/api/messages",
        public_url=start.addresses.desk,
        limit_factor=start.limit_factor,
        data_directory=start.data.desk,
    )
