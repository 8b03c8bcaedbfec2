"""A stand-in for Microsoft Entra ID: an OpenID Connect issuer where one chooses who one is."""

from __future__ import annotations

from local.issuer.app import create_app
from local.issuer.options import Application, Audience, IssuerOptions, Person

__all__ = ["Application", "Audience", "IssuerOptions", "Person", "create_app"]
