"""The authorization endpoint and the page for device codes: whoever sits at the browser chooses who signs in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.issuer import pages
from local.issuer.errors import OAuthError
from local.issuer.grants import Codes, Devices
from local.issuer.options import Application, IssuerOptions
from local.issuer.redirects import is_allowed, with_query
from local.issuer.subjects import subject_of
from local.issuer.tokens import Grant, scopes_of

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
KEPT = (
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt",
)  # fmt: skip
CHOOSE = "Choose one of these, please."


class SignIn:
    def __init__(self, options: IssuerOptions, codes: Codes, devices: Devices) -> None:
        self._options = options
        self._codes = codes
        self._devices = devices

    def routes(self) -> list[Route]:
        tenant = f"/{self._options.tenant_id}"
        return [
            Route(f"{tenant}/oauth2/v2.0/authorize", self.show, methods=["GET"]),
            Route(f"{tenant}/oauth2/v2.0/authorize", self.choose, methods=["POST"]),
            Route(f"{tenant}/oauth2/v2.0/logout", self.leave, methods=["GET"]),
            Route("/device", self.show_device, methods=["GET"]),
            Route("/device", self.choose_device, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        given = dict(request.query_params)
        return self._refused(given) or self._page(given)

    async def choose(self, request: Request) -> Response:
        given = await self._form(request)
        refused = self._refused(given)
        if refused is not None:
            return refused
        application = self._application(given)
        if given.get("deny"):
            return self._back(given, {"error": "access_denied", "error_description": "AADSTS65004: declined"})
        subject = subject_of(self._options, application, given)
        if subject is None:
            return self._page(given, CHOOSE)
        grant = Grant(application, subject, scopes_of(application, given["scope"]), given.get("nonce", ""))
        code = self._codes.issue(grant, given["redirect_uri"], given["code_challenge"])
        return self._back(given, {"code": code})

    async def leave(self, request: Request) -> Response:
        """Nothing is remembered here that one could sign out of; the application goes on where it asked to."""
        address = request.query_params.get("post_logout_redirect_uri", "")
        if not is_allowed(address):
            return pages.message("Signed out", "You can close this page.")
        state = request.query_params.get("state")
        return RedirectResponse(with_query(address, {"state": state} if state else {}), 303, headers=pages.HEADERS)

    async def show_device(self, request: Request) -> Response:
        return self._device_page(request.query_params.get("user_code", ""))

    async def choose_device(self, request: Request) -> Response:
        given = await self._form(request)
        waiting = self._devices.waiting(given.get("user_code", ""))
        if waiting is None:
            return self._device_page(given.get("user_code", ""))
        if given.get("deny"):
            waiting.is_denied = True
            return pages.message("Not signed in", "The program was told. You can close this page.")
        waiting.subject = subject_of(self._options, waiting.application, given)
        if waiting.subject is None:
            return self._device_page(waiting.user_code, CHOOSE)
        return pages.message("Signed in", "Go back to the program; you can close this page.")

    def _device_page(self, user_code: str, said: str = "") -> Response:
        if not user_code:
            return pages.enter_code("/device")
        waiting = self._devices.waiting(user_code)
        if waiting is None:
            return pages.enter_code("/device", user_code, "Nothing waits for this code: it is wrong, used or expired.")
        return pages.choose(self._options, waiting.application, "/device", {"user_code": waiting.user_code}, said)

    def _page(self, given: Mapping[str, str], said: str = "") -> Response:
        if given.get("prompt") == "none":
            return self._back(given, {"error": "login_required", "error_description": "AADSTS50058: nobody is asked"})
        hidden = {name: given[name] for name in KEPT if name in given}
        action = f"/{self._options.tenant_id}/oauth2/v2.0/authorize"
        return pages.choose(self._options, self._application(given), action, hidden, said)

    def _refused(self, given: Mapping[str, str]) -> Response | None:
        """Why the request cannot be used: on the page, as long as it is not known whom to tell."""
        application = self._options.application(given.get("client_id", ""))
        if application is None:
            return pages.message("This does not work", "AADSTS700016: client_id is no application of this issuer.", 400)
        if not is_allowed(given.get("redirect_uri", "")):
            explained = "AADSTS50011: redirect_uri has to be an address of this machine."
            return pages.message("This does not work", explained, 400)
        try:
            self._check(application, given)
        except OAuthError as error:
            return self._back(given, {"error": error.code, "error_description": str(error)})
        return None

    def _check(self, application: Application, given: Mapping[str, str]) -> None:
        if given.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "AADSTS700054: response_type has to be code")
        if given.get("response_mode", "query") not in ("query", "fragment"):
            raise OAuthError("invalid_request", "AADSTS70007: response_mode has to be query or fragment")
        if given.get("code_challenge_method") != "S256" or not CHALLENGE.match(given.get("code_challenge", "")):
            raise OAuthError("invalid_request", "AADSTS9002325: a code_challenge by S256 is needed")
        if not scopes_of(application, given.get("scope", "")):
            raise OAuthError("invalid_request", "AADSTS900144: scope is missing")

    def _application(self, given: Mapping[str, str]) -> Application:
        application = self._options.application(given["client_id"])
        if application is None:
            raise OAuthError("unauthorized_client", "AADSTS700016: client_id is no application of this issuer")
        return application

    def _back(self, given: Mapping[str, str], answer: Mapping[str, str]) -> Response:
        state = {"state": given["state"]} if "state" in given else {}
        # RFC 9207: so that an answer cannot be taken for that of another issuer.
        told = {**answer, **state, "iss": self._options.issuer}
        address = with_query(given["redirect_uri"], told)
        if given.get("response_mode") == "fragment":
            address = f"{given['redirect_uri']}#{urlsplit(with_query('/', told)).query}"
        return RedirectResponse(address, 303, headers=pages.HEADERS)

    async def _form(self, request: Request) -> dict[str, str]:
        """The fields of a form of ours; raises OAuthError for one of another site."""
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise OAuthError("invalid_request", "the form is one of another site", 403)
        return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
