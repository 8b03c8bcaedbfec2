"""Everything that `make run` runs, on free ports and with data of its own, with faults on the ways in between.

people → front → Functions hosts → faulty proxies → Azurite
people → stand-ins for ACS and Teams, whose faults are switched on → front
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from local import demo
from local.acs.app import create_app as create_acs
from local.acs.certificates import Certificates, certificates_in
from local.acs.options import AcsOptions, EventSubscription
from local.azurite import Storage, StoragePorts, azurite
from local.data_directory import DataDirectory, write_atomically
from local.desk import DeskOptions, DeskUser
from local.desk import create_app as create_desk
from local.host.keys import Keys
from local.host_settings import host_settings
from local.signalr import SignalROptions
from local.signalr import create_app as create_signalr
from local.stand_ins import CHAT_EVENTS, StandIn, served
from local.start import Start
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from tests.bench.stack import free_addresses
from tests.soak.company import Company, found
from tests.soak.fleet import Fleet
from tests.soak.front import Front
from tests.soak.http_pipe import piped
from tests.soak.plan import Plan
from tests.soak.storage_faults import FaultyStorage, StorageFaults

AS_GOOD_AS_NONE = 10_000.0
"""The factor of all rate limits but those that are meant."""
EVENT_RETRIES = 0.3
"""Of the delays of Event Grid (10 s, 30 s, …), so that a run takes minutes."""
CALL_SECONDS = 40


@dataclass(frozen=True)
class Stack:
    """What runs, by its addresses; `tables` and `queues` lead to the storage past all faults."""

    functions: str
    acs: str
    desk: str
    http: aiohttp.ClientSession
    storage: FaultyStorage
    fleet: Fleet
    tables: Tables
    connection_string: str
    logs: Path

    async def set_weather(self, acs: Mapping[str, Any], desk: Mapping[str, Any], storage: StorageFaults) -> None:
        """Switch faults on or off everywhere."""
        self.storage.faults = storage
        for address, faults in ((self.acs, acs), (self.desk, desk)):
            async with self.http.put(f"{address}/_standin/faults", json=dict(faults)) as answer:
                answer.raise_for_status()

    async def counts(self, address: str) -> Mapping[str, Any]:
        """What a stand-in has counted."""
        async with self.http.get(f"{address}/_standin/log") as answer:
            answer.raise_for_status()
            counted: Mapping[str, Any] = await answer.json()
            return counted


@contextlib.asynccontextmanager
async def running(directory: Path, plan: Plan, company: Company, chance: random.Random) -> AsyncIterator[Stack]:
    """Run everything until the block is left, without faults at first."""
    start = _start(directory)
    certificates = certificates_in(start.data.certificates)
    front, faulty = Front(chance), FaultyStorage(StorageFaults(), chance)
    async with contextlib.AsyncExitStack() as parts:
        log = parts.enter_context((start.logs / "stand-ins.log").open("w", encoding="utf-8"))
        parts.enter_context(contextlib.redirect_stdout(log))
        storage = await parts.enter_async_context(azurite())
        await found(storage.connection_string, start.addresses.functions, company)
        seen_by_hosts = await parts.enter_async_context(faulty.before(storage.ports))
        _write_settings(start, seen_by_hosts)
        await parts.enter_async_context(piped(front.answer, start.addresses.base))
        parts.callback(front.close)
        await parts.enter_async_context(served(_stand_ins(start, certificates, company)))
        fleet = Fleet(start, certificates.bundle_file, front, chance)
        parts.push_async_callback(fleet.end)
        await fleet.grow()
        http = await parts.enter_async_context(_client())
        tables = Tables(StorageAccount(connection_string=storage.connection_string))
        parts.push_async_callback(tables.close)
        addresses = start.addresses
        yield Stack(
            addresses.functions,
            addresses.acs_for_browsers,
            addresses.desk,
            http,
            faulty,
            fleet,
            tables,
            storage.connection_string,
            start.logs,
        )


def _start(directory: Path) -> Start:
    data = DataDirectory(directory)
    directory.mkdir(parents=True, exist_ok=True)
    logs = data.new_log_directory(datetime.now())
    return Start(data, free_addresses(), data.secrets(), Keys.load(data.host_keys), logs, AS_GOOD_AS_NONE)


def _write_settings(start: Start, storage: StoragePorts) -> None:
    settings = host_settings(start)
    values = settings["Values"]
    if not isinstance(values, dict):
        raise TypeError("the host's settings have no values")
    values["AzureWebJobsStorage"] = Storage(storage, process_id=0).connection_string
    write_atomically(start.data.host_settings, settings)


def _stand_ins(start: Start, certificates: Certificates, company: Company) -> tuple[StandIn, ...]:
    addresses, secrets = start.addresses, start.secrets
    webhook = f"{addresses.functions}/runtime/webhooks/eventgrid?functionName=on_chat_event&code={start.keys.eventgrid}"
    acs = create_acs(
        AcsOptions(
            access_key=secrets.acs_access_key,
            subscriptions=(EventSubscription("chat", webhook, CHAT_EVENTS),),
            limit_factor=AS_GOOD_AS_NONE,
            retry_factor=EVENT_RETRIES,
            validation_retry_seconds=0.2,
        )
    )
    desk = DeskOptions(
        users=tuple(DeskUser(one.id, one.name, one.user_principal_name) for one in company.agents),
        bot_id=demo.BOT_APP_ID,
        tenant_id=demo.TENANT_ID,
        client_secret=secrets.bot_secret,
        bot_endpoint=f"{addresses.functions}/api/messages",
        public_url=addresses.desk,
        limit_factor=AS_GOOD_AS_NONE,
    )
    return (
        StandIn(acs, addresses.base + 1, certificates.server),
        StandIn(acs, addresses.base + 7),
        StandIn(create_desk(desk), addresses.base + 2),
        StandIn(create_signalr(SignalROptions(secrets.signalr_access_key)), addresses.base + 3),
    )


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2), timeout=aiohttp.ClientTimeout(total=CALL_SECONDS)
    )
