"""What the issuer needs to know before it starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Audience(StrEnum):
    """Who signs in to an application."""

    ADMINISTRATORS = "administrators"
    CUSTOMERS = "customers"


@dataclass(frozen=True)
class Person:
    """Somebody of the directory; `roles` are values of app roles."""

    id: str
    name: str
    user_principal_name: str
    roles: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Application:
    """A registration: a public client and, under the same id, the audience of its access tokens."""

    id: str
    name: str
    audience: Audience
    permission: str = "access_as_user"


@dataclass(frozen=True)
class IssuerOptions:
    """Settings of one issuer.

    `public_url` is where browsers and programs reach it. Times are in seconds. `now` says the time since 1970; without
    `data_directory` the keys are forgotten at the end, and with them all tokens.
    """

    public_url: str
    tenant_id: str
    applications: tuple[Application, ...]
    people: tuple[Person, ...]
    access_token_lifetime: int = 3_600
    refresh_token_lifetime: int = 90 * 86_400
    code_lifetime: int = 300
    device_code_lifetime: int = 900
    device_interval: int = 1
    now: Callable[[], float] = time.time
    data_directory: Path | None = None

    @property
    def base(self) -> str:
        return f"{self.public_url.rstrip('/')}/{self.tenant_id}"

    @property
    def issuer(self) -> str:
        """The claim `iss`, below which the discovery document is."""
        return f"{self.base}/v2.0"

    @property
    def keys_url(self) -> str:
        return f"{self.base}/discovery/v2.0/keys"

    def application(self, application_id: str) -> Application | None:
        return next((one for one in self.applications if one.id == application_id), None)

    def person(self, person_id: str) -> Person | None:
        return next((one for one in self.people if one.id == person_id), None)
