"""`interact backup` and `restore`: a company's configuration survives the loss of its storage account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli import backup
from shared.adapters import tables as app_tables
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_config import TableConfigStore
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.domain.documents import Document, key_of
from tests.cli.accounts import an_account, run_with
from tests.ports.companies import Company, company


@dataclass(frozen=True)
class Site:
    """A storage account: by its key for the app, by a signature for the command."""

    key: str
    storage: str

    def tables(self) -> Tables:
        return Tables(StorageAccount(connection_string=self.key))


@pytest.fixture(scope="module")
def lost() -> Iterator[Site]:
    with an_account() as made:
        yield Site(*made)


@pytest.fixture(scope="module")
def new() -> Iterator[Site]:
    with an_account() as made:
        yield Site(*made)


async def save(site: Site, *documents: Document, tenant_id: str) -> None:
    tables = site.tables()
    for document in documents:
        await ConfigDocuments(tables).save_document(tenant_id, document)
    await tables.close()


async def documents_of(site: Site, there: Company) -> list[Document | None]:
    """The company's documents as an administrator reads them there."""
    tables = site.tables()
    keys = [key_of(one) for one in (there.tenant, *there.documents)]
    read = [await ConfigDocuments(tables).read_document(there.tenant.id, one.kind, one.id) for one in keys]
    await tables.close()
    return [one.document if one else None for one in read]


def test_a_company_survives_the_loss_of_its_account(lost: Site, new: Site, tmp_path: Path) -> None:
    there = company()
    asyncio.run(save(lost, there.tenant, *there.documents, tenant_id=there.tenant.id))
    saved = run_with(tmp_path, "backup", "--storage", lost.storage, "--to", str(tmp_path / "copy"), "--json")
    assert saved.code == 0, saved
    assert saved.document["rows"]["config"] > len(there.documents)
    restored = run_with(tmp_path, "restore", "--storage", new.storage, "--from", str(tmp_path / "copy"), "--json")
    assert restored.code == 0, restored
    assert asyncio.run(documents_of(new, there)) == asyncio.run(documents_of(lost, there))
    assert None not in asyncio.run(documents_of(new, there))

    async def goes_on() -> None:
        """The widget key is known, and documents can be changed: references and words are there, too."""
        tables = new.tables()
        assert await TableConfigStore(tables).tenant_by_widget_key(there.tenant.widget_key) == there.tenant
        for document in there.documents:
            await ConfigDocuments(tables).save_document(there.tenant.id, document, ANY_VERSION)
        await tables.close()

    asyncio.run(goes_on())


def test_what_is_there_is_left_alone_unless_that_is_wanted(lost: Site, new: Site, tmp_path: Path) -> None:
    there = company()
    asyncio.run(save(lost, there.tenant, *there.documents, tenant_id=there.tenant.id))
    copy = str(tmp_path / "copy")
    assert run_with(tmp_path, "backup", "--storage", lost.storage, "--to", copy).code == 0
    options = ("restore", "--storage", new.storage, "--from", copy, "--only", "config", "--json")
    first, second = run_with(tmp_path, *options), run_with(tmp_path, *options)
    assert first.document["config"]["written"] > 0
    assert second.document["config"] == {"written": 0, "left": sum(first.document["config"].values())}
    replaced = run_with(tmp_path, *options, "--replace")
    assert replaced.document["config"]["left"] == 0


def test_a_backup_is_never_written_over_another(lost: Site, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "config.jsonl.gz").write_bytes(b"of last week")
    ended = run_with(tmp_path, "backup", "--storage", lost.storage, "--to", str(tmp_path / "copy"))
    assert ended.code == 2
    assert (tmp_path / "copy" / "config.jsonl.gz").read_bytes() == b"of last week"


def test_a_directory_that_holds_none_is_no_backup(lost: Site, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run_with(tmp_path, "restore", "--storage", lost.storage, "--from", str(tmp_path / "empty")).code == 2


def test_every_table_of_the_app_is_kept_or_fleeting() -> None:
    names = {value for name, value in vars(app_tables).items() if name.isupper() and isinstance(value, str)}
    assert set(backup.KEPT) | set(backup.FLEETING) == names
