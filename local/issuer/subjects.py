"""Who signs in: a person of the directory, or a customer who says name and e-mail address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.issuer.options import Application, Audience, IssuerOptions

LONGEST = 200


@dataclass(frozen=True)
class Subject:
    """The claims of an access token that are about the one who signs in."""

    id: str
    claims: Mapping[str, Any]


def subject_of(options: IssuerOptions, application: Application, form: Mapping[str, str]) -> Subject | None:
    """Whom a form names, as the application's page offers it; None where it names nobody."""
    if application.audience is Audience.CUSTOMERS:
        return _customer(application, form)
    person = options.person(form.get("person", ""))
    if person is None:
        return None
    claims = {
        "name": person.name,
        "preferred_username": person.user_principal_name,
        "oid": person.id,
        "tid": options.tenant_id,
        **({"roles": list(person.roles)} if person.roles else {}),
    }
    # Entra's `sub` is another for each application.
    return Subject(_digest(application.id, person.id), claims)


def _customer(application: Application, form: Mapping[str, str]) -> Subject | None:
    name, email = form.get("name", "").strip()[:LONGEST], form.get("email", "").strip()[:LONGEST]
    if not name or "@" not in email:
        return None
    return Subject(
        _digest(application.id, email.lower()),
        {"name": name, "email": email, "email_verified": True, "preferred_username": email},
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:43]
