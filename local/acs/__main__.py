"""Runs the stand-in alone: `python -m local.acs --port 7072`."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from local.acs.app import create_app
from local.acs.certificates import certificates_in
from local.acs.faults import Faults
from local.acs.options import (
    DEVELOPMENT_ACCESS_KEY,
    DEVELOPMENT_RESOURCE_ID,
    AcsOptions,
    EventSubscription,
    connection_string,
)
from local.serving import serving


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    asyncio.run(_run(given.port, given.certificates, _options(given)))


async def _run(port: int, certificate_directory: Path, options: AcsOptions) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    certificates = certificates_in(certificate_directory)
    async with serving(create_app(options), port=port, tls=certificates.server) as server:
        print(f"ACS stand-in on {server.url}, rate limits times {options.limit_factor:g}")
        print(f"  connection string: {connection_string(server.url, options.access_key)}")
        print(f"  CA bundle for REQUESTS_CA_BUNDLE and SSL_CERT_FILE: {certificates.bundle_file}", flush=True)
        await ended.wait()


def _options(given: argparse.Namespace) -> AcsOptions:
    return AcsOptions(
        access_key=given.access_key,
        resource_id=given.resource_id,
        subscriptions=tuple(given.subscription),
        max_events_per_batch=given.max_events_per_batch,
        limit_factor=given.limit_factor,
        retry_factor=given.retry_factor,
        faults=Faults.model_validate_json(given.faults),
        data_directory=given.data,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.acs", description=__doc__)
    parser.add_argument("--port", type=int, default=7072, help="0 takes a free one")
    parser.add_argument("--data", type=Path, help="directory that keeps the state; in memory only without it")
    parser.add_argument(
        "--certificates", type=Path, default=Path(".local/certificates"), help="directory of CA and server"
    )
    parser.add_argument("--access-key", default=DEVELOPMENT_ACCESS_KEY, help="base64")
    parser.add_argument("--resource-id", default=DEVELOPMENT_RESOURCE_ID, help="the topic of the events")
    parser.add_argument(
        "--subscription",
        type=_subscription,
        action="append",
        default=[],
        metavar="NAME=URL",
        help="an Event Grid webhook",
    )
    parser.add_argument("--max-events-per-batch", type=int, default=1)
    parser.add_argument("--limit-factor", type=float, default=1.0, help="multiplies the service's rate limits")
    parser.add_argument(
        "--retry-factor", type=float, default=1.0, help="multiplies the delays between event deliveries"
    )
    parser.add_argument(
        "--faults", default="{}", metavar="JSON", help='as PUT /_standin/faults: {"duplicateEvents": 0.2}'
    )
    return parser


def _subscription(text: str) -> EventSubscription:
    name, separator, url = text.partition("=")
    if not separator or not name or not url:
        raise argparse.ArgumentTypeError("a subscription is NAME=URL")
    return EventSubscription(name, url)


if __name__ == "__main__":
    main()
