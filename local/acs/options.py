"""What the stand-in is told when it starts."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from local.acs.faults import Faults
from local.entra import Entra

DEVELOPMENT_ACCESS_KEY = base64.b64encode(b"a public key for development only").decode()
DEVELOPMENT_IMMUTABLE_RESOURCE_ID = "10ca1acc-0000-4000-8000-000000000ac5"
DEVELOPMENT_RESOURCE_ID = (
    "/subscriptions/10ca1000-0000-4000-8000-000000000000/resourceGroups/interact-local"
    "/providers/Microsoft.Communication/communicationServices/interact-local"
)


@dataclass(frozen=True)
class EventSubscription:
    """A webhook that gets the resource's events; an empty `event_types` means all of them."""

    name: str
    url: str
    event_types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AcsOptions:
    """Everything that can differ between two runs.

    `access_key` is base64. `resource_id` is the `topic` of the events. `entra_token` is a bearer token that identity
    operations accept beside the access key, and `entra` the directory whose identities they accept where these have the
    role; none is accepted by default. `local_auth` off refuses the access key. `limit_factor` multiplies the service's
    rate limits (1.0 is real); `retry_factor` multiplies the delays between deliveries of an event (1.0 is real).
    """

    access_key: str = DEVELOPMENT_ACCESS_KEY
    resource_id: str = DEVELOPMENT_RESOURCE_ID
    immutable_resource_id: str = DEVELOPMENT_IMMUTABLE_RESOURCE_ID
    entra_token: str | None = None
    entra: Entra | None = None
    local_auth: bool = True
    subscriptions: tuple[EventSubscription, ...] = ()
    max_events_per_batch: int = 1
    limit_factor: float = 1.0
    retry_factor: float = 1.0
    delivery_timeout_seconds: float = 30.0
    validation_retry_seconds: float = 1.0
    faults: Faults = field(default_factory=Faults)
    data_directory: Path | None = None


def connection_string(endpoint: str, access_key: str = DEVELOPMENT_ACCESS_KEY) -> str:
    """What the portal would show for the resource; `endpoint` is `https://localhost:port`."""
    return f"endpoint={endpoint}/;accesskey={access_key}"
