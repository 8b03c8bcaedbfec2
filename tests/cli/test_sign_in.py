"""`login`, `logout`, `whoami` against the real issuer of `make run` and the deployment's own validation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cli import session
from cli.errors import ExitCode
from local.issuer import Application, Audience, IssuerOptions, Person, create_app
from shared.adapters.memory import MemoryAdministrators
from shared.domain.administrators import Administrator, Role
from shared.settings import SignInSettings
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import OWN_URL, TENANT

ISSUER = "http://localhost:7080"
APPLICATION = Application("33333333-3333-4333-8333-333333333333", "Interact", Audience.ADMINISTRATORS)
CARLA = Person("carla-id", "Carla", "carla@lunifico.example", ("TenantAdministrator",))
OTTO = Person("otto-id", "Otto", "otto@lunifico.example")


class Sight(MemoryAdministrators):
    """Takes the issuer's tokens for what they say; that they are checked is proved elsewhere."""

    def __init__(self) -> None:
        super().__init__({})
        self.refused: set[str] = set()

    async def of(self, bearer_token: str) -> Administrator:
        import jwt

        claims = jwt.decode(bearer_token, options={"verify_signature": False})
        if "roles" not in claims or bearer_token in self.refused:
            return await super().of(bearer_token)
        return Administrator(claims["oid"], claims["name"], TENANT.id, frozenset({Role.TENANT_ADMINISTRATOR}))


@pytest.fixture
def sight(office: Office) -> Sight:
    return Sight()


