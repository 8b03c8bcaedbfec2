"""Puts the issuer together. Paths are those of Microsoft Entra ID, so that only the origin differs."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from local.issuer.control import Control
from local.issuer.endpoints import Endpoints
from local.issuer.errors import OAuthError
from local.issuer.grants import Codes, Devices
from local.issuer.keys import SigningKeys
from local.issuer.options import IssuerOptions
from local.issuer.sign_in import SignIn

STATIC = Path(__file__).parent / "static"
THIS_MACHINE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


def create_app(options: IssuerOptions) -> Starlette:
    """The issuer as an ASGI app."""
    keys = SigningKeys(options.data_directory)
    codes = Codes(options.code_lifetime, options.now)
    devices = Devices(options.device_code_lifetime, options.device_interval, options.now)
    return Starlette(
        routes=[
            *Endpoints(options, keys, codes, devices).routes(),
            *SignIn(options, codes, devices).routes(),
            *Control(options, keys).routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={OAuthError: _refuse},
        middleware=[
            # Whoever makes a name resolve to this machine gets no tokens by it.
            Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"]),
            # Pages of this machine are public clients too: they redeem codes themselves.
            Middleware(CORSMiddleware, allow_origin_regex=THIS_MACHINE, allow_methods=["GET", "POST"]),
        ],
    )


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, OAuthError):
        raise error
    return error.response()
