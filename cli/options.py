"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Account = Annotated[
    str,
    typer.Option(
        "--storage",
        help="Name of the storage account. Your own rights count there, as you are signed in to Azure (az login).",
        envvar="INTERACT_STORAGE",
        metavar="ACCOUNT",
    ),
]
