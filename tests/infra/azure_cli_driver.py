"""Runs inside the Azure CLI's own environment: parses the command lines that come as JSON, one result for each.

Nobody is signed in, so that a command line which the CLI understands ends at "az login"; one that it does not, with 2.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import sys

# It is in the tool's environment only.
azure_cli = importlib.import_module("azure.cli.core")


def outcome(command: list[str]) -> dict[str, object]:
    said = io.StringIO()
    shown = logging.StreamHandler(said)
    logging.getLogger().addHandler(shown)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = azure_cli.get_default_cli().invoke(command, out_file=said)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    logging.getLogger().removeHandler(shown)
    return {"code": code, "said": said.getvalue()[-2000:]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps([outcome(command) for command in json.load(sys.stdin)]))
