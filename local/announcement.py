"""What the rest of the world learns when all parts run: `run.json`, and the same addresses on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local import demo
from local.addresses import Addresses
from local.start import Start


def run_document(start: Start, host_process_id: int) -> Mapping[str, Any]:
    """The content of `run.json`; tests, benchmarks and tools rely on its names.

    What the demo consists of stands in it only where there is the demo.
    """
    # Imported by then; at the top it would make everything start later.
    from local.acs.options import AcsOptions
    from local.host_settings import ACS_SECRET
    from local.stand_ins import issuer_options

    addresses, issuer = start.addresses, issuer_options(start)
    demo_document = _demo_document(addresses) if start.with_demo else {"tenant": {"id": demo.TENANT_ID}}
    return {
        "functions": addresses.functions,
        "acs": addresses.acs,
        "desk": addresses.desk,
        "signalr": addresses.signalr,
        "tables": start.storage_connection_string,
        "eventGridKey": start.keys.eventgrid,
        "acsSecret": f"env:{ACS_SECRET}",
        "acsResourceId": AcsOptions().resource_id,
        **demo_document,
        "agents": [{"id": person.id, "name": person.name} for person in demo.AGENTS],
        "issuer": {
            "url": addresses.issuer,
            "issuer": issuer.issuer,
            "keysUrl": issuer.keys_url,
            "administrators": {"application": demo.ADMIN_APP_ID, "people": _administrators()},
            "customers": {
                "application": demo.CUSTOMER_APP_ID,
                "keysUrl": issuer.keys_url.replace(addresses.issuer, addresses.issuer_by_tls),
            },
        },
        "portal": _portal(addresses),
        "hostPid": host_process_id,
    }


def lines(start: Start, seconds: float) -> Iterator[str]:
    """What a person at the terminal needs to begin."""
    addresses = start.addresses
    agents = " or ".join(person.name for person in demo.AGENTS)
    yield f"Interact is ready after {seconds:.1f} s."
    yield ""
    if start.with_demo:
        yield f"  Customer asks a service  {_preview_of_service(addresses)}"
        yield f"  … in opening hours       {addresses.functions}/preview/service/{demo.ORDERS_ID}"
        yield f"  Customer asks a person   {_preview_of_user(addresses)}"
        yield f'  Agents\' desk             {addresses.desk} ({agents}; first press "Install app")'
    else:
        yield "  Empty tenant             docs/getting-started.md sets it up"
        yield f'  Agents\' desk             {addresses.desk} ({agents}; press "Install app" once the tenant is there)'
    yield f"  Administrators           interact login {addresses.functions} (or .venv/bin/python -m cli login …)"
    yield f"  Logs                     {start.logs}"
    if start.limit_factor != 1:
        yield f"  Rate limits              {start.limit_factor:g} times the real ones of ACS, Teams and the widget API"
    yield ""
    yield "Ctrl-C ends everything."


def _demo_document(addresses: Addresses) -> Mapping[str, Any]:
    return {
        "tenant": {"id": demo.TENANT_ID, "widgetKey": demo.WIDGET_KEY},
        "service": {"id": demo.SERVICE_ID},
        "user": {"id": demo.DIRECT_USER.id},
        "preview": {"service": _preview_of_service(addresses), "user": _preview_of_user(addresses)},
    }


def _administrators() -> list[dict[str, str]]:
    return [{"id": one.id, "name": one.name} for one in demo.ADMINISTRATORS]


def _preview_of_service(addresses: Addresses) -> str:
    return f"{addresses.functions}/preview/service/{demo.SERVICE_ID}"


def _preview_of_user(addresses: Addresses) -> str:
    return f"{addresses.functions}/preview/user/{demo.DIRECT_USER.id}"


def _portal(addresses: Addresses) -> str:
    return f"{addresses.functions}/portal"
