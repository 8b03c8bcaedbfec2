"""Microsoft's own end-to-end suites of the ACS SDKs, unmodified, against the stand-in with its real rate limits."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from local.acs.app import create_app
from local.acs.certificates import Certificates, certificates_in
from local.acs.options import AcsOptions, connection_string
from local.serving import serving
from tests.conformance.sources import CHAT, IDENTITY, SourceDistribution, SourceUnavailableError

SHIM = Path(__file__).parent / "shim"
ENTRA_TOKEN = "stands-for-entra-id"


_TEAMS = "test_get_token_for_teams_user_"
_NEED_A_TEAMS_USER = {
    _TEAMS + "from_token_credential",
    _TEAMS + "with_valid_params",
    _TEAMS + "with_expired_token",
    _TEAMS + "with_wrong_client_id",
    _TEAMS + "with_wrong_user_object_id",
}
NEED_A_TEAMS_USER = _NEED_A_TEAMS_USER | {
    _TEAMS + "with_invalid_token[empty_token-]",
    _TEAMS + "with_invalid_token[invalid_token-invalid]",
    _TEAMS + "with_invalid_client_id[empty_client_id-]",
    _TEAMS + "with_invalid_client_id[invalid_client_id-invalid]",
    _TEAMS + "with_invalid_user_object_id[empty_user_object_id-]",
    _TEAMS + "with_invalid_user_object_id[invalid_user_object_id-invalid]",
}
NEED_A_TEAMS_USER_AIO = _NEED_A_TEAMS_USER | {
    _TEAMS + f"with_{fault}_{member}"
    for fault in ("empty", "invalid")
    for member in ("token", "client_id", "user_object_id")
}


@dataclass(frozen=True)
class Suite:
    """`identities` is how many the suite creates: proof that its tests have run rather than returned early."""

    name: str
    source: SourceDistribution
    files: tuple[str, ...]
    collected: int
    identities: int
    skipped: frozenset[str] = frozenset()


SUITES = [
    Suite("identity", IDENTITY, ("test_communication_identity_client.py",), 49, 35, frozenset(NEED_A_TEAMS_USER)),
    Suite(
        "identity-aio",
        IDENTITY,
        ("test_communication_identity_client_async.py",),
        49,
        35,
        frozenset(NEED_A_TEAMS_USER_AIO),
    ),
    Suite("chat", CHAT, ("test_chat_client_e2e.py", "test_chat_thread_client_e2e.py"), 21, 35),
    Suite("chat-aio", CHAT, ("test_chat_client_e2e_async.py", "test_chat_thread_client_e2e_async.py"), 20, 34),
]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
async def test_the_sdks_own_suite_passes(suite: Suite, tmp_path: Path) -> None:
    try:
        folder = await asyncio.to_thread(suite.source.unpack, tmp_path)
    except SourceUnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    certificates = certificates_in(tmp_path / "certificates")
    app = create_app(AcsOptions(entra_token=ENTRA_TOKEN))

    async with serving(app, tls=certificates.server) as server:
        environment = _environment(connection_string(server.url), certificates, tmp_path / "report.json")
        output = await _run(suite, folder / "tests", environment)

    outcomes: dict[str, str] = json.loads((tmp_path / "report.json").read_text())
    assert Counter(outcomes.values())["failed"] == 0, output
    assert len(outcomes) == suite.collected, output
    assert {_test_name(test) for test, outcome in outcomes.items() if outcome == "skipped"} == suite.skipped
    assert app.state.counts.by_operation["createIdentity"] == suite.identities


@pytest.mark.parametrize("source", [IDENTITY, CHAT], ids=lambda source: source.project)
def test_the_suite_is_that_of_the_installed_release(source: SourceDistribution) -> None:
    assert version(source.project) == source.version


def test_a_suite_that_cannot_be_fetched_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    missing = SourceDistribution("azure-communication-identity", "0.0.1", "0" * 64)

    with pytest.raises(SourceUnavailableError, match=r"^pip cannot download azure-communication-identity 0\.0\.1: .+$"):
        missing.unpack(tmp_path)


async def _run(suite: Suite, directory: Path, environment: dict[str, str]) -> str:
    arguments = [
        "-m",
        "pytest",
        "-c",
        str(SHIM / "pytest.ini"),
        "--rootdir",
        str(directory),
        "-p",
        "devtools_testutils.plugin",
    ]
    arguments += ["-p", "no:cacheprovider", "--tb=short", "-q", *suite.files]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=directory,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode()


def _environment(resource: str, certificates: Certificates, report: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return inherited | {
        "PYTHONPATH": str(SHIM),
        "PYTHONWARNINGS": "default",
        "REQUESTS_CA_BUNDLE": str(certificates.authority_file),
        "SSL_CERT_FILE": str(certificates.authority_file),
        "COMMUNICATION_LIVETEST_DYNAMIC_CONNECTION_STRING": resource,
        "SKIP_INT_IDENTITY_EXCHANGE_TOKEN_TEST": "true",
        "INTERACT_CONFORMANCE_ENTRA_TOKEN": ENTRA_TOKEN,
        "INTERACT_CONFORMANCE_REPORT": str(report),
    }


def _test_name(node_id: str) -> str:
    return node_id.split("::")[-1]
