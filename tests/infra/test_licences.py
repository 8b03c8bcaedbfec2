"""Whatever is shipped may be shipped: each package has a licence that we know, and docs/licences.md lists it."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError

from infra.sbom import licence_of
from tests.infra.bicep_text import ROOT

ALLOWED = re.compile(r"(MIT|MIT-0|Apache-2\.0|BSD(-[23]-Clause)?|PSF-2\.0|MPL-2\.0|ISC)( (AND|OR) .*)?\Z")
PAGE = ROOT / "docs" / "licences.md"


def shipped() -> dict[str, str]:
    """What Azure installs for the app here, with its licence, and what is built into the widget."""
    found = {}
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        name, _, rest = line.partition("==")
        if not name.strip() or line.startswith("#"):
            continue
        try:
            found[name.strip().lower()] = licence_of(name.strip())
        except PackageNotFoundError:
            # Of another version of Python.
            assert ";" in rest, f"{name} is not installed"
    preact = json.loads((ROOT / "widget" / "node_modules" / "preact" / "package.json").read_text("utf-8"))
    return {**found, "preact": preact["license"]}


def test_every_licence_lets_us_ship() -> None:
    assert {name: licence for name, licence in shipped().items() if not ALLOWED.match(licence)} == {}


def test_the_page_lists_them() -> None:
    """Those of the deployment's Python; an older one needs other packages of Azure's."""
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    found = shipped()
    assert {name: licence for name, licence in rows.items() if name in found and found[name] != licence} == {}
    assert {name for name in found if name not in rows and not name.startswith("azurefunctions")} == set()