@pytest.fixture
def lobby(office: Office, sight: Sight, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal at which nobody is signed in, a deployment with sign-in, and its issuer."""
    with Terminal(tmp_path / "settings") as opened:
        options = IssuerOptions(ISSUER, TENANT.id, (APPLICATION,), (CARLA, OTTO), now=lambda: opened.now)
        place = SignInSettings(APPLICATION.id, options.issuer, options.keys_url)
        office.world.surroundings = replace(office.world.surroundings, sign_in=place)
        office.world.replace(administrators=sight)
        office.use()
        opened.transport.others["localhost:7080"] = create_app(options)
        yield opened


def approving(terminal: Terminal, **choice: str) -> Callable[[], None]:
    """Somebody opens the page at the issuer, types the newest code and chooses."""

    def approve() -> None:
        with httpx.Client(transport=terminal.transport, base_url=ISSUER) as browser:
            code = re.search(r'"user_code":"([^"]+)"', terminal.transport.last_text)
            assert code is not None
            browser.post("/device", data={"user_code": code[1], **choice}, headers={"origin": ISSUER})

    return approve


class TestDeviceCode:
    def test_somebody_signs_in_in_a_browser(self, lobby: Terminal) -> None:
        lobby.meanwhile = approving(lobby, person=CARLA.id)
        ended = lobby.done("login", OWN_URL)
        assert re.search(rf"open {ISSUER}/device and enter the code [A-Z]{{4}}-[A-Z]{{4}}", ended.notes)
        assert f"You are Carla (tenantAdministrator), signed in to {OWN_URL}." in ended.out
        assert "Lunifico Sales" in lobby.done("list", "services").out
        assert (lobby.directory / session.FILE).stat().st_mode & 0o077 == 0

    def test_with_json_there_is_one_document(self, lobby: Terminal) -> None:
        lobby.meanwhile = approving(lobby, person=CARLA.id)
        ended = lobby.done("login", OWN_URL, "--json")
        assert ended.document["url"] == OWN_URL
        assert ended.document["name"] == "Carla"
        assert "enter the code" in ended.notes

    def test_whoever_declines_is_not_signed_in(self, lobby: Terminal) -> None:
        lobby.meanwhile = approving(lobby, deny="yes")
        ended = lobby.run("login", OWN_URL)
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "declined" in ended.notes
        assert session.read(lobby.directory) is None

    def test_whoever_has_no_role_is_told_and_not_signed_in(self, lobby: Terminal) -> None:
        lobby.meanwhile = approving(lobby, person=OTTO.id)
        assert lobby.run("login", OWN_URL).code == ExitCode.NOT_SIGNED_IN
        assert session.read(lobby.directory) is None

    def test_a_code_that_nobody_uses_is_over_in_the_end(self, lobby: Terminal) -> None:
        ended = lobby.run("login", OWN_URL)
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "in time" in ended.notes
        assert 850 <= sum(lobby.waits) <= 950

    def test_whoever_is_asked_to_slow_down_does(self, lobby: Terminal) -> None:
        asked = 0

        def slow(request: httpx.Request) -> httpx.Response:
            nonlocal asked
            asked += 1
            return httpx.Response(400, json={"error": "slow_down"})

        def plan() -> None:
            lobby.transport.answers = [lambda request: lobby.transport.real(request), slow]

        lobby.meanwhile = plan
        lobby.run("login", OWN_URL)
        assert asked == 1
        assert lobby.waits[:3] == [1.0, 6.0, 6.0]


class TestStaying:
    def test_a_token_is_renewed_before_it_ends(self, lobby: Terminal) -> None:
        self.sign_in(lobby)
        before = session.read(lobby.directory)
        lobby.now += 3_550
        lobby.done("whoami")
        after = session.read(lobby.directory)
        assert before is not None
        assert after is not None
        assert after.access_token != before.access_token
        assert after.expires > before.expires

    def test_a_token_that_is_refused_is_renewed_once(self, lobby: Terminal, sight: Sight) -> None:
        self.sign_in(lobby)
        stored = session.read(lobby.directory)
        assert stored is not None
        sight.refused.add(stored.access_token)
        lobby.now += 1
        lobby.done("whoami")

    def test_a_sign_in_that_is_over_says_what_to_do(self, lobby: Terminal) -> None:
        self.sign_in(lobby)
        lobby.now += 91 * 86_400
        ended = lobby.run("whoami")
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "interact login" in ended.notes

    def test_logging_in_again_needs_no_address(self, lobby: Terminal) -> None:
        self.sign_in(lobby)
        lobby.meanwhile = approving(lobby, person=CARLA.id)
        assert OWN_URL in lobby.done("login").out

    def test_logging_out_forgets(self, lobby: Terminal) -> None:
        self.sign_in(lobby)
        assert lobby.document("logout") == {"signedOut": True}
        assert lobby.document("logout") == {"signedOut": False}
        assert lobby.run("whoami").code == ExitCode.NOT_SIGNED_IN

    def test_the_token_is_not_sent_to_another_deployment(self, lobby: Terminal) -> None:
        self.sign_in(lobby)
        lobby.environment["INTERACT_URL"] = "https://another.example"
        sent = len(lobby.transport.sent)
        assert lobby.run("whoami").code == ExitCode.NOT_SIGNED_IN
        assert len(lobby.transport.sent) == sent

    @staticmethod
    def sign_in(lobby: Terminal) -> None:
        lobby.meanwhile = approving(lobby, person=CARLA.id)
        lobby.done("login", OWN_URL)


class TestAzureCli:
    def test_one_is_whoever_is_signed_in_there(self, lobby: Terminal) -> None:
        asked: list[str] = []

        def token(scope: str) -> tuple[str, float]:
            asked.append(scope)
            return lobby.issued(ISSUER, APPLICATION.id, CARLA.id), lobby.now + 3_600

        lobby.azure_cli = token
        lobby.done("login", OWN_URL, "--azure-cli")
        lobby.done("whoami")
        assert asked == [f"{APPLICATION.id}/.default"]
        lobby.now += 3_600
        lobby.done("whoami")
        assert len(asked) == 2

    def test_nobody_is_signed_in_there(self, lobby: Terminal) -> None:
        ended = lobby.run("login", OWN_URL, "--azure-cli")
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "az login" in ended.notes


class TestWhere:
    def test_an_address_is_needed_the_first_time(self, lobby: Terminal) -> None:
        assert lobby.run("login").code == ExitCode.USAGE

    def test_a_token_in_the_environment_would_come_first(self, terminal: Terminal) -> None:
        ended = terminal.run("login", OWN_URL)
        assert ended.code == ExitCode.USAGE
        assert "INTERACT_TOKEN" in ended.notes

    def test_a_deployment_without_sign_in(self, terminal: Terminal) -> None:
        terminal.environment.clear()
        ended = terminal.run("login", OWN_URL)
        assert ended.code == ExitCode.NOT_SIGNED_IN
        assert "no sign-in" in ended.notes

    @pytest.mark.parametrize(
        "answer",
        [httpx.Response(200, text="<html>"), httpx.Response(404, json={}), httpx.Response(200, json={"x": 1})],
    )
    def test_something_that_is_no_deployment(self, lobby: Terminal, answer: httpx.Response) -> None:
        lobby.transport.answers = [answer]
        assert lobby.run("login", OWN_URL).code == ExitCode.UNREACHABLE

    def test_an_issuer_that_describes_another_is_not_believed(self, lobby: Terminal) -> None:
        lobby.transport.answers = [
            lambda request: lobby.transport.real(request),
            httpx.Response(200, json={"issuer": "https://attacker.example"}),
        ]
        ended = lobby.run("login", OWN_URL)
        assert ended.code == ExitCode.FAULT
        assert "another issuer" in ended.notes

    def test_an_issuer_without_encryption_is_refused(self, lobby: Terminal) -> None:
        place = {"authority": "oidc", "issuer": "http://issuer.example", "clientId": "x", "scope": "x"}
        lobby.transport.answers = [httpx.Response(200, json=place)]
        assert lobby.run("login", OWN_URL).code == ExitCode.USAGE


def test_who_one_is(terminal: Terminal) -> None:
    shown = terminal.done("whoami").out
    assert re.search(r"name\s+Carla", shown)
    assert terminal.document("whoami")["roles"] == ["tenantAdministrator"]
    terminal.sign_in("european")
    assert re.search(r"organization unit\s+europe", terminal.done("whoami").out)
