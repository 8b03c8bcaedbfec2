"""The real adapters, each opened for one test in its event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from local.acs.certificates import Certificates, certificates_in
from local.acs.options import AcsOptions
from shared.adapters.memory import ManualClock, MemoryAdministration, MemoryConfigStore
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from tests.ports.acs import Acs, running_acs
from tests.ports.companies import company, save_company
from tests.ports.office import Office

NOTES: set[str] = set()
"""What a test could not do on this machine; said at the end, and by `make test`."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for note in sorted(NOTES):
        terminalreporter.write_line(f"note: {note}")


@pytest.fixture
def account(storage: str) -> StorageAccount:
    return StorageAccount(connection_string=storage)


@pytest.fixture
async def tables(account: StorageAccount) -> AsyncIterator[Tables]:
    opened = Tables(account)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates_in(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted_certificates(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The adapters trust the ACS stand-in as `make run` makes them: by SSL_CERT_FILE, before they open a session."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.bundle_file))
    return certificates


@pytest.fixture
async def acs(trusted_certificates: Certificates) -> AsyncIterator[Acs]:
    """The ACS stand-in with limits that no test reaches."""
    async with running_acs(trusted_certificates, AcsOptions(limit_factor=100)) as standin:
        yield standin


@pytest.fixture(params=["memory", "tables"])
async def office(request: pytest.FixtureRequest, tables: Tables) -> Office:
    """Lunifico, in memory and in Table Storage."""
    clock = ManualClock()
    if request.param == "tables":
        return Office(ConfigDocuments(tables, clock=clock), await save_company(tables), clock, tables)
    lunifico = company()
    store = MemoryConfigStore(lunifico.tenant, *lunifico.documents)
    return Office(MemoryAdministration(store, clock=clock), lunifico, clock)
