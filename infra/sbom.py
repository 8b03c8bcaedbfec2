"""The bill of materials of what is shipped: packages of the app and of the widget, as CycloneDX 1.6 in JSON.

    python -m infra.sbom [--output FILE.json]

It is of the Python that it runs on, whose version it says: make it with the deployment's. Versions and licences are
those of what is installed; an installed version other than the shipped one ends it.
"""

from __future__ import annotations

import argparse
import base64
import json
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.package import ROOT, PackageError, content, contents
from shared.settings import VERSION

DEFAULT_OUTPUT = ".local/deploy/interact.cdx.json"
REQUIREMENTS = Path("requirements.txt")
PYTHON = "interact:python"
IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*"((?:@[\w.-]+/)?[a-z0-9][\w.-]*)(?:/[\w./-]+)?\"""")
"""A package's name where a module of the widget imports it or one of its modules."""
NAMES = {
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def main(arguments: list[str] | None = None) -> int:
    """Write the bill; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="infra/sbom.py", description="Writes the bill of materials.")
    parser.add_argument("--output", type=Path, default=ROOT / DEFAULT_OUTPUT, help=f"default: {DEFAULT_OUTPUT}")
    output: Path = parser.parse_args(arguments).output
    try:
        bill = bill_of_materials(ROOT)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(JsonV1Dot6(bill).output_as_string(indent=2) + "\n", "utf-8")
    sys.stdout.write(f"{output}: {len(bill.components)} packages, Python {platform.python_version()}\n")
    return 0


def bill_of_materials(root: Path) -> Bom:
    """What the package of `root` brings along; raises PackageError where that cannot be said."""
    if REQUIREMENTS not in contents(root):
        raise PackageError(f"the package has no {REQUIREMENTS}")
    python = {one.name: one for one in _python_components(root)}
    node = list(_node_components(root / "widget"))
    bill = Bom(components=[*python.values(), *node])
    app = Component(name="interact", version=VERSION, type=ComponentType.APPLICATION, bom_ref="interact")
    bill.metadata.component = app
    bill.metadata.properties.add(Property(name=PYTHON, value=platform.python_version()))
    for name, one in python.items():
        bill.register_dependency(one, [python[other] for other in _required_by(name) if other in python])
    bill.register_dependency(app, bill.components)
    return bill


def licence_of(name: str) -> str:
    """As the installed Python package says it: an SPDX expression where there is one; raises PackageNotFoundError."""
    found = metadata(name)
    given = found.get("License-Expression") or ""
    if not given:
        classifiers = [one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or () if "License ::" in one]
        given = next((one for one in classifiers if one != "OSI Approved"), "") or (found.get("License") or "")
    return NAMES.get(given.strip(), given.strip().splitlines()[0] if given.strip() else "unknown")


def _python_components(root: Path) -> Iterator[Component]:
    lines = content(root, REQUIREMENTS, telemetry=False).decode().splitlines()
    for requirement in (Requirement(line) for line in lines if line.strip() and not line.startswith("#")):
        if requirement.marker is None or requirement.marker.evaluate():
            name, version = canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")
            _must_be_installed(name, version)
            yield _component("pypi", name, version, licence_of(name))


def _must_be_installed(name: str, version: str) -> None:
    try:
        found = distribution(name).version
    except PackageNotFoundError:
        raise PackageError(f"{name} {version} is not installed, so that its licence is unknown: make prepare") from None
    if found != version:
        raise PackageError(f"{name} {found} is installed, but {version} is shipped: make prepare")


def _required_by(name: str) -> set[str]:
    needed = (Requirement(line) for line in distribution(name).requires or ())
    return {canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}


def _node_components(widget: Path) -> Iterator[Component]:
    """What the widget's sources import, and what that needs."""
    locked = json.loads((widget / "package-lock.json").read_text("utf-8"))["packages"]
    sources = [path.read_text("utf-8") for path in sorted((widget / "src").rglob("*.ts*"))]
    waiting = {name for source in sources for name in IMPORTED.findall(source)}
    seen: set[str] = set()
    while waiting:
        name = min(waiting)
        package = locked.get(f"node_modules/{name}")
        if package is None:
            raise PackageError(f"the widget imports {name}, which its package-lock.json does not list")
        seen.add(name)
        waiting = (waiting | set(package.get("dependencies", ()))) - seen
        yield _component("npm", name, package["version"], package["license"], package["integrity"])


def _component(kind: str, name: str, version: str, licence: str, integrity: str = "") -> Component:
    """`integrity` is npm's: the algorithm and the digest in base64."""
    url = PackageURL(type=kind, name=name, version=version) if "/" not in name else _scoped(kind, name, version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[LicenseFactory().make_from_string(licence)],
        hashes=[_hash(integrity)] if integrity else (),
    )


def _scoped(kind: str, name: str, version: str) -> PackageURL:
    scope, _, bare = name.partition("/")
    return PackageURL(type=kind, namespace=scope, name=bare, version=version)


def _hash(integrity: str) -> HashType:
    algorithm, _, digest = integrity.partition("-")
    algorithms = {"sha512": HashAlgorithm.SHA_512, "sha384": HashAlgorithm.SHA_384, "sha256": HashAlgorithm.SHA_256}
    return HashType(alg=algorithms[algorithm], content=base64.b64decode(digest).hex())


if __name__ == "__main__":
    sys.exit(main())
