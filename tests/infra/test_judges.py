"""Judges that others wrote: checkov on the policy of the Bicep files, shellcheck on the scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from tests.infra.bicep_text import BICEP, INFRA
from tests.infra.tools import CHECKOV, SHELLCHECK, programs

ASKED = {
    "CKV_AZURE_3": "storage takes https only",
    "CKV_AZURE_9": "no RDP from the internet",
    "CKV_AZURE_10": "no SSH from the internet",
    "CKV_AZURE_14": "the app redirects to https",
    "CKV_AZURE_15": "the app's TLS is new enough",
    "CKV_AZURE_18": "the app speaks HTTP/2",
    "CKV_AZURE_34": "containers are private",
    "CKV_AZURE_36": "Event Grid enters storage as a trusted service",
    "CKV_AZURE_42": "the vault can be recovered",
    "CKV_AZURE_43": "the storage account's name is legal",
    "CKV_AZURE_44": "storage's TLS is new enough",
    "CKV_AZURE_57": "the platform lets no origin in",
    "CKV_AZURE_70": "functions are called by https only",
    "CKV_AZURE_71": "the app has a managed identity",
    "CKV_AZURE_72": "no remote debugging",
    "CKV_AZURE_78": "no FTP",
    "CKV_AZURE_110": "the vault is protected against purging",
    "CKV_AZURE_111": "the vault deletes softly",
    "CKV_AZURE_131": "secure parameters have no value of their own",
    "CKV_AZURE_145": "the function app's TLS is new enough",
}
NOT_ASKED = {
    "CKV_AZURE_17": "visitors' browsers have no client certificates",
    "CKV_AZURE_35": "closed where vnetEnabled says so; open, but without keys, otherwise",
    "CKV_AZURE_41": "the keys do not expire; a rotation is one command",
    "CKV_AZURE_59": "as CKV_AZURE_35",
    "CKV_AZURE_109": "as CKV_AZURE_35",
    "CKV_AZURE_114": "every secret has a content type, which checkov does not see in a conditional resource",
    "CKV_AZURE_189": "as CKV_AZURE_35",
    "CKV_AZURE_206": "Standard_LRS is right for dev; prod has Standard_ZRS",
    "CKV_AZURE_212": "Flex Consumption counts instances itself",
    "CKV_AZURE_213": "Flex Consumption has no health check path",
    "CKV_AZURE_222": "visitors come from the internet",
    "CKV_AZURE_225": "zone redundancy doubles the always-ready instances; whoever wants it sets it",
}
"""Checks that fail, and why that is meant."""

pytestmark = pytest.mark.slow_tools


@pytest.fixture(scope="module")
def judged() -> dict[str, Any]:
    """Checkov's report on everything in infra/."""
    checkov = str(programs("checkov", CHECKOV) / "checkov")
    checks = ",".join([*ASKED, *NOT_ASKED])
    options = ["--framework", "bicep", "--check", checks, "--skip-download", "--compact", "--output", "json"]
    ended = subprocess.run(
        [checkov, "-d", str(INFRA), *options],
        env={**os.environ, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.stdout.startswith("{"), ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def test_checkov_can_read_every_file(judged: dict[str, Any]) -> None:
    assert judged["summary"]["parsing_errors"] == 0, judged["results"]["parsing_errors"]
    assert judged["summary"]["resource_count"] > 50


def test_checkov_agrees(judged: dict[str, Any]) -> None:
    failed = {
        (check["check_id"], check["check_name"], check["resource"]) for check in judged["results"]["failed_checks"]
    }
    assert {check for check in failed if check[0] in ASKED} == set()
    assert {check["check_id"] for check in judged["results"]["passed_checks"]} >= set(ASKED)


def test_no_excuse_is_out_of_date(judged: dict[str, Any]) -> None:
    assert {check["check_id"] for check in judged["results"]["failed_checks"]} == set(NOT_ASKED)


def test_shellcheck_finds_nothing() -> None:
    scripts = sorted([*INFRA.glob("*.sh"), *(INFRA / "azd").glob("*.sh")])
    assert len(scripts) >= 5
    shellcheck = str(programs("shellcheck", SHELLCHECK) / "shellcheck")
    ended = subprocess.run(
        [shellcheck, "--external-sources", "--check-sourced", "--source-path", str(INFRA), *map(str, scripts)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


def test_every_step_is_read_by_shellcheck_through_the_script_that_uses_it() -> None:
    sources = (INFRA / "deploy.sh").read_text()
    steps = {f"steps/{file.name}" for file in (INFRA / "steps").glob("*.sh")}
    assert {step for step in steps if f"# shellcheck source={step}\n" not in sources} == set()


def test_azure_s_own_compiler_agrees_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    bicep = shutil.which("bicep")
    if bicep is None:
        with capsys.disabled():
            print("\nWARNING: Azure's Bicep compiler is not installed, so that it was NOT asked")
    for file in [*BICEP.glob("*.bicep"), *BICEP.glob("*.bicepparam")] if bicep else []:
        verb = "build-params" if file.suffix == ".bicepparam" else "build"
        ended = subprocess.run([bicep or "", verb, str(file), "--stdout"], capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
