"""What the desk needs to know before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KIBIBYTE = 1024


@dataclass(frozen=True)
class DeskUser:
    """A person of the tenant; a guest has no seat at the desk and only fills group chats."""

    id: str
    display_name: str
    user_principal_name: str
    guest: bool = False


@dataclass(frozen=True)
class DeskOptions:
    """Settings of one desk.

    `bot_endpoint` is the messaging endpoint of the bot, `public_url` the desk's own base URL as the bot and browsers
    reach it. `limit_factor` multiplies the documented rate limits. `message_size_limit` counts bytes of the activity
    in UTF-16, as Teams does: roughly 28 KiB is safe everywhere, 100 KiB is refused by the Bot Connector.
    `bot_timeout` and `retry_delays` are seconds. Without `data_directory` everything is forgotten at the end.
    """

    users: tuple[DeskUser, ...]
    bot_id: str
    tenant_id: str
    client_secret: str
    bot_endpoint: str
    public_url: str
    app_name: str = "Interact"
    limit_factor: float = 1.0
    message_size_limit: int = 100 * KIBIBYTE
    bot_timeout: float = 15.0
    retry_delays: tuple[float, ...] = (0.5, 1.0, 2.0)
    data_directory: Path | None = None

    @property
    def service_url(self) -> str:
        """The `serviceUrl` of every activity, with the trailing slash that Teams uses."""
        return f"{self.public_url.rstrip('/')}/connector/"
