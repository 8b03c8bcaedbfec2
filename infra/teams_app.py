"""Builds the app for Teams: a zip with manifest and icons, which brings the bot to the people who answer.

    python3 infra/teams_app.py --app-id ID --url URL --name NAME --environment ENVIRONMENT --output FILE.zip

The same values give the same bytes. Uses the standard library only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "infra" / "teams"
MANIFEST = "manifest.json"
ICONS = ("color.png", "outline.png")
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name; a file's own time would change the package."""


def main(arguments: list[str] | None = None) -> int:
    """Build the app; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="infra/teams_app.py", description="Builds the app for Teams.")
    parser.add_argument("--app-id", required=True, help="application (client) id of the bot's app registration")
    parser.add_argument("--url", required=True, help="https address that people are shown beside the app")
    parser.add_argument("--name", required=True, help="short name of the organization")
    parser.add_argument("--environment", required=True, help="told apart from prod in the app's name")
    parser.add_argument("--output", type=Path, required=True, help="the zip file")
    given = parser.parse_args(arguments)
    build(given.output, manifest(given.app_id, given.url, given.name, given.environment))
    return 0


def manifest(app_id: str, url: str, name: str, environment: str) -> str:
    """The manifest in JSON, for one registration; apps of two environments can be installed beside each other."""
    short = "Interact" if environment == "prod" else f"Interact {environment}"
    values = {
        "version": tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"],
        "app": app_id,
        "url": url,
        "organization": name,
        "short": short,
        "full": f"Interact {name} {environment}",
    }
    text = (SOURCES / MANIFEST).read_text("utf-8")
    for key, value in values.items():
        # As JSON writes it, without the quotation marks that stand in the file.
        text = text.replace("{{" + key + "}}", json.dumps(value)[1:-1])
    return text


def build(output: Path, text: str) -> None:
    """Write the zip as Teams takes it: all three files at the top."""
    output.parent.mkdir(parents=True, exist_ok=True)
    contents = {MANIFEST: text.encode(), **{name: (SOURCES / name).read_bytes() for name in ICONS}}
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    sys.exit(main())
