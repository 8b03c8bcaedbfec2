"""What an operation of the REST API is, as the modules that implement some describe theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.acs.authentication import User
from local.acs.limits import Budget

FULL_CHAT = frozenset({"chat"})
JOINING_CHAT = frozenset({"chat", "chat.join"})
ANY_CHAT = frozenset({"chat", "chat.join", "chat.join.limited"})


@dataclass(frozen=True)
class Call:
    """One authenticated request; `user` is missing where the resource's owner calls."""

    body: bytes
    path: Mapping[str, str]
    query: Mapping[str, str]
    url_path: str
    base_url: str
    repeatability_id: str | None = None
    user: User | None = None

    @property
    def user_id(self) -> str:
        if self.user is None:
            raise RuntimeError("an operation for users was reached without a user")
        return self.user.id


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any] | None = None


@dataclass(frozen=True)
class Operation:
    """`scopes` are those of which a token needs one; without any, the resource's owner calls with HMAC."""

    name: str
    method: str
    path: str
    api_version: str
    budget: Budget
    handle: Callable[[Call], Answer]
    scopes: frozenset[str] = frozenset()
