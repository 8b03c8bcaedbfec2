"""Runs the desk alone: `python -m local.desk --bot-endpoint http://localhost:7071/api/messages`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from local.desk.app import create_app
from local.desk.options import DeskOptions, DeskUser
from local.serving import serving

DEMO_USERS = (
    DeskUser("a0000000-0000-4000-8000-000000000001", "Mario", "mario@lunifico.example"),
    DeskUser("a0000000-0000-4000-8000-000000000002", "Luisa", "luisa@lunifico.example"),
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.desk", description=__doc__)
    parser.add_argument("--port", type=int, default=7073)
    parser.add_argument("--bot-endpoint", default="http://localhost:7071/api/messages")
    parser.add_argument("--bot-id", default="11111111-1111-4111-8111-111111111111")
    parser.add_argument("--tenant-id", default="22222222-2222-4222-8222-222222222222")
    parser.add_argument("--client-secret", default="local-desk-secret")
    parser.add_argument("--limit-factor", type=float, default=1.0)
    parser.add_argument("--data-directory", type=Path)
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    options = DeskOptions(
        users=DEMO_USERS,
        bot_id=arguments.bot_id,
        tenant_id=arguments.tenant_id,
        client_secret=arguments.client_secret,
        bot_endpoint=arguments.bot_endpoint,
        public_url=f"http://localhost:{arguments.port}",
        limit_factor=arguments.limit_factor,
        data_directory=arguments.data_directory,
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with serving(create_app(options), port=arguments.port) as server:
        print(f"Teams desk: {server.url}", flush=True)
        await ended.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(_arguments()))
