"""Everything that `make run` runs, on free ports and in a directory of its own, put together for measuring.

Limits of the stand-ins are multiplied, so that throttling does not decide. With `counted`, the host reaches its storage
through counting proxies, and events reach the host through a gate; without it nothing of the bench is in between. With
`for_many_rows`, storage is in memory and finds rows of full tables as Azure does.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from local import demo
from local.acs.app import create_app as create_acs
from local.acs.certificates import Certificates, certificates_in
from local.acs.identity import API_VERSION
from local.acs.options import AcsOptions, EventSubscription
from local.addresses import AddressError, Addresses, check_free
from local.azurite import azurite
from local.data_directory import DataDirectory
from local.demo import Person
from local.desk import DeskOptions, DeskUser
from local.desk import create_app as create_desk
from local.host.keys import Keys
from local.host_process import HostProcess
from local.issuer import create_app as create_issuer
from local.signalr import SignalROptions
from local.signalr import create_app as create_signalr
from local.stand_ins import CHAT_EVENTS, StandIn, issuer_options, served
from local.start import Start
from tests.bench import company, many_rows
from tests.bench.event_gate import EventGate
from tests.bench.hosts import functions_host
from tests.bench.storage_meter import StorageMeter, metered

LIMIT_FACTOR = 10_000.0
CALL_SECONDS = 60
EVENT_SECONDS = 600.0
"""An event that the gate holds back is under way all the while."""
OWNERS_TOKEN = "the bench owns the local ACS"
PORTS = (20_000, 32_000)
"""Below the ports that systems give to outgoing connections."""


@dataclass(frozen=True)
class Stack:
    """What runs, by its addresses; `functions` is also the origin of the page that visitors are on.

    `storage` is a connection string.
    """

    functions: str
    acs: str
    desk: str
    signalr: str
    issuer: str
    storage: str
    host: HostProcess
    http: aiohttp.ClientSession
    meter: StorageMeter
    gate: EventGate


@contextlib.asynccontextmanager
async def running(
    directory: Path, *, counted: bool = False, agents: Sequence[Person] = (), for_many_rows: bool = False
) -> AsyncIterator[Stack]:
    """Run everything until the block is left, with these agents beside the demo's."""
    start = _start(directory)
    addresses = start.addresses
    certificates = certificates_in(start.data.certificates)
    webhook = f"{addresses.functions}/runtime/webhooks/eventgrid?functionName=on_chat_event&code={start.keys.eventgrid}"
    meter, gate = StorageMeter(), EventGate(webhook)
    async with contextlib.AsyncExitStack() as parts:
        # The stand-ins tell what they do to whoever runs them alone; here that goes to a log.
        log = parts.enter_context((start.logs / "stand-ins.log").open("w", encoding="utf-8"))
        parts.enter_context(contextlib.redirect_stdout(log))
        storage = await parts.enter_async_context(
            azurite(None, addresses.storage, many_rows.PRELOAD)
            if for_many_rows
            else azurite(start.data.azurite, addresses.storage)
        )
        await company.found(storage.connection_string, addresses.functions, agents)
        seen_by_host = storage.ports
        if counted:
            seen_by_host = await parts.enter_async_context(metered(storage.ports, meter))
            webhook = await parts.enter_async_context(gate.served())
        host = await parts.enter_async_context(functions_host(start, seen_by_host, certificates.bundle_file))
        await parts.enter_async_context(served(_stand_ins(start, certificates, webhook, (*demo.AGENTS, *agents))))
        # Once more, because the host is the first to end.
        parts.push_async_callback(host.end)
        http = await parts.enter_async_context(_client())
        if counted:
            relay_id = await _new_identity(http, addresses.acs_for_browsers)
            await company.appoint_relay(storage.connection_string, addresses.acs, relay_id)
        yield Stack(
            addresses.functions,
            addresses.acs_for_browsers,
            addresses.desk,
            addresses.signalr,
            addresses.issuer,
            storage.connection_string,
            host,
            http,
            meter,
            gate,
        )


def free_addresses() -> Addresses:
    """Ports in a row that nobody uses at the moment; raises AddressError where none are found."""
    for _ in range(50):
        addresses = Addresses(random.randrange(*PORTS))
        with contextlib.suppress(AddressError):
            check_free(addresses)
            return addresses
    raise AddressError("no free ports in a row were found")


def _start(directory: Path) -> Start:
    data = DataDirectory(directory)
    directory.mkdir(parents=True, exist_ok=True)
    logs = data.new_log_directory(datetime.now())
    return Start(data, free_addresses(), data.secrets(), Keys.load(data.host_keys), logs, LIMIT_FACTOR)


def _stand_ins(start: Start, certificates: Certificates, webhook: str, people: Sequence[Person]) -> Sequence[StandIn]:
    addresses, secrets, factor = start.addresses, start.secrets, start.limit_factor
    acs_options = AcsOptions(
        access_key=secrets.acs_access_key,
        entra_token=OWNERS_TOKEN,
        subscriptions=(EventSubscription("chat", webhook, CHAT_EVENTS),),
        limit_factor=factor,
        validation_retry_seconds=0.1,
        delivery_timeout_seconds=EVENT_SECONDS,
    )
    desk = DeskOptions(
        users=tuple(DeskUser(person.id, person.name, person.user_principal_name) for person in people),
        bot_id=demo.BOT_APP_ID,
        tenant_id=demo.TENANT_ID,
        client_secret=secrets.bot_secret,
        bot_endpoint=f"{addresses.functions}/api/messages",
        public_url=addresses.desk,
        limit_factor=factor,
    )
    acs = create_acs(acs_options)
    return (
        StandIn(acs, addresses.base + 1, certificates.server),
        StandIn(acs, addresses.base + 7),
        StandIn(create_desk(desk), addresses.base + 2),
        StandIn(create_signalr(SignalROptions(secrets.signalr_access_key)), addresses.base + 3),
        StandIn(create_issuer(issuer_options(start)), addresses.base + 9),
    )


async def _new_identity(http: aiohttp.ClientSession, acs: str) -> str:
    url, headers = f"{acs}/identities?api-version={API_VERSION}", {"Authorization": f"Bearer {OWNERS_TOKEN}"}
    async with http.post(url, json={}, headers=headers) as response:
        response.raise_for_status()
        return str((await response.json())["identity"]["id"])


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=CALL_SECONDS)
    )
