"""A client of OpenID Connect issuers: Microsoft Entra ID and that of `make run` alike, by their discovery document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.errors import ApiError, CommandError, ExitCode, NotSignedIn, Unreachable
from cli.session import checked_address

if TYPE_CHECKING:
    import httpx

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
OWN_SCOPES = "openid offline_access"
SLOWER = 5.0
"""Seconds to add where the issuer says `slow_down` (RFC 8628, 3.5)."""
TIMEOUT = 30.0
DECLINED = ("access_denied", "authorization_declined")
EXPIRED = ("expired_token", "code_expired")
"""The words of RFC 8628 and those of Entra."""


class SignInRefused(NotSignedIn):
    """The issuer does not sign anybody in; its own words say why."""

    code = "sign_in_refused"


@dataclass(frozen=True)
class Place:
    """Where a deployment's administrators sign in, as it says itself."""

    authority: str
    issuer: str
    client: str
    scope: str


@dataclass(frozen=True)
class Granted:
    """What the issuer has given; `expires` in seconds since 1970."""

    access_token: str
    refresh_token: str
    expires: float


def place_of(url: str, http: httpx.Client) -> Place:
    """Ask a deployment where one signs in; raises Unreachable, NotSignedIn where nobody can."""
    document = _json(lambda: http.get(f"{url}/api/manage/v1/sign-in"), url)
    if document.get("authority") == "none":
        raise NotSignedIn(f"{url} has no sign-in of administrators", "set INTERACT_ADMIN_AUDIENCE of the deployment")
    try:
        names = (document["authority"], document["issuer"], document["clientId"], document["scope"])
        return Place(*(str(name) for name in names))
    except KeyError:
        raise Unreachable(f"{url} answers, but is no deployment of Interact", "look at the address") from None


class Issuer:
    """One issuer, with the application for which tokens are asked."""

    def __init__(self, issuer: str, client: str, scope: str, http: httpx.Client, now: Callable[[], float]) -> None:
        self._issuer = checked_address(issuer)
        self._client = client
        self._scope = scope
        self._http = http
        self._now = now

    def by_device_code(self, show: Callable[[Mapping[str, Any]], None], pause: Callable[[float], None]) -> Granted:
        """Sign in in a browser anywhere (RFC 8628); `show` gets what the person has to know. Raises SignInRefused."""
        endpoint = self._endpoint("device_authorization_endpoint")
        status, begun = self._post(endpoint, {"scope": f"{self._scope} {OWN_SCOPES}"})
        if status != 200:
            raise _refusal(begun)
        show(begun)
        interval, until = float(begun.get("interval") or 5), self._now() + float(begun.get("expires_in") or 900)
        while self._now() < until:
            pause(interval)
            form = {"grant_type": DEVICE_GRANT, "device_code": str(begun["device_code"])}
            status, answer = self._post(self._endpoint("token_endpoint"), form)
            if status == 200:
                return self._granted(answer)
            error = answer.get("error")
            if error == "slow_down":
                interval += SLOWER
            elif error in DECLINED:
                raise SignInRefused("the sign-in was declined")
            elif error in EXPIRED:
                break
            elif error != "authorization_pending":
                raise _refusal(answer)
        raise SignInRefused("nobody has signed in in time", "interact login")

    def by_refresh_token(self, refresh_token: str) -> Granted:
        """New tokens for an old one; raises SignInRefused."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": f"{self._scope} {OWN_SCOPES}"}
        status, answer = self._post(self._endpoint("token_endpoint"), form)
        if status != 200:
            raise _refusal(answer)
        granted = self._granted(answer)
        return granted if granted.refresh_token else Granted(granted.access_token, refresh_token, granted.expires)

    def _endpoint(self, name: str) -> str:
        url = f"{self._issuer}/.well-known/openid-configuration"
        document = _json(lambda: self._http.get(url), self._issuer)
        # OpenID Connect Discovery, 4.3: otherwise one issuer could speak for another.
        if document.get("issuer") != self._issuer:
            raise CommandError(f"{url} describes another issuer: {document.get('issuer')}")
        endpoint = document.get(name)
        if not isinstance(endpoint, str):
            raise CommandError(f"{self._issuer} has no {name}", "sign in with --azure-cli")
        return checked_address(endpoint)

    def _post(self, url: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        return _answer(lambda: self._http.post(url, data={"client_id": self._client, **form}), self._issuer)

    def _granted(self, answer: Mapping[str, Any]) -> Granted:
        expires = self._now() + float(answer.get("expires_in") or 3_600)
        return Granted(str(answer["access_token"]), str(answer.get("refresh_token") or ""), expires)


def _json(call: Callable[[], httpx.Response], what: str) -> dict[str, Any]:
    status, document = _answer(call, what)
    if status != 200:
        error = ApiError(status, document)
        raise error if error.exit_code is ExitCode.FAULT else Unreachable(f"{what} answers {status}: {error}")
    return document


def _answer(call: Callable[[], httpx.Response], what: str) -> tuple[int, dict[str, Any]]:
    import httpx

    try:
        response = call()
        document = response.json()
    except httpx.TransportError as error:
        why = str(error) or type(error).__name__
        raise Unreachable(f"{what} cannot be reached ({why})", "check the address and the network") from error
    except ValueError as error:
        raise Unreachable(f"{what} answers, but not as it should", "look at the address") from error
    return response.status_code, document if isinstance(document, dict) else {}


def _refusal(answer: Mapping[str, Any]) -> SignInRefused:
    description = str(answer.get("error_description") or answer.get("error") or "no reason given")
    return SignInRefused(f"the issuer refuses: {description.splitlines()[0]}", "interact login")
