"""An issuer with three people and two applications."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local.issuer import IssuerOptions
from local.issuer.keys import SigningKeys
from tests.local.issuer.client import ADMIN, BASE, BOSS, NOBODY, READER, SITE, TENANT, Client, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with keys, which take long to make."""
    directory = tmp_path_factory.mktemp("issuer")
    SigningKeys(directory)
    return directory


@pytest.fixture
def client(time: Time, made_keys: Path, tmp_path: Path) -> Client:
    shutil.copytree(made_keys, tmp_path / "issuer")
    return Client(
        IssuerOptions(
            public_url=BASE,
            tenant_id=TENANT,
            applications=(ADMIN, SITE),
            people=(BOSS, READER, NOBODY),
            now=time,
            data_directory=tmp_path / "issuer",
        )
    )
