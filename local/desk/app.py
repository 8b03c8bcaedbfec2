"""Puts the desk together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware

from local.desk.activities import Activities
from local.desk.connector import Connector
from local.desk.connector_gate import ConnectorGate
from local.desk.control import Control
from local.desk.faults import Faults
from local.desk.graph import Graph
from local.desk.limits import ConversationLimits
from local.desk.live import Live
from local.desk.options import DeskOptions
from local.desk.page import Page, PageHeaders
from local.desk.requests_log import RequestsLog
from local.desk.revisions import Revisions
from local.desk.signing import Signing
from local.desk.state import DeskState
from local.desk.storage import Storage
from local.desk.to_bot import ToBot
from local.desk.tokens import Tokens
from local.desk.user_actions import UserActions
from local.desk.views import Views


def create_app(options: DeskOptions) -> Starlette:
    """The agents' stand-in for Microsoft Teams as one ASGI app; its lifespan loads and keeps the data."""
    storage = Storage(options.data_directory)
    state = DeskState(options.users, options.bot_id, storage.mark)
    storage.load_into(state)
    signing = Signing(
        bot_id=options.bot_id,
        tenant_id=options.tenant_id,
        service_url=options.service_url,
        data_directory=options.data_directory,
    )
    log, faults, limits = RequestsLog(), Faults(), ConversationLimits(options.limit_factor)
    live = Live(state, Views(state, options.app_name))
    to_bot = ToBot(options, signing, log)
    activities = Activities(options, state)
    actions = UserActions(state, activities, live, to_bot, options.app_name)
    revisions = Revisions(activities, live, to_bot)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        print(f"Teams desk: at most {limits.describe()} per conversation", flush=True)
        to_bot.open()
        writer = asyncio.create_task(storage.keep_writing(state))
        try:
            yield
        finally:
            await actions.close()
            await to_bot.close()
            writer.cancel()
            await asyncio.wait([writer])
            storage.write_now(state)

    return Starlette(
        routes=[
            *Page(state, actions, revisions, live).routes(),
            *Tokens(options, signing, log).routes(),
            *Connector(options, state, live).routes(ConnectorGate(signing, faults, limits, log)),
            *Graph(state, actions, live, signing, log).routes(),
            *Control(options, state, actions, revisions, faults, limits, log).routes(),
        ],
        middleware=[Middleware(PageHeaders)],
        lifespan=lifespan,
    )
