"""JSON Web Tokens by hand: libraries refuse to make most of those that attackers send."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime


def encoded(content: object) -> str:
    """Bytes as they are, everything else as JSON, in base64url."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def moved(value: object, now: datetime) -> object:
    """A time like "+300" as seconds since 1970; everything else as it is."""
    is_relative = isinstance(value, str) and re.fullmatch(r"[+-]\d+", value)
    return int(now.timestamp()) + int(str(value)) if is_relative else value


def present(values: Mapping[str, object], now: datetime) -> dict[str, object]:
    """Without what is None."""
    return {name: moved(value, now) for name, value in values.items() if value is not None}


def signed(header: object, payload: object, sign: Callable[[bytes], bytes] | None) -> str:
    """A token of header and payload; without a signature where nothing signs it."""
    content = f"{encoded(header)}.{encoded(payload)}"
    return f"{content}.{encoded(sign(content.encode())) if sign else ''}"


def filled(template: str, token: str = "") -> str:
    """A token as a case writes it: `{A*9}` repeats, `{brackets*9}` is a header of so many brackets."""

    def piece(match: re.Match[str]) -> str:
        name, count = match[1], int(match[2] or 1)
        if name in ("brackets", "digits"):
            return encoded(("[" * count if name == "brackets" else f'{{"alg":{"9" * count}}}').encode())
        damaged = token[:-5] + ("A" if token[-5:-4] != "A" else "B") + token[-4:]
        pieces = {"token": token, "damaged": damaged, "unsigned": token.rpartition(".")[0], "A": "A"}
        return pieces[name] * count

    return re.sub(r"\{(\w+)(?:\*(\d+))?\}", piece, template)
